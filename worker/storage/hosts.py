"""Hosts read and written: when to look at one, how it answered, and whether an operator has stopped it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.config import Settings
from worker.messages import HostReport
from worker.storage.host_rules import Host, reported
from worker.storage.tables import hosts, items
from worker.storage.values import HostView

COLUMNS = [hosts.c[name] for name in Host.__dataclass_fields__]
REPORTED = ["free_at", "slowdown", "crawl_delay", "failures", "open_until", "answers", "errors", "last_at"]


def insert(connection: Connection) -> Any:
    """INSERT INTO hosts, of the dialect: both know ON CONFLICT, each in a class of its own."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(hosts)


def named(host: str) -> ColumnElement[bool]:
    """The items of a host; without a port those at the two ports that need no saying."""
    return or_(items.c.host == host, items.c.host.in_([f"{host}:80", f"{host}:443"]))


def look(connection: Connection, dues: Iterable[tuple[str, float]]) -> None:
    """An item of each of these hosts is due then: the dispatcher must look no later."""
    earliest: dict[str, float] = {}
    for host, due in dues:
        earliest[host] = min(due, earliest.get(host, due))
    if not earliest:
        return
    statement = insert(connection).values(host=bindparam("host"), look_at=bindparam("look_at"))
    sooner = or_(hosts.c.look_at.is_(None), hosts.c.look_at > statement.excluded.look_at)
    statement = statement.on_conflict_do_update(index_elements=["host"], set_={"look_at": statement.excluded.look_at}, where=sooner)
    connection.execute(statement, [{"host": host, "look_at": earliest[host]} for host in sorted(earliest)])


def report(connection: Connection, reports: Sequence[tuple[str, HostReport | None]], settings: Settings, now: float) -> None:
    """What answers told about hosts, in the order they came; None where a request ended without telling."""
    if not reports:
        return
    known = _load(connection, {host for host, _ in reports})
    before = dict(known)
    for host, told in reports:
        known[host] = reported(known.get(host) or Host(host), told, settings, now)
    changed = [asdict(known[host]) for host in sorted(known) if known[host] != before.get(host)]
    statement = insert(connection)
    taken_over = {name: statement.excluded[name] for name in REPORTED}
    if changed:
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=taken_over), changed)


def _load(connection: Connection, names: Iterable[str]) -> dict[str, Host]:
    rows = connection.execute(select(*COLUMNS).where(hosts.c.host.in_(sorted(names))))
    return {row.host: Host(*row) for row in rows}


_EARLIEST = (
    select(func.min(items.c.due)).where(items.c.state == literal_column("'waiting'"), items.c.host == hosts.c.host).scalar_subquery()
)


def looked(connection: Connection, names: Iterable[str]) -> None:
    """Nothing of these hosts is due now: the dispatcher need not look before the earliest that waits."""
    rows = [{"b_host": name} for name in sorted(names)]
    if rows:
        connection.execute(update(hosts).where(hosts.c.host == bindparam("b_host")).values(look_at=_EARLIEST), rows)


def find_overlooked(connection: Connection, now: float) -> None:
    """Looks again at hosts where an item is due before `look_at` says so: that is a hint, the items are the truth."""
    later = or_(hosts.c.look_at.is_(None), hosts.c.look_at > now)
    sooner = items.c.due < func.coalesce(hosts.c.look_at, literal_column("1e300"))
    waits = exists().where(items.c.state == literal_column("'waiting'"), items.c.host == hosts.c.host, sooner)
    connection.execute(update(hosts).where(later, waits).values(look_at=now))


def all_wait(connection: Connection, settings: Settings, now: float) -> None:
    """Nobody knows when each was last asked: every host waits one interval."""
    interval = case(
        (func.coalesce(hosts.c.crawl_delay, 0) > settings.host_interval, hosts.c.crawl_delay),
        else_=literal_column(str(settings.host_interval)),
    )
    soonest = now + interval
    connection.execute(update(hosts).where(hosts.c.free_at < soonest).values(free_at=soonest))


def set_paused(connection: Connection, host: str, *, paused: bool) -> None:
    """Stops a host, or lets it go on; it need not be known yet."""
    statement = insert(connection).values(host=host, paused=paused)
    connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_={"paused": paused}))


def view(connection: Connection, settings: Settings, now: float, limit: int) -> list[HostView]:
    """The hosts with most in flight and waiting, first."""
    waiting, in_flight = (
        select(func.count()).where(items.c.state == literal_column(f"'{state}'"), items.c.host == hosts.c.host).scalar_subquery()
        for state in ("waiting", "running")
    )
    rows = connection.execute(select(*COLUMNS, waiting, in_flight).order_by(in_flight.desc(), waiting.desc(), hosts.c.host).limit(limit))
    return [_view(Host(*row[:-2]), row[-2], row[-1], settings, now) for row in rows]


def _view(host: Host, waiting: int, in_flight: int, settings: Settings, now: float) -> HostView:
    return HostView(
        host=host.host,
        waiting=waiting,
        in_flight=in_flight,
        interval=host.interval(settings),
        free_at=max(host.free_at, host.open_until),
        breaker=host.breaker(now),
        paused=host.paused,
        failures=host.failures,
        answers=host.answers,
        errors=host.errors,
    )
