"""Remember where pages led, so that an address that was reached is known as the item that it was reached from."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, or_, select

from worker.storage.database import insert_into, one_of
from worker.storage.tables import aliases, items


def remember(connection: Connection, led: Mapping[str, int]) -> None:
    """Keeps keys of where pages led, by redirects or by the address that they name as their own, each with its item; the first stays."""
    rows = [{"key": key, "item_id": item_id} for key, item_id in sorted(led.items())]
    if rows:
        connection.execute(insert_into(connection, aliases).on_conflict_do_nothing(), rows)


def has_key(keys: Collection[str]) -> ColumnElement[bool]:
    """Restricts `items` to those with one of these keys; to those that led there, where no item has one itself."""
    own = one_of(items.c.key, keys)
    led = items.c.id.in_(select(aliases.c.item_id).where(one_of(aliases.c.key, keys)))
    return or_(own, led)
