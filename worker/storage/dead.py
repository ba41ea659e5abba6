"""Group dead letters by reason, select them by filter, and read them page by page."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from worker.storage import hosts, transitions
from worker.storage.database import one_of
from worker.storage.item_rules import Item
from worker.storage.tables import items
from worker.storage.values import DeadFilter, DeadGroup, DeadItem, State

PAGE = 500
"""Dead letters that one transaction reads or changes, which takes tens of milliseconds."""


def groups(connection: Connection) -> list[DeadGroup]:
    """Dead letters by reason, the most frequent reason first."""
    count, newest = func.count().label("count"), func.max(items.c.changed_at).label("newest")
    query = select(func.coalesce(items.c.reason, "").label("reason"), count, newest).where(transitions.DEAD)
    rows = connection.execute(query.group_by(items.c.reason).order_by(count.desc(), items.c.reason))
    return [DeadGroup(**row._asdict()) for row in rows]


def selected(which: DeadFilter) -> ColumnElement[bool]:
    """The items that the filter means; without the limit."""
    wanted: list[ColumnElement[bool]] = [transitions.DEAD]
    if which.reason is not None:
        wanted.append(items.c.reason == which.reason)
    if which.host is not None:
        wanted.append(hosts.named(which.host))
    if which.since is not None:
        wanted.append(items.c.changed_at >= which.since)
    if which.detail is not None:
        wanted.append(items.c.detail == which.detail if which.detail else items.c.detail.is_(None) | (items.c.detail == ""))
    if which.item_ids is not None:
        wanted.append(one_of(items.c.id, which.item_ids))
    if which.item_id is not None:
        wanted.append(items.c.id == which.item_id)
    return and_(*wanted)


def page(connection: Connection, which: DeadFilter, before: tuple[float, int] | None, limit: int) -> list[DeadItem]:
    """The next `limit` dead letters, newest first, after the one that died at `before` (time and id)."""
    wanted = selected(which)
    if before is not None:
        at, item_id = before
        wanted = wanted & or_(items.c.changed_at < at, and_(items.c.changed_at == at, items.c.id < item_id))
    query = select(*_COLUMNS).where(wanted).order_by(items.c.changed_at.desc(), items.c.id.desc()).limit(limit)
    return [DeadItem(**row._asdict()) for row in connection.execute(query)]


_COLUMNS = (
    items.c.id.label("item_id"),
    func.coalesce(items.c.reason, "").label("reason"),
    items.c.changed_at.label("died_at"),
    *(items.c[name] for name in ("url", "host", "detail", "tries", "strikes", "answer")),
)
"""The fields of a DeadItem."""


def still_dead(connection: Connection, ids: list[int]) -> list[Item]:
    """Those of the items with these ids that are still dead."""
    return [item for item in transitions.load(connection, ids).values() if item.state == State.DEAD]
