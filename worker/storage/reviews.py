"""Keep the labels that people give to articles; they count from then on, and no model overwrites them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Delete, Engine, delete, insert, select, tuple_

from worker.errors import NotFound
from worker.results import ReviewSummary
from worker.storage import hand_labels
from worker.storage.database import reading, writing
from worker.storage.tables import articles, reviews

Place = tuple[float, int, str]
"""Where a review stands in the list of all: its time, its item, and who gave it."""
_PLACE = (reviews.c.at, reviews.c.item_id, reviews.c.who)


@dataclass(frozen=True, slots=True)
class Answer:
    """The labels that a person gives to one article."""

    item_id: int
    topics: tuple[str, ...]
    primary: str | None
    """One of `topics`."""
    source_type: str


@dataclass(frozen=True, slots=True)
class Review:
    """One person's labels for one article, as they are kept; `at` in seconds since 1970."""

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

    def keep(self, answer: Answer, who: str) -> None:
        """Writes a person's answer in place of the same person's earlier one, and lets the article's labels be it.

        Raises NotFound where there is no such article.
        """
        labels = {"topics": list(answer.topics), "primary_topic": answer.primary, "source_type": answer.source_type}
        row = {"item_id": answer.item_id, "who": who, "at": self._now(), **labels}
        with writing(self._engine) as connection:
            if connection.execute(select(articles.c.item_id).where(articles.c.item_id == answer.item_id)).scalar_one_or_none() is None:
                raise NotFound(f"expected the item of a stored article, got {answer.item_id}")
            connection.execute(_delete(answer.item_id, who))
            connection.execute(insert(reviews).values(**row))
            hand_labels.apply(connection, [answer.item_id])

    def remove(self, item_id: int, who: str) -> None:
        """Deletes a person's answer for an article; does nothing where there is none."""
        with writing(self._engine) as connection:
            connection.execute(_delete(item_id, who))
            hand_labels.apply(connection, [item_id])

    def of(self, item_id: int) -> list[Review]:
        """The reviews of one article, the oldest first."""
        with reading(self._engine) as connection:
            return _select(connection, [item_id])

    def all(self) -> list[Review]:
        """Every review, in the order of items."""
        with reading(self._engine) as connection:
            return _select(connection, None)

    def page(self, limit: int, who: str | None = None, *, before: Place | None = None, after: Place | None = None) -> list[Review]:
        """Up to `limit` reviews, the newest first: those older than the place `before`, or the next newer than `after`.

        Of one person where one is named.
        """
        older, place = after is None, before if after is None else after
        where = [] if who is None else [reviews.c.who == who]
        if place is not None:
            where.append(tuple_(*_PLACE) < place if older else tuple_(*_PLACE) > place)
        with reading(self._engine) as connection:
            found = _found(connection, where, [column.desc() if older else column.asc() for column in _PLACE], limit)
        return found if older else found[::-1]


def _delete(item_id: int, who: str) -> Delete:
    return delete(reviews).where(reviews.c.item_id == item_id, reviews.c.who == who)


def summaries(connection: Connection, item_ids: Sequence[int]) -> dict[int, ReviewSummary]:
    """What a Result shows of the reviews of each of these items that has some."""
    return {item_id: _summary(of_one) for item_id, of_one in by_item(_select(connection, item_ids)).items()}


def by_item(given: Iterable[Review]) -> dict[int, list[Review]]:
    """The reviews of each item, in the order in which they come."""
    found: dict[int, list[Review]] = {}
    for review in given:
        found.setdefault(review.item_id, []).append(review)
    return found


def _select(connection: Connection, item_ids: Sequence[int] | None) -> list[Review]:
    """The reviews of these items, or of all (None), the oldest of an item first."""
    return _found(connection, [] if item_ids is None else [reviews.c.item_id.in_(item_ids)], [reviews.c.item_id, reviews.c.at])


def _found(
    connection: Connection, where: Sequence[ColumnElement[bool]], order: Sequence[ColumnElement[object]], limit: int | None = None
) -> list[Review]:
    rows = connection.execute(select(reviews).where(*where).order_by(*order).limit(limit))
    return [Review(row.item_id, row.who, row.at, tuple(row.topics), row.primary_topic, row.source_type) for row in rows]


def _summary(of_one: Sequence[Review]) -> ReviewSummary:
    newest = max(of_one, key=lambda review: review.at)
    return ReviewSummary(
        topics=list(newest.topics),
        primary_topic=newest.primary,
        source_type=newest.source_type,
        who=[review.who for review in of_one],
        disagreement=disagree(of_one),
    )


def disagree(of_one: Iterable[Review]) -> bool:
    """Whether people gave an article different labels."""
    return len({review.verdict for review in of_one}) > 1
