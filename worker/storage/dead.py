"""Dead letters: grouped by cause, chosen by filter, read page by page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from worker.storage import hosts, transitions
from worker.storage.item_rules import Item
from worker.storage.tables import items
from worker.storage.values import DeadFilter, DeadGroup, DeadItem

PAGE = 500
"""Dead letters read or moved in one transaction: tens of milliseconds."""


def groups(connection: Connection) -> list[DeadGroup]:
    """By reason, the most frequent first."""
    number = func.count()
    query = select(items.c.reason, number, func.max(items.c.changed_at)).where(transitions.DEAD)
    rows = connection.execute(query.group_by(items.c.reason).order_by(number.desc(), items.c.reason))
    return [DeadGroup(reason or "", count, newest) for reason, count, newest in rows]


def _meant(which: DeadFilter) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [transitions.DEAD]
    if which.reason is not None:
        wanted.append(items.c.reason == which.reason)
    if which.host is not None:
        wanted.append(hosts.named(which.host))
    if which.since is not None:
        wanted.append(items.c.changed_at >= which.since)
    if which.item_id is not None:
        wanted.append(items.c.id == which.item_id)
    return and_(*wanted)


def page(connection: Connection, which: DeadFilter, before: tuple[float, int] | None, limit: int) -> list[DeadItem]:
    """The next `limit` dead letters after the place `before` (time of death and id), newest first."""
    meant = _meant(which)
    if before is not None:
        at, item_id = before
        meant = meant & or_(items.c.changed_at < at, and_(items.c.changed_at == at, items.c.id < item_id))
    query = select(items).where(meant).order_by(items.c.changed_at.desc(), items.c.id.desc()).limit(limit)
    return [_dead_item(row) for row in connection.execute(query)]


def _dead_item(row: Row[Any]) -> DeadItem:
    return DeadItem(
        item_id=row.id,
        url=row.url,
        host=row.host,
        reason=row.reason or "",
        detail=row.detail,
        died_at=row.changed_at,
        tries=row.tries,
        strikes=row.strikes,
        answer=row.answer,
    )


def chosen(connection: Connection, ids: list[int]) -> list[Item]:
    """Those of the items that are still dead."""
    return [item for item in transitions.load(connection, ids).values() if item.state == "dead"]
