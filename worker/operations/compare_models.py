"""Compare the labels that stored articles have with those that another model would give them; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from classifier.labels import Labels
from worker.bootstrap import Services
from worker.models.labeller import Labeller, document_of
from worker.operations.models import is_shipped
from worker.results import Result

AT_ONCE = 64
"""Articles labelled together: it spreads the fixed cost of a prediction."""


@dataclass(frozen=True, slots=True)
class Change:
    """One label of one article that would change."""

    item_id: int
    url: str | None
    title: str | None
    outlet: str
    label: str
    """A topic, `primary_topic` or `source_type`."""
    before: str | None
    """The topic's decision, or the primary topic or source type."""
    after: str | None

    def to_dict(self) -> dict[str, object]:
        """The JSON of `diff --json`."""
        article = {"item_id": self.item_id, "url": self.url, "title": self.title, "outlet": self.outlet}
        return {**article, "label": self.label, "from": self.before, "to": self.after}


def changes(services: Services, model: str, limit: int) -> Iterator[Change]:
    """What would change in the labels of the `limit` newest articles that nobody reviewed: labels of people stay.

    Raises UsageError for an unknown or damaged model.
    """
    other = Labeller() if is_shipped(model) else services.model_cache.labeller(services.registry.find(model).id)
    stored = services.articles.newest(limit, reviewed=False)
    while batch := list(islice(stored, AT_ONCE)):
        for article, labels in zip(batch, other.label([document_of(article) for article in batch]), strict=True):
            for label, before, after in _differences(article, labels):
                yield Change(article.stored_id, article.url, article.title, article.outlet, label, before, after)


def _differences(article: Result, labels: Labels) -> Iterator[tuple[str, str | None, str | None]]:
    """Label, old value and new value. A topic that a model does not have counts as `no` there."""
    before = {topic.label: topic.decision for topic in article.topics or []}
    after = {topic.label: topic.decision for topic in labels.topics}
    for label in dict.fromkeys([*after, *before]):
        if before.get(label, "no") != after.get(label, "no"):
            yield label, before.get(label), after.get(label)
    if article.primary_topic != labels.primary_topic:
        yield "primary_topic", article.primary_topic, labels.primary_topic
    source_type = article.source_type.label if article.source_type else None
    if source_type != labels.source_type.label:
        yield "source_type", source_type, labels.source_type.label
