"""Group dead letters into incidents: one cause, which is a reason, a host and what was said, with its examples and its hours."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Integer, cast, func, select

from worker.reasons import Reason
from worker.storage import dead
from worker.storage.tables import items, job_items
from worker.storage.values import DeadFilter, State

HOUR, HALF = 3600, 1800
EXAMPLES = 5
"""Dead letters that show what an incident is about."""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """The dead letters of one cause; times in seconds since 1970."""

    reason: str
    host: str
    detail: str | None
    count: int
    first: float
    newest: float


@dataclass(frozen=True, slots=True)
class Burst:
    """How one cause killed lately: `worst` is the most that died within an hour, which began about `worst_at`."""

    reason: str
    host: str
    detail: str | None
    count: int
    first: float
    newest: float
    worst: int
    worst_at: int


@dataclass(frozen=True, slots=True)
class SetMark:
    """What tells one set of items from another: how many there are, and sums that differ where the items do."""

    count: int
    ids: int
    """Sum of their numbers."""
    newest: float
    """When the last of them died."""


def incidents(connection: Connection, which: DeadFilter, limit: int) -> list[IncidentRow]:
    """Up to `limit` incidents, the largest first; what people dropped comes last."""
    count = func.count().label("count")
    first, newest = func.min(items.c.changed_at).label("first"), func.max(items.c.changed_at).label("newest")
    dropped = items.c.reason == Reason.DROPPED.word
    query = (
        select(func.coalesce(items.c.reason, "").label("reason"), items.c.host, items.c.detail, count, first, newest)
        .where(dead.selected(which))
        .group_by(items.c.reason, items.c.host, items.c.detail)
        .order_by(dropped, count.desc(), newest.desc(), items.c.host)
    )
    return [IncidentRow(**row._asdict()) for row in connection.execute(query.limit(limit))]


def by_hour(connection: Connection, which: DeadFilter) -> list[tuple[int, int]]:
    """How many died in each hour that had any: pairs of its beginning, in seconds since 1970, and the count."""
    hour = cast(func.floor(items.c.changed_at / HOUR), Integer).label("hour")
    query = select(hour, func.count()).where(dead.selected(which)).group_by(hour).order_by(hour)
    return [(number * HOUR, count) for number, count in connection.execute(query)]


def mark(connection: Connection, which: DeadFilter) -> SetMark:
    """The mark of the dead letters that the filter selects now."""
    query = select(func.count(), func.coalesce(func.sum(items.c.id), 0), func.coalesce(func.max(items.c.changed_at), 0.0))
    count, ids, newest = connection.execute(query.where(dead.selected(which))).one()
    return SetMark(int(count), int(ids), float(newest))


def by_host(connection: Connection, which: DeadFilter) -> dict[str, int]:
    """How many dead letters each host has, of those that the filter selects."""
    query = select(items.c.reason, items.c.host, func.count()).where(dead.selected(which)).group_by(items.c.reason, items.c.host)
    found: dict[str, int] = {}
    for _, host, count in connection.execute(query):  # by reason first, since that is how the index of causes is ordered
        found[host] = found.get(host, 0) + count
    return found


def bursts(connection: Connection, at: float) -> list[Burst]:
    """The causes of what has died since a time and is still dead, the largest first, each with its worst hour."""
    half = cast(func.floor(items.c.changed_at / HALF), Integer).label("half")
    first, newest = func.min(items.c.changed_at), func.max(items.c.changed_at)
    query = (
        select(items.c.reason, items.c.host, items.c.detail, half, func.count(), first, newest)
        .where(dead.selected(DeadFilter(since=at)))
        .group_by(items.c.reason, items.c.host, items.c.detail, half)
    )
    found: dict[tuple[str, str, str | None], dict[int, tuple[int, float, float]]] = {}
    for reason, host, detail, number, count, begun, last in connection.execute(query):
        found.setdefault((reason or "", host, detail), {})[number] = (count, begun, last)
    return sorted((_burst(cause, halves) for cause, halves in found.items()), key=lambda burst: (-burst.count, burst.host, burst.reason))


def _burst(cause: tuple[str, str, str | None], halves: dict[int, tuple[int, float, float]]) -> Burst:
    """An hour is any two half hours next to each other, so that none is cut in two by the clock."""
    hours = {number: count + halves.get(number + 1, (0, 0.0, 0.0))[0] for number, (count, _, _) in halves.items()}
    worst = max(hours, key=lambda number: (hours[number], -number))
    counts, begun, last = zip(*halves.values(), strict=True)
    return Burst(*cause, sum(counts), min(begun), max(last), hours[worst], worst * HALF)


def states_of(connection: Connection, ids: list[int]) -> list[tuple[str, str | None, int]]:
    """What became of these items: state, reason and count."""
    query = select(items.c.state, items.c.reason, func.count()).where(items.c.id.in_(ids)).group_by(items.c.state, items.c.reason)
    return [tuple(row) for row in connection.execute(query)]


def hosts_of_job(connection: Connection, job_id: int, limit: int) -> list[tuple[str, str, str | None, int]]:
    """Where a job's items were refused or died: host, state, reason and count, the most frequent first."""
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    columns = (items.c.host, items.c.state, items.c.reason)
    query = select(*columns, func.count().label("count")).select_from(joined).where(job_items.c.job_id == job_id)
    query = query.where(items.c.state.in_([State.REFUSED, State.DEAD])).group_by(*columns)
    return [tuple(row) for row in connection.execute(query.order_by(func.count().desc(), *columns).limit(limit))]


def of_job(connection: Connection, job_id: int) -> list[tuple[str, str | None, int]]:
    """What became of a job's items: state, reason and count, the most frequent first."""
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    query = select(items.c.state, items.c.reason, func.count().label("count")).select_from(joined).where(job_items.c.job_id == job_id)
    rows = connection.execute(query.group_by(items.c.state, items.c.reason).order_by(func.count().desc(), items.c.state))
    return [tuple(row) for row in rows]
