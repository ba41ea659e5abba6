"""Read and write hosts: when to look for due items, how each host answered, and whether an operator has paused it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, case, exists, func, literal_column, or_, select, update

from worker.config import Settings
from worker.storage.database import insert_into
from worker.storage.host_rules import Host, lifted, reported
from worker.storage.tables import hosts, items

if TYPE_CHECKING:
    from worker.messages import HostReport

COLUMNS = [hosts.c[name] for name in Host.__dataclass_fields__]
REPORTED = [
    *("free_at", "slowdown", "crawl_delay", "failures", "open_until", "answers", "errors", "last_at"),
    *("asked_at", "asked_until", "asked_reason", "robots", "robots_at", "recent_ms"),
]
"""Columns that a report changes."""

PORT = re.compile(r":\d+$")


def named(host: str) -> ColumnElement[bool]:
    """The items of a host; without a port, those on ports 80 and 443."""
    if PORT.search(host):
        return items.c.host == host
    return or_(items.c.host == host, items.c.host.in_([f"{host}:80", f"{host}:443"]))


def look(connection: Connection, dues: Iterable[tuple[str, float]]) -> None:
    """Makes the dispatcher look for items of each host no later than one is due; pairs of host and time."""
    earliest: dict[str, float] = {}
    for host, due in dues:
        earliest[host] = min(due, earliest.get(host, due))
    if not earliest:
        return
    statement = insert_into(connection, hosts)
    sooner = or_(hosts.c.look_at.is_(None), hosts.c.look_at > statement.excluded.look_at)
    upsert = statement.on_conflict_do_update(index_elements=["host"], set_={"look_at": statement.excluded.look_at}, where=sooner)
    connection.execute(upsert, [{"host": host, "look_at": earliest[host]} for host in sorted(earliest)])


Report: TypeAlias = "tuple[str, HostReport | None, str | None]"
"""A host, what a fetch reported of it (None for a request that ended without a report), and the reason of a failure."""


def report(connection: Connection, reports: Sequence[Report], settings: Settings, now: float) -> None:
    """Applies reports about hosts in the order in which they arrived."""
    if not reports:
        return
    known = _load(connection, {host for host, _, _ in reports})
    before = dict(known)
    for host, one, reason in reports:
        known[host] = reported(known.get(host) or Host(host), one, settings, now, reason)
    changed = [asdict(known[host]) for host in sorted(known) if known[host] != before.get(host)]
    statement = insert_into(connection, hosts)
    replaced = {name: statement.excluded[name] for name in REPORTED}
    if changed:
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=replaced), changed)


def _load(connection: Connection, names: Iterable[str]) -> dict[str, Host]:
    rows = connection.execute(select(*COLUMNS).where(hosts.c.host.in_(sorted(names))))
    return {row.host: host_of(row._mapping) for row in rows}


def host_of(row: RowMapping) -> Host:
    """The host of a row with COLUMNS."""
    values = {name: row[name] for name in Host.__dataclass_fields__}
    recent = values["recent_ms"]
    return Host(**{**values, "recent_ms": tuple(recent) if isinstance(recent, list) else None})


_EARLIEST = (
    select(func.min(items.c.due)).where(items.c.state == literal_column("'waiting'"), items.c.host == hosts.c.host).scalar_subquery()
)


def looked(connection: Connection, names: Iterable[str]) -> None:
    """Nothing of these hosts is due now: the dispatcher looks again when their earliest item is."""
    rows = [{"b_host": name} for name in sorted(names)]
    if rows:
        connection.execute(update(hosts).where(hosts.c.host == bindparam("b_host")).values(look_at=_EARLIEST), rows)


def find_overlooked(connection: Connection, now: float) -> None:
    """Looks again at hosts with an item that is due before `look_at`, which is only a hint; the items decide."""
    later = or_(hosts.c.look_at.is_(None), hosts.c.look_at > now)
    sooner = items.c.due < func.coalesce(hosts.c.look_at, literal_column("1e300"))
    waits = exists().where(items.c.state == literal_column("'waiting'"), items.c.host == hosts.c.host, sooner)
    connection.execute(update(hosts).where(later, waits).values(look_at=now))


def all_wait(connection: Connection, settings: Settings, now: float) -> None:
    """Lets every host wait one interval, since nobody knows when each was asked last."""
    interval = case(
        (func.coalesce(hosts.c.crawl_delay, 0) > settings.host_interval, hosts.c.crawl_delay),
        else_=literal_column(str(settings.host_interval)),
    )
    soonest = now + interval
    connection.execute(update(hosts).where(hosts.c.free_at < soonest).values(free_at=soonest))


def pause(connection: Connection, host: str, now: float, who: str | None, note: str | None) -> None:
    """Pauses a host, which need not be known yet; one that is paused already keeps who paused it, when and why."""
    row = {"paused": True, "paused_at": now, "paused_by": who, "paused_note": note}
    statement = insert_into(connection, hosts).values(host=host, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=row, where=~hosts.c.paused))


def resume(connection: Connection, host: str) -> None:
    """Ends the pause of a host."""
    row = {"paused": False, "paused_at": None, "paused_by": None, "paused_note": None}
    connection.execute(update(hosts).where(hosts.c.host == host).values(**row))


def lift(connection: Connection, names: Sequence[str], now: float) -> list[str]:
    """Lifts what these hosts asked for, or were made to wait; returns those of them that waited."""
    known = _load(connection, names)
    waited = [name for name, host in known.items() if max(host.asked_until, host.open_until, host.free_at) > now]
    for name in waited:
        after = lifted(known[name], now)
        values = {column: getattr(after, column) for column in REPORTED}
        connection.execute(update(hosts).where(hosts.c.host == name).values(**values, look_at=now))
    return sorted(waited)
