"""Group dead letters by reason, select them by filter, and read them page by page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Integer, and_, column, func, or_, select, text

from worker.storage import hosts, transitions
from worker.storage.database import one_of
from worker.storage.item_rules import Item
from worker.storage.tables import items
from worker.storage.values import DeadFilter, DeadGroup, DeadItem, State

Cause = tuple[str, str, str | None]
"""Reason, host with its port, and detail."""
CAUSES_AT_ONCE = 100
"""Causes of one statement: SQLite puts 500 selects together at the most."""
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


def newest_of(connection: Connection, causes: Sequence[Cause], limit: int) -> list[list[DeadItem]]:
    """Up to `limit` dead letters of each cause, newest first, in the order of the causes: one statement for CAUSES_AT_ONCE of them.

    Each cause reads the end of its own stretch of the index. Written out, since SQLAlchemy takes 40 ms to put fifty selects together.
    """
    found: list[list[DeadItem]] = []
    for start in range(0, len(causes), CAUSES_AT_ONCE):
        some = causes[start : start + CAUSES_AT_ONCE]
        values = {f"{name}{number}": value for number, cause in enumerate(some) for name, value in zip("rhd", cause, strict=True) if value}
        query = text(" UNION ALL ".join(_newest(number, *cause, limit) for number, cause in enumerate(some))).columns(*_COLUMNS, _NUMBER)
        of_each: list[list[DeadItem]] = [[] for _ in some]
        for row in connection.execute(query, values):
            fields = row._asdict()
            of_each[fields.pop("number")].append(DeadItem(**fields))
        found += [sorted(items_, key=lambda item: (-item.died_at, -item.item_id)) for items_ in of_each]
    return found


def _newest(number: int, reason: str, _host: str, detail: str | None, limit: int) -> str:
    """The values are parameters; an empty reason or detail is one that is not there, or an empty text."""
    where = f"host = :h{number} AND {_same('reason', f'r{number}', reason)} AND {_same('detail', f'd{number}', detail)}"
    return (
        f"SELECT * FROM (SELECT {_NAMES}, {number} AS number FROM items WHERE state = 'dead' AND {where} "  # noqa: S608 - values are bound
        f"ORDER BY changed_at DESC, id DESC LIMIT {limit:d}) AS cause{number}"
    )


def _same(column: str, name: str, value: str | None) -> str:
    return f"{column} = :{name}" if value else f"{column} IS NULL" if value is None else f"({column} IS NULL OR {column} = '')"


_COLUMNS = (
    items.c.id.label("item_id"),
    func.coalesce(items.c.reason, "").label("reason"),
    items.c.changed_at.label("died_at"),
    *(items.c[name] for name in ("url", "host", "detail", "tries", "strikes", "answer")),
)
"""The fields of a DeadItem, in the order of _NAMES."""
_NAMES = "id AS item_id, coalesce(reason, '') AS reason, changed_at AS died_at, url, host, detail, tries, strikes, answer"
_NUMBER: ColumnElement[int] = column("number", Integer)


def still_dead(connection: Connection, ids: list[int]) -> list[Item]:
    """Those of the items with these ids that are still dead."""
    return [item for item in transitions.load(connection, ids).values() if item.state == State.DEAD]
