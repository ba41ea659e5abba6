"""List items of every state and kind, the newest first, and find some by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, literal_column, select

from worker.storage import hosts, transitions
from worker.storage.database import one_of
from worker.storage.tables import LANES, events, items, job_items
from worker.storage.values import TERMINAL, State

NEWEST = 30
"""Items of each state that are looked at for the last requests to a host: each has one to five of them."""
REQUESTS = ("answered", "failed", "unchanged", "listed", "struck")
"""Outcomes of events that say how a request ended."""


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Selects items; an empty field selects all."""

    state: str | None = None
    host: str | None = None
    job_id: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item; times in seconds since 1970."""

    item_id: int
    url: str
    host: str
    kind: str
    lane: str
    state: str
    reason: str | None
    detail: str | None
    due: float | None
    """None where it does not wait."""
    tries: int
    changed_at: float
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """How one request to a host ended."""

    at: float
    item_id: int
    url: str
    outcome: str
    reason: str | None
    detail: str | None
    ms: int | None


def _columns() -> Select[tuple[object, ...]]:
    names = ("url", "host", "kind", "lane", "state", "reason", "detail", "due", "tries", "changed_at", "duplicate_of")
    return select(items.c.id.label("item_id"), *(items.c[name] for name in names))


def _row(row: object) -> ItemRow:
    values = row._asdict()  # type: ignore[attr-defined]
    due = values["due"] if values["state"] == State.WAITING else None
    return ItemRow(**{**values, "lane": LANES[values["lane"]], "due": due})


def page(connection: Connection, which: ItemFilter, limit: int, *, before: int | None = None, after: int | None = None) -> list[ItemRow]:
    """Up to `limit` items, the newest first: those older than the item `before`, or the next newer ones than `after`."""
    query = _columns().limit(limit)
    number: ColumnElement[int] = items.c.id
    if which.job_id is not None:
        query = query.join(job_items, job_items.c.item_id == items.c.id).where(job_items.c.job_id == which.job_id)
        number = job_items.c.item_id
    if which.state is not None:
        query = query.where(*_in_state(which.state))
    if which.kind is not None:
        query = query.where(items.c.kind == which.kind)
    if which.host is not None:
        query = query.where(hosts.named(which.host))
    if before is not None:
        query = query.where(number < before)
    if after is not None:
        query = query.where(number > after)
    if which.state == State.RUNNING:
        number = number + literal_column("0")  # few are running: SQLite would read all items in their order instead of sorting these
    found = [_row(row) for row in connection.execute(query.order_by(number.asc() if after is not None else number.desc()))]
    return found[::-1] if after is not None else found


def _in_state(state: str) -> list[ColumnElement[bool]]:
    """Written out, with the condition of the index that is made for it: neither database uses one for a parameter."""
    found = [items.c.state == literal_column(f"'{State(state)}'")]
    return [*found, transitions.RARE] if state in (State.DUPLICATE, State.REFUSED) else found


def of(connection: Connection, ids: Sequence[int]) -> list[ItemRow]:
    """The items with these numbers, in their order."""
    return [_row(row) for row in connection.execute(_columns().where(one_of(items.c.id, ids)).order_by(items.c.id))]


def of_key(connection: Connection, key: str) -> list[ItemRow]:
    """The items of an address: one for each kind that it was accepted as."""
    return [_row(row) for row in connection.execute(_columns().where(items.c.key == key).order_by(items.c.id))]


def last_requests(connection: Connection, host: str, limit: int) -> list[Request]:
    """How the last requests for items of a host ended, the newest first."""
    ids: list[int] = []
    for state in (*TERMINAL, State.WAITING):
        among = transitions.ENDED if state in TERMINAL else transitions.WAITING
        newest = select(items.c.id).where(among, items.c.state == state, items.c.host == host)
        ids += connection.execute(newest.order_by(items.c.changed_at.desc()).limit(NEWEST)).scalars()
    query = (
        select(events.c.at, events.c.item_id, items.c.url, events.c.outcome, events.c.reason, events.c.detail, events.c.ms)
        .join(items, items.c.id == events.c.item_id)
        .where(one_of(events.c.item_id, ids), events.c.outcome.in_(REQUESTS))
        .order_by(events.c.at.desc(), events.c.id.desc())
    )
    return [Request(*row) for row in connection.execute(query.limit(limit))] if ids else []
