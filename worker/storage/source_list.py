"""Read sources for people and programs that watch: a page at a time, how many of each health, and what came of the last week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, literal, or_, select, tuple_

from worker.storage.database import one_of, reading
from worker.storage.ledger_base import LedgerBase
from worker.storage.sources import SourceRow, find
from worker.storage.tables import items, job_items, receipts, sources
from worker.storage.values import State

Order = Literal["added", "health"]
HEALTHS = ("failing", "changed", "new", "well", "paused")
"""What calls for somebody first."""
WEEK = 7 * 86400.0
_c = sources.c
health_now: ColumnElement[str] = case(
    (_c.paused, "paused"),
    (or_(_c.failures > 0, _c.reason.is_not(None)), "failing"),
    (_c.read_at.is_(None), "new"),
    (func.coalesce(cast(_c.alarms, Text), "null").not_in(["null", "[]"]), "changed"),
    else_="well",
)
"""The same judgement as `Source.health`, where the database makes it; a test compares them."""
BROKEN = and_(~_c.paused, _c.failures > 0)
"""Not read after all tries, and asked again by itself."""


@dataclass(frozen=True, slots=True)
class Week:
    """What a source brought in the last seven days."""

    new: int = 0
    stored: int = 0
    """Of the new ones; copies count as stored."""
    ended: int = 0
    """Of the new ones, those that no longer wait."""


class SourceList(LedgerBase):
    """Every method raises Unavailable where the database is away."""

    def page(
        self, limit: int, after: tuple[int, int] | None = None, order: Order = "added", health: str | None = None
    ) -> list[tuple[int, SourceRow]]:
        """Up to `limit` sources after a place, each with its rank: in the order in which they were added, or the broken ones first."""
        rank = _rank() if order == "health" else literal(0)
        where = [health_now == health] if health else []
        query = select(_c.id, rank.label("rank")).where(*where).order_by(rank, _c.id).limit(limit)
        if after is not None:
            query = query.where(tuple_(rank, _c.id) > tuple_(literal(after[0]), literal(after[1])))
        with reading(self._engine) as connection:
            places = connection.execute(query).all()
            rows = {row.id: row for row in find(connection, one_of(_c.id, [place.id for place in places]))} if places else {}
        return [(place.rank, rows[place.id]) for place in places if place.id in rows]

    def counts(self) -> Counter[str]:
        """How many sources have which health; 0 for a health that none has."""
        with reading(self._engine) as connection:
            return health_counts(connection)

    def broken(self, most: int) -> tuple[int, list[SourceRow]]:
        """How many cannot be read, and the first few of them."""
        with reading(self._engine) as connection:
            count = connection.execute(select(func.count()).select_from(sources).where(BROKEN)).scalar_one()
            return count, find(connection, BROKEN, limit=most) if count else []

    def weeks(self, job_ids: Collection[int]) -> dict[int, Week]:
        """What the sources of these jobs brought in the last seven days; jobs that brought nothing are left out."""
        with reading(self._engine) as connection:
            return _weeks(connection, job_ids, _first_since(connection, self._now() - WEEK)) if job_ids else {}


def health_counts(connection: Connection) -> Counter[str]:
    """How many sources have which health; one pass over a table of thousands of rows."""
    judged = select(health_now.label("health")).subquery()
    rows = connection.execute(select(judged.c.health, func.count().label("sources")).group_by(judged.c.health))
    return Counter({**dict.fromkeys(HEALTHS, 0), **{row.health: row.sources for row in rows}})


def _rank() -> ColumnElement[int]:
    """Sources whose tries are used up come before those that are tried again soon."""
    ranks = {health: number for number, health in enumerate(HEALTHS, 1)}
    return case((BROKEN, 0), *((health_now == health, rank) for health, rank in ranks.items()), else_=len(HEALTHS))


def _first_since(connection: Connection, since: float) -> int:
    """The first item accepted then or later: numbers rise with time, so that some twenty looks into the primary key find it."""
    low, high = 0, (connection.execute(select(func.max(receipts.c.item_id))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        after = select(receipts.c.item_id, receipts.c.at).where(receipts.c.item_id >= middle).order_by(receipts.c.item_id).limit(1)
        row = connection.execute(after).first()
        if row is None or row.at >= since:
            high = middle
        else:
            low = row.item_id + 1
    return low


def _weeks(connection: Connection, job_ids: Collection[int], first: int) -> dict[int, Week]:
    query = (
        select(job_items.c.job_id, items.c.state, func.count().label("articles"))
        .join(items, items.c.id == job_items.c.item_id)
        .where(one_of(job_items.c.job_id, job_ids), job_items.c.item_id >= first, items.c.kind == "article")
        .group_by(job_items.c.job_id, items.c.state)
    )
    found: dict[int, Counter[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.job_id, Counter())[row.state] = row.articles
    return {job: _week(states) for job, states in found.items()}


def _week(states: Counter[str]) -> Week:
    waits = states[State.WAITING] + states[State.RUNNING]
    return Week(states.total(), states[State.STORED] + states[State.DUPLICATE], states.total() - waits)
