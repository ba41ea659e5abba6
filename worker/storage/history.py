"""Read the events of one URL, write metrics and unreadable messages, and delete what is past its retention."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from worker.storage import jobs as jobs_of
from worker.storage.aliases import has_key
from worker.storage.tables import LANES, events, items, jobs, parked, samples
from worker.storage.values import Event, State, Trace

AT_ONCE = 5000
"""Old rows deleted in one transaction: tens of milliseconds."""
SAMPLE_DAYS = 7.0
"""A week of metrics shows the weekly rhythm of the press; at a sample each 10 s it is a few megabytes."""


def trace(connection: Connection, keys: Collection[str]) -> list[Trace]:
    """The items with one of these keys, or that led to an address with one, of every kind, with their events."""
    return _traces(connection, has_key(keys))


def trace_of(connection: Connection, item_id: int) -> Trace | None:
    """One item with its events, None where there is no such item."""
    return next(iter(_traces(connection, items.c.id == item_id)), None)


def _traces(connection: Connection, which: ColumnElement[bool]) -> list[Trace]:
    rows = connection.execute(select(items).where(which).order_by(items.c.id)).all()
    names = {row.id: row.name for row in connection.execute(select(jobs.c.id, jobs.c.name))}
    in_jobs = jobs_of.of_items(connection, [row.id for row in rows])
    return [
        Trace(
            item_id=row.id,
            url=row.url,
            kind=row.kind,
            lane=LANES[row.lane],
            state=State(row.state),
            reason=row.reason,
            due=row.due if row.state == State.WAITING else None,
            tries=row.tries,
            strikes=row.strikes,
            jobs=tuple(names[number] for number in in_jobs.get(row.id, [])),
            duplicate_of=row.duplicate_of,
            events=_events(connection, row.id),
        )
        for row in rows
    ]


def _events(connection: Connection, item_id: int) -> tuple[Event, ...]:
    c = events.c
    query = select(c.at, c.stage, c.outcome, c.reason, c.detail, c.ms).where(c.item_id == item_id).order_by(c.id)
    return tuple(Event(**row._asdict()) for row in connection.execute(query))


def forget_old(connection: Connection, now: float, events_days: float) -> bool:
    """Deletes samples and up to AT_ONCE events that are past their retention; returns whether there may be more."""
    old = select(events.c.id).where(events.c.at < now - events_days * 86400).limit(AT_ONCE)
    connection.execute(delete(samples).where(samples.c.at < now - SAMPLE_DAYS * 86400))
    return connection.execute(delete(events).where(events.c.id.in_(old.scalar_subquery()))).rowcount == AT_ONCE


def sample(connection: Connection, values: Mapping[str, float], now: float) -> None:
    """Writes the metrics of one moment."""
    if values:
        connection.execute(insert(samples), [{"at": now, "name": name, "value": number} for name, number in sorted(values.items())])


def samples_of(connection: Connection, name: str, since: float) -> list[tuple[float, float]]:
    """The values of one metric since a time: pairs of time and value."""
    query = select(samples.c.at, samples.c.value).where(samples.c.name == name, samples.c.at >= since)
    return [(row.at, row.value) for row in connection.execute(query.order_by(samples.c.at))]


def park(connection: Connection, item_id: int | None, body: str, error: str, now: float) -> None:
    """Keeps a message that could not be read."""
    number = (connection.execute(select(func.max(parked.c.id))).scalar() or 0) + 1
    connection.execute(
        insert(parked).values(id=number, item_id=item_id, at=now, body=body.replace("\0", "\N{REPLACEMENT CHARACTER}"), error=error)
    )
