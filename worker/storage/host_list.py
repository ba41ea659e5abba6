"""List hosts with their pace and health, what waits for them and what came of them lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from worker.config import Settings
from worker.storage import transitions
from worker.storage.host_rules import Host
from worker.storage.hosts import COLUMNS, host_of
from worker.storage.tables import hosts, items
from worker.storage.values import State

WEEK = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host; times in seconds since 1970, those of answers in milliseconds."""

    host: Host
    now: float
    interval_s: float
    waiting: int
    stored_7d: int
    dead_7d: int
    paused_at: float | None
    paused_by: str | None
    paused_note: str | None


def waiting(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """How many items of each of these hosts wait."""
    query = select(items.c.host, func.count()).where(transitions.WAITING, items.c.host.in_(list(names))).group_by(items.c.host)
    return dict(connection.execute(query).all())


def page(
    connection: Connection, settings: Settings, now: float, limit: int, *, after: tuple[int, str] | None = None, like: str | None = None
) -> list[HostRow]:
    """Up to `limit` hosts, those first for which most items wait; of those whose name holds `like`."""
    per_host = select(items.c.host, func.count().label("number")).where(transitions.WAITING).group_by(items.c.host).subquery()
    number = func.coalesce(per_host.c.number, 0)
    query = select(hosts.c.host).select_from(hosts.outerjoin(per_host, per_host.c.host == hosts.c.host))
    if like:
        query = query.where(hosts.c.host.contains(like.lower(), autoescape=True))
    if after is not None:
        query = query.where(or_(number < after[0], and_(number == after[0], hosts.c.host > after[1])))
    names = list(connection.execute(query.where(hosts.c.host != "forgotten").order_by(number.desc(), hosts.c.host).limit(limit)).scalars())
    found = {row.host.host: row for row in of(connection, settings, now, names)}
    return [found[name] for name in names]


def of(connection: Connection, settings: Settings, now: float, names: Sequence[str]) -> list[HostRow]:
    """These hosts, by name."""
    columns = (*COLUMNS, hosts.c.paused_at, hosts.c.paused_by, hosts.c.paused_note)
    rows = connection.execute(select(*columns).where(hosts.c.host.in_(list(names))).order_by(hosts.c.host)).mappings().all()
    waits, ended = waiting(connection, names), _ended(connection, names, now - WEEK)
    return [
        HostRow(
            host=(host := host_of(row)),
            now=now,
            interval_s=host.interval(settings),
            waiting=waits.get(host.host, 0),
            stored_7d=ended.get((host.host, State.STORED), 0),
            dead_7d=ended.get((host.host, State.DEAD), 0),
            **{name: row[name] for name in ("paused_at", "paused_by", "paused_note")},
        )
        for row in rows
    ]


def _ended(connection: Connection, names: Sequence[str], since: float) -> dict[tuple[str, str], int]:
    """Items by host and state that ended since a time; one range of an index for each host and state."""
    query = select(items.c.host, items.c.state, func.count()).where(
        transitions.ENDED, items.c.host.in_(list(names)), items.c.state.in_([State.STORED, State.DEAD]), items.c.changed_at >= since
    )
    return {(host, state): count for host, state, count in connection.execute(query.group_by(items.c.host, items.c.state))}
