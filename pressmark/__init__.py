"""Read the press from Python: pages to articles, texts to labels, and a client of an installation.

    >>> import pressmark
    >>> labels = pressmark.label("The two ministries of commerce signed a free trade agreement and cut tariffs on rice.")
    >>> labels.primary_topic
    'trade'

`extract`, `label` and `read` work here, without Redis or database; `Client` works with an installation. Settings are those of the
commands: the environment variables `PRESSMARK_*`, or the TOML file that `PRESSMARK_CONFIG` names. Every value is frozen and typed,
and its `to_dict()` is the JSON that the commands print. Whatever fails raises `PressmarkError`, whose `reason` is one word.

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from classifier.estimator import Labeller
    from classifier.labels import Labels
    from pressmark.client import Client
    from pressmark.errors import PressmarkError
    from pressmark.pages import extract, read
    from pressmark.texts import label
    from worker import __version__ as __version__
    from worker.config import Settings
    from worker.messages import Article
    from worker.operations.accept import Answer
    from worker.operations.queues import QueueReport
    from worker.results import Result

__all__ = [
    "Answer",
    "Article",
    "Client",
    "Labeller",
    "Labels",
    "PressmarkError",
    "QueueReport",
    "Result",
    "Settings",
    "extract",
    "label",
    "read",
]

_HOMES = {
    "Answer": "worker.operations.accept",
    "Article": "worker.messages",
    "Client": "pressmark.client",
    "Labeller": "classifier.estimator",
    "Labels": "classifier.labels",
    "PressmarkError": "pressmark.errors",
    "QueueReport": "worker.operations.queues",
    "Result": "worker.results",
    "Settings": "worker.config",
    "__version__": "worker",
    "extract": "pressmark.pages",
    "label": "pressmark.texts",
    "read": "pressmark.pages",
}
"""Where each name is defined."""

__getattr__ = imported_when_used(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()})
