"""Label texts with this machine's model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from classifier.labels import Labels
from pressmark.errors import public_errors
from worker.config import load
from worker.models.cache import local_folder
from worker.models.labeller import Labeller
from worker.operations.label_texts import document


def label(text: str, title: str | None = None, url: str | None = None) -> Labels:
    """The labels of a text: every topic of the model and a source type, each with its probability, a decision, and the sentences for it.

    `url` helps to tell the source type where the outlet is known. The model is the promoted one of this machine's data folder,
    else the one that ships; the first call loads it. Raises PressmarkError: `no-text` for a text without a word.
    """
    for given in (text, title, url):
        if not isinstance(given, str | None):
            raise TypeError(f"expected str, got {type(given).__name__}")
    with public_errors():
        return _labeller(local_folder(load())).label([document(text, title or "", url)])[0]


@lru_cache(maxsize=2)  # the model before, and the one after a promotion
def _labeller(folder: Path | None) -> Labeller:
    return Labeller(folder)
