"""Hand out articles for review, each to one person at a time, and remember which ones a person skipped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine, delete, func, or_, select

from worker.storage.database import insert_into, reading, writing
from worker.storage.tables import articles, review_leases, review_skips, reviews

LEASE = 600.0
"""Seconds for which an article belongs to one person: a long one is read in five minutes."""
SKIPPED = 86400.0
"""Seconds after which a skipped article may be asked for again."""


class ReviewLeases:
    """Every method is one short transaction and raises Unavailable where the database is away."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def unavailable(self, who: str) -> set[int]:
        """Articles that this person does not get now: others review them, or the person has skipped them lately."""
        now = self._now()
        leased = select(review_leases.c.item_id).where(review_leases.c.until > now, review_leases.c.who != who)
        skipped = select(review_skips.c.item_id).where(review_skips.c.who == who, review_skips.c.at > now - SKIPPED)
        with reading(self._engine) as connection:
            return {*connection.execute(leased).scalars(), *connection.execute(skipped).scalars()}

    def held(self, who: str) -> list[int]:
        """The articles that this person has under a lease, the one taken first coming first."""
        query = select(review_leases.c.item_id).where(review_leases.c.until > self._now(), review_leases.c.who == who)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(review_leases.c.until, review_leases.c.item_id)).scalars())

    def lease(self, item_ids: Sequence[int], who: str) -> int | None:
        """Gives the person the first of these articles that nobody else has; None where others have them all."""
        now = self._now()
        with writing(self._engine) as connection:
            connection.execute(delete(review_leases).where(review_leases.c.until <= now))
            statement = insert_into(connection, review_leases)
            mine = review_leases.c.who == who
            for item_id in item_ids:
                row = {"item_id": item_id, "who": who, "until": now + LEASE}
                taken = statement.values(**row).on_conflict_do_update(index_elements=["item_id"], set_={"until": now + LEASE}, where=mine)
                if connection.execute(taken).rowcount:
                    return item_id
        return None

    def give_back(self, item_id: int, who: str) -> None:
        """The person is done with it."""
        with writing(self._engine) as connection:
            connection.execute(delete(review_leases).where(review_leases.c.item_id == item_id, review_leases.c.who == who))

    def skip(self, item_id: int, who: str) -> None:
        """Does not ask this person for the article for a day."""
        now = self._now()
        with writing(self._engine) as connection:
            connection.execute(delete(review_leases).where(review_leases.c.item_id == item_id, review_leases.c.who == who))
            connection.execute(
                delete(review_skips).where(
                    or_(review_skips.c.at < now - SKIPPED, review_skips.c.item_id == item_id), review_skips.c.who == who
                )
            )
            connection.execute(insert_into(connection, review_skips).values(item_id=item_id, who=who, at=now))

    def unskip(self, item_id: int, who: str) -> None:
        """Takes a skip back."""
        with writing(self._engine) as connection:
            connection.execute(delete(review_skips).where(review_skips.c.item_id == item_id, review_skips.c.who == who))

    def answered_since(self, who: str, since: float) -> list[int]:
        """The articles that a person labelled since a time, the newest answer first."""
        query = select(reviews.c.item_id).where(reviews.c.who == who, reviews.c.at >= since)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(reviews.c.at.desc(), reviews.c.item_id.desc())).scalars())

    def skipped_since(self, who: str, since: float) -> int:
        """How many articles a person skipped since a time."""
        query = select(func.count()).select_from(review_skips).where(review_skips.c.who == who, review_skips.c.at >= since)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def reviewed_since(self, at: float) -> int:
        """How many articles somebody has labelled since a time: what a model trained then has not seen."""
        query = select(func.count(reviews.c.item_id.distinct())).where(reviews.c.at >= at)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def exists(self, item_id: int) -> bool:
        """Whether there is an article with this number."""
        with reading(self._engine) as connection:
            return connection.execute(select(articles.c.item_id).where(articles.c.item_id == item_id)).first() is not None
