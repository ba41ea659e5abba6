"""Take an article out at somebody's request, with every trace of it; the ledger still balances.

The item stays without its address, as `refused: forgotten`, and so does the digest of its address: enqueueing it again
answers `known`, and nothing ever sends it again. Copies that named it as their original wait again, to be stored
themselves. The keeper takes its Result out of the public stream and publishes there that the item is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from worker.storage import articles, counters, hosts, tables, transitions
from worker.storage.item_rules import ItemRules
from worker.storage.tables import events, items, outbox, parked, reviews

FORGOTTEN = "forgotten:"
"""Beginning of what replaces the address."""
AT_ONCE = 200
"""Items in one transaction; few, since some have many copies."""


def meant(connection: Connection, key: str | None, host: str | None) -> list[int]:
    """The ids of the next items with this key, or of this host, that are not forgotten yet."""
    where = items.c.key == key if key is not None else hosts.named(host or "")
    query = select(items.c.id).where(where, ~items.c.url.startswith(FORGOTTEN), items.c.kind == "article")
    return list(connection.execute(query.order_by(items.c.id).limit(AT_ONCE)).scalars())


def forget(connection: Connection, ids: Sequence[int], rules: ItemRules) -> int:
    """Takes these items' articles and traces out; returns how many items there were."""
    found = transitions.load(connection, ids)
    copies = select(*transitions.COLUMNS).where(items.c.duplicate_of.in_(ids), items.c.id.not_in(ids))
    freed = [rules.requeued(transitions.item_of(row), "forget") for row in connection.execute(copies)]
    stored = connection.execute(select(tables.articles.c.item_id).where(tables.articles.c.item_id.in_(ids))).all()
    articles.remove(connection, ids)
    counters.add(connection, Counter({counters.ARTICLES: -len(stored)}))
    for table in (events, outbox, parked, reviews):
        connection.execute(delete(table).where(table.c.item_id.in_(ids)))
    transitions.apply(connection, [*freed, *map(rules.forgotten, found.values())], rules.now)
    for item_id in ids:
        connection.execute(update(items).where(items.c.id == item_id).values(url=f"{FORGOTTEN}{item_id}", host="forgotten"))
    return len(found)
