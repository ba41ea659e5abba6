"""Keep the sources that are followed: list and change them, and send those that are due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from worker.reasons import Kind
from worker.storage import transitions
from worker.storage.database import one_of
from worker.storage.item_rules import ItemRules
from worker.storage.tables import items, sources
from worker.storage.values import OPEN, Stage, State

AT_ONCE = 200
"""Sources sent in one transaction, which takes some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class About:
    """What people, or a list of outlets, say of a source; None where they say nothing."""

    title: str | None = None
    site_url: str | None = None
    country: str | None = None
    language: str | None = None
    outlet_kind: str | None = None
    paused: bool = False
    """Whether it is not polled until it is resumed, where it is new; a known one stays as it is."""

    def said(self) -> dict[str, object]:
        """What is said, by column."""
        return {name: value for name in SAID if (value := getattr(self, name)) is not None}


SAID = ("title", "site_url", "country", "language", "outlet_kind")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source; times in seconds since 1970."""

    id: int
    item_id: int
    job_id: int
    kind: Kind
    url: str
    site_url: str | None
    title: str | None
    country: str | None
    language: str | None
    outlet_kind: str | None
    added_at: float
    paused: bool
    next_at: float
    interval: float
    why: str
    per_day: float | None
    ttl: float | None
    update_period: float | None
    asked_at: float | None
    polled_at: float | None
    read_at: float | None
    new_at: float | None
    new_url: str | None
    failures: int
    reason: str | None
    detail: str | None
    warnings: Sequence[str] | None
    alarms: Sequence[str] | None
    etag: str | None
    last_modified: str | None
    polls: int
    unchanged: int
    found: int
    state: State = field(default=State.WAITING)
    """Of its item: open while it is polled."""


_COLUMNS = [sources.c[name] for name in SourceRow.__dataclass_fields__ if name != "state"]


def find(connection: Connection, *which: ColumnElement[bool], limit: int | None = None, offset: int = 0) -> list[SourceRow]:
    """The sources that meet every condition, in the order in which they were added."""
    joined = select(*_COLUMNS, items.c.state).join(items, items.c.id == sources.c.item_id)
    rows = connection.execute(joined.where(*which).order_by(sources.c.id).limit(limit).offset(offset))
    return [SourceRow(**{**row._asdict(), "state": State(row.state)}) for row in rows]


def remove(connection: Connection, ids: Collection[int]) -> int:
    """Follows these no longer; their items, jobs and articles stay."""
    return connection.execute(delete(sources).where(one_of(sources.c.id, ids))).rowcount


def pause(connection: Connection, ids: Collection[int], *, paused: bool) -> int:
    """Pauses or resumes these; returns how many there are."""
    return connection.execute(update(sources).where(one_of(sources.c.id, ids)).values(paused=paused)).rowcount


def any_due(connection: Connection, now: float) -> bool:
    """Whether a source is due; one look into an index."""
    return connection.execute(select(sources.c.id).where(sources.c.next_at <= now, ~sources.c.paused).limit(1)).first() is not None


def send_due(connection: Connection, rules: ItemRules) -> int:
    """Sends the items of sources that are due, up to AT_ONCE; one that is under way is polled already."""
    due = find(connection, sources.c.next_at <= rules.now, ~sources.c.paused, limit=AT_ONCE)
    return send(connection, due, rules)


def send(connection: Connection, rows: Sequence[SourceRow], rules: ItemRules) -> int:
    """Sends the items of these sources now; returns how many were not under way already."""
    ended = [row for row in rows if row.state not in OPEN]
    times = [{"b_id": row.id, "b_next": rules.now + row.interval} for row in rows]
    if times:
        later = update(sources).where(sources.c.id == bindparam("b_id")).values(next_at=bindparam("b_next"), asked_at=rules.now)
        connection.execute(later, times)
    found = transitions.load(connection, [row.item_id for row in ended]).values() if ended else []
    made = [rules.requeued(item, Stage.DISPATCH) for item in found if not item.forgotten]
    transitions.apply(connection, made, rules.now)
    return len(made)


def validators(connection: Connection, item_ids: Collection[int]) -> dict[int, tuple[str | None, str | None]]:
    """ETag and Last-Modified of the last reading, by item, of those that are sources."""
    c = sources.c
    if not item_ids:
        return {}
    rows = connection.execute(select(c.item_id, c.etag, c.last_modified).where(one_of(c.item_id, item_ids)))
    return {row.item_id: (row.etag, row.last_modified) for row in rows}


def of_jobs(connection: Connection, job_ids: Iterable[int]) -> list[SourceRow]:
    """The sources to which these jobs belong."""
    return find(connection, one_of(sources.c.job_id, job_ids))
