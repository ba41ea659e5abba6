"""What people say of articles: kept beside the model's labels, never overwritten by them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from worker.errors import UsageError
from worker.storage.database import reading, writing
from worker.storage.tables import articles, reviews


@dataclass(frozen=True, slots=True)
class Review:
    """One person's labels for one article; `at` in seconds since 1970."""

    item_id: int
    who: str
    at: float
    topics: tuple[str, ...]
    primary: str | None
    source_type: str

    @property
    def verdict(self) -> tuple[frozenset[str], str | None, str]:
        """What two people may disagree on."""
        return frozenset(self.topics), self.primary, self.source_type


class Reviews:
    """Every method is one short transaction and raises Unavailable where the database is away."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def say(self, item_id: int, who: str, topics: Sequence[str], primary: str | None, source_type: str) -> None:
        """Writes a person's labels down, over what the same person said before. Raises UsageError where there is no article."""
        labels = {"topics": list(topics), "primary_topic": primary, "source_type": source_type}
        row = {"item_id": item_id, "who": who, "at": self._now(), **labels}
        with writing(self._engine) as connection:
            if connection.execute(select(articles.c.item_id).where(articles.c.item_id == item_id)).scalar_one_or_none() is None:
                raise UsageError(f"expected the item of a stored article, came {item_id}")
            connection.execute(delete(reviews).where(reviews.c.item_id == item_id, reviews.c.who == who))
            connection.execute(insert(reviews).values(**row))

    def unsay(self, item_id: int, who: str) -> None:
        """Takes back what a person said of an article; nothing where nothing was said."""
        with writing(self._engine) as connection:
            connection.execute(delete(reviews).where(reviews.c.item_id == item_id, reviews.c.who == who))

    def all(self) -> list[Review]:
        """Everything that was said, in the order of items."""
        with reading(self._engine) as connection:
            return of_items(connection, None)


def of_items(connection: Connection, item_ids: Sequence[int] | None) -> list[Review]:
    """What was said of these items, or of all (None)."""
    query = select(reviews).order_by(reviews.c.item_id, reviews.c.at)
    if item_ids is not None:
        query = query.where(reviews.c.item_id.in_(item_ids))
    return [
        Review(row.item_id, row.who, row.at, tuple(row.topics), row.primary_topic, row.source_type) for row in connection.execute(query)
    ]


def by_item(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[Review]]:
    """What was said of each of these items that anybody spoke of."""
    found: dict[int, list[Review]] = {}
    for review in of_items(connection, item_ids):
        found.setdefault(review.item_id, []).append(review)
    return found


def told(said: Sequence[Review]) -> dict[str, Any] | None:
    """What a Result shows of the reviews of its article: the newest labels, who gave them, and whether people differ."""
    if not said:
        return None
    newest = max(said, key=lambda review: review.at)
    return {
        "topics": list(newest.topics),
        "primary_topic": newest.primary,
        "source_type": newest.source_type,
        "who": [review.who for review in said],
        "disagreement": len({review.verdict for review in said}) > 1,
    }
