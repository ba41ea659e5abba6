"""List what waits in the ledger: for which host, why, and when it is tried next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, or_, select, update

from worker.reasons import Reason
from worker.storage import hosts as host_rows
from worker.storage import transitions
from worker.storage.database import one_of
from worker.storage.host_rules import BREAK_AFTER
from worker.storage.tables import LANES, items
from worker.storage.tables import hosts as h
from worker.storage.values import Event, Stage

WHYS = ("host", "paused", "robots", "again", "pace")
"""Why an item waits: its host asked for a wait or fails; somebody paused it; its robots.txt cannot be read; it failed and will be
tried again; or it is due and goes out as the pace of its host allows."""
AT_ONCE = 500
"""Items brought forward in one transaction: tens of milliseconds."""
ROBOTS = Reason.ROBOTS_UNAVAILABLE.word


@dataclass(frozen=True, slots=True)
class Wait:
    """A host that is paused, asked for a wait, or fails; times in seconds since 1970."""

    host: str
    paused: bool
    paused_at: float | None
    paused_by: str | None
    paused_note: str | None
    asked_at: float | None
    asked_until: float
    asked_reason: str | None
    open_until: float
    failures: int

    @property
    def until(self) -> float:
        """When it may be asked again, leaving pauses aside."""
        return max(self.asked_until, self.open_until)


@dataclass(frozen=True, slots=True)
class Share:
    """Items that wait, of one host and with one last reason."""

    host: str
    reason: str | None
    """Of the last failure; None for an item without one, or one that is due."""
    later: bool
    """Whether they are due at a later time."""
    count: int
    first: float
    """When the first of them is due."""
    last: float


@dataclass(frozen=True, slots=True)
class DueItem:
    """One item that waits."""

    item_id: int
    url: str
    host: str
    lane: str
    why: str
    reason: str | None
    due: float
    """When it is due itself."""
    free_at: float
    """When its host may be asked."""
    tries: int


@dataclass(frozen=True, slots=True)
class DueFilter:
    """Selects what waits; an empty field selects all. `reason` is one of WHYS, or the word of a reason."""

    host: str | None = None
    reason: str | None = None


_PAUSED = select(h.c.host).where(h.c.paused)


def _held(now: float) -> Select[tuple[str]]:
    return select(h.c.host).where(~h.c.paused, or_(h.c.asked_until > now, _open(now)))


def _open(now: float) -> ColumnElement[bool]:
    return and_(h.c.failures >= BREAK_AFTER, h.c.open_until > now)


def waits(connection: Connection, now: float) -> dict[str, Wait]:
    """The hosts that are paused, asked for a wait, or fail, by name."""
    columns = [h.c[name] for name in Wait.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(or_(h.c.paused, h.c.asked_until > now, _open(now))))
    return {row.host: Wait(**row._asdict()) for row in rows}


def shares(connection: Connection, which: DueFilter, now: float, *, fetch_paused: bool) -> list[Share]:
    """How many items wait, by host and by whether they are due: two queries, each over the index that is made for it."""
    count = func.count().label("count")
    where = [transitions.WAITING, *_conditions(which, now, fetch_paused=fetch_paused)]
    first, last = func.min(items.c.due), func.max(items.c.due)
    ready = select(items.c.host, count, first, last).where(*where, items.c.due <= now).group_by(items.c.host)
    later = select(items.c.host, items.c.reason, count, first, last).where(*where, items.c.due > now).group_by(items.c.host, items.c.reason)
    return [
        *(Share(host, None, False, *figures) for host, *figures in connection.execute(ready)),
        *(Share(host, reason, True, *figures) for host, reason, *figures in connection.execute(later)),
    ]


def held_shares(connection: Connection, names: Sequence[str], now: float) -> list[Share]:
    """The same of these hosts alone, which are held back, and of items whose robots.txt cannot be read."""
    count, first, last = func.count(), func.min(items.c.due), func.max(items.c.due)
    found = []
    for some in batched(names):
        ready = select(items.c.host, count, first, last).where(transitions.WAITING, items.c.host.in_(some), items.c.due <= now)
        found += [Share(host, None, False, *figures) for host, *figures in connection.execute(ready.group_by(items.c.host))]
        later = select(items.c.host, items.c.reason, count, first, last).where(
            transitions.WAITING, items.c.host.in_(some), items.c.due > now
        )
        rows = connection.execute(later.group_by(items.c.host, items.c.reason))
        found += [Share(host, reason, True, *figures) for host, reason, *figures in rows]
    robots = select(items.c.host, items.c.reason, count, first, last).where(
        transitions.WAITING, items.c.due > now, items.c.reason == ROBOTS
    )
    known = set(names)
    rows = connection.execute(robots.group_by(items.c.host, items.c.reason))
    return found + [Share(host, reason, True, *figures) for host, reason, *figures in rows if host not in known]


def counts(connection: Connection, now: float) -> tuple[int, int]:
    """How many items can go out now, and how many wait for a host or for another try. Three counts over indexes."""

    def number(*where: ColumnElement[bool]) -> int:
        return connection.execute(select(func.count()).select_from(items).where(transitions.WAITING, *where)).scalar_one()

    ready, later = number(items.c.due <= now), number(items.c.due > now)
    names = list(waits(connection, now))  # named one by one, SQLite reads the index of each host and no other
    kept_back = sum(number(items.c.host.in_(some), items.c.due <= now) for some in batched(names))
    return ready - kept_back, later + kept_back


def batched(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names in groups that a statement can hold."""
    yield from (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def next_at(connection: Connection, now: float) -> float | None:
    """When the next item goes out: the earliest time at which a host that is not paused has one that is due and may be asked."""
    later = [h.c.free_at, h.c.open_until]
    at: ColumnElement[float] = h.c.look_at
    for other in later:
        at = case((other > at, other), else_=at)
    waits_there = exists().where(transitions.WAITING, items.c.host == h.c.host)
    found = connection.execute(select(func.min(at)).where(h.c.look_at.is_not(None), ~h.c.paused, waits_there)).scalar()
    return None if found is None else max(found, now)


def page(
    connection: Connection, which: DueFilter, now: float, limit: int, after: tuple[float, int] | None, *, fetch_paused: bool
) -> list[DueItem]:
    """Up to `limit` items, the next one first, after the place `after` (due time and item)."""
    query = (
        select(items.c.id, items.c.url, items.c.host, items.c.lane, items.c.reason, items.c.due, items.c.tries)
        .add_columns(h.c.free_at, h.c.open_until, h.c.asked_until, h.c.paused, h.c.failures)
        .select_from(items.outerjoin(h, h.c.host == items.c.host))
        .where(transitions.WAITING, *_conditions(which, now, fetch_paused=fetch_paused))
    )
    if after is not None:
        due, item_id = after
        query = query.where(or_(items.c.due > due, and_(items.c.due == due, items.c.id > item_id)), items.c.due >= due)
    rows = connection.execute(query.order_by(items.c.due, items.c.id).limit(limit))
    return [
        DueItem(
            *(row.id, row.url, row.host, LANES[row.lane]),
            why=why(row.reason, row.due, now, paused=fetch_paused or bool(row.paused), held=_is_held(row, now)),
            reason=row.reason,
            due=row.due,
            free_at=max(row.free_at or 0.0, row.open_until or 0.0),
            tries=row.tries,
        )
        for row in rows
    ]


def _is_held(row: object, now: float) -> bool:
    asked, opened, failures = (getattr(row, name) or 0 for name in ("asked_until", "open_until", "failures"))
    return asked > now or (failures >= BREAK_AFTER and opened > now)


def why(reason: str | None, due: float, now: float, *, paused: bool, held: bool) -> str:
    """One of WHYS, for an item that waits."""
    if paused:
        return "paused"
    if due > now and reason == ROBOTS:
        return "robots"
    if held:
        return "host"
    return "again" if due > now and reason is not None else "pace"


def _conditions(which: DueFilter, now: float, *, fetch_paused: bool) -> list[ColumnElement[bool]]:
    found = [] if which.host is None else [host_rows.named(which.host)]
    if which.reason is None:
        return found
    if which.reason not in WHYS:
        return [*found, items.c.reason == which.reason, items.c.due > now]
    return [*found, *_because(which.reason, now, fetch_paused=fetch_paused)]


def _because(word: str, now: float, *, fetch_paused: bool) -> list[ColumnElement[bool]]:
    """The same order of causes as in `why`."""
    if fetch_paused:
        return [literal(word == "paused")]
    later, robots = items.c.due > now, items.c.reason == ROBOTS
    free, open_ = items.c.host.not_in(_PAUSED), items.c.host.not_in(_held(now))
    causes: dict[str, list[ColumnElement[bool]]] = {
        "paused": [items.c.host.in_(_PAUSED)],
        "robots": [free, later, robots],
        "host": [items.c.host.in_(_held(now)), or_(~later, items.c.reason.is_(None), ~robots)],
        "again": [free, open_, later, items.c.reason.is_not(None), ~robots],
        "pace": [free, open_, or_(~later, items.c.reason.is_(None))],
    }
    return causes[word]


def later_ids(connection: Connection, names: Sequence[str], reasons: Iterable[str] | None, now: float, limit: int) -> list[int]:
    """Up to `limit` items that are due at a later time: of these hosts where there are some, with these reasons unless None."""
    query = select(items.c.id).where(transitions.WAITING, items.c.due > now)
    if names:
        query = query.where(items.c.host.in_(list(names)))
    query = query.where(items.c.reason.in_(list(reasons)) if reasons is not None else items.c.reason.is_not(None))
    return list(connection.execute(query.order_by(items.c.due, items.c.id).limit(limit)).scalars())


def bring_forward(connection: Connection, ids: Sequence[int], now: float, done: str) -> None:
    """These items are due now; `done` is what a person did, for their traces."""
    if not ids:
        return
    connection.execute(update(items).where(transitions.WAITING, one_of(items.c.id, ids)).values(due=now))
    transitions.record(connection, ((item_id, Event(now, Stage.OPERATOR, done)) for item_id in ids))
    names = connection.execute(select(items.c.host).where(one_of(items.c.id, ids)).distinct()).scalars()
    host_rows.look(connection, [(name, now) for name in names])


def waiting(connection: Connection, names: Sequence[str]) -> int:
    """How many items of these hosts wait."""
    query = select(func.count()).select_from(items).where(transitions.WAITING, items.c.host.in_(list(names)))
    return connection.execute(query).scalar_one()
