"""Choose the stored articles that people should label next, and keep their answers."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.labels import SOURCE_TYPES, TOPICS
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models.sampling import doubt, sample
from worker.operations.document import Document
from worker.results import Result
from worker.storage.reviews import Answer

NEWEST = 2000
"""Newest articles without a review from which the budget is chosen: some days of a large newsroom, read in a second."""


@dataclass(frozen=True, slots=True)
class Candidate(Document):
    """An article that should be reviewed, in short."""

    item_id: int
    url: str | None
    title: str | None
    outlet: str
    doubt: float
    """From 0 (the model is sure of everything) to 1."""


def to_review(services: Services, budget: int, who: str, *, second: bool = False) -> list[Result]:
    """Up to `budget` stored articles that nobody has reviewed, the one that teaches the model most first.

    With `second` those that others have reviewed and `who` has not. Raises Unavailable.
    """
    return sample(list(services.articles.newest(NEWEST, reviewed=second, not_reviewed_by=who if second else None)), budget)


def candidate(article: Result) -> Candidate:
    """A stored article in short."""
    return Candidate(article.stored_id, article.url, article.title, article.outlet, round(doubt(article), 3))


def keep(services: Services, answer: Answer, who: str) -> None:
    """Keeps a person's answer in place of an earlier one. Raises UsageError where there is no such article, Unavailable."""
    services.reviews.keep(answer, who)


def take_back(services: Services, item_id: int, who: str) -> None:
    """Deletes a person's answer; does nothing where there is none."""
    services.reviews.remove(item_id, who)


def answer_of(value: object) -> Answer:
    """The answer in a JSON value, None standing for text that is no JSON; raises UsageError."""
    expected = 'expected {"item_id","topics","primary","source_type"}'
    if not isinstance(value, dict) or type(value.get("item_id")) is not int or not isinstance(value.get("topics"), list):
        raise UsageError(f"{expected}, got {str(value)[:200] if value is not None else 'no JSON'}")
    topics, primary, source_type = value["topics"], value.get("primary"), value.get("source_type")
    in_guide = all(topic in TOPICS for topic in topics) and (primary is None or primary in topics) and source_type in SOURCE_TYPES
    if not in_guide:
        raise UsageError(f"{expected} with the labels of the guide, got {str(value)[:200]}")
    return Answer(value["item_id"], tuple(topics), primary, str(source_type))
