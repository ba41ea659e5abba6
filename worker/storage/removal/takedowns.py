"""Take an article out at somebody's request, with every trace of it; the ledger still balances.

The item stays without its address, as `refused: forgotten`, and so does the digest of its address: enqueueing it again
answers `known`, and nothing ever sends it again. Copies that named it as their original wait again, to be stored
themselves. The keeper takes its Result out of the public stream and publishes there that the item is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, select, update

from worker.storage import article_removal, counters, hosts, tables, transitions
from worker.storage.aliases import has_key
from worker.storage.archive import pages
from worker.storage.item_rules import ItemRules
from worker.storage.tables import deliveries, events, items, outbox, parked, rechecks, reviews, revisions
from worker.storage.values import Stage

FORGOTTEN = "forgotten:"
"""Beginning of what replaces the address; the item's number follows."""
AT_ONCE = 200
"""Items in one transaction; few, since some have many copies."""


def next_ids(connection: Connection, keys: Collection[str], host: str | None) -> list[int]:
    """The ids of up to AT_ONCE articles with one of these keys, or of this host, that are not forgotten yet."""
    where = has_key(keys) if keys else hosts.named(host or "")
    query = select(items.c.id).where(where, ~items.c.url.startswith(FORGOTTEN), items.c.kind == "article")
    return list(connection.execute(query.order_by(items.c.id).limit(AT_ONCE)).scalars())


def forget(connection: Connection, ids: Sequence[int], rules: ItemRules) -> int:
    """Takes these items' articles and traces out; returns how many items there were."""
    forgotten = [rules.forgotten(item) for item in transitions.load(connection, ids).values()]
    copies = transitions.find(connection, items.c.duplicate_of.in_(ids), items.c.id.not_in(ids))
    freed = [rules.requeued(item, Stage.FORGET) for item in copies]
    _delete_traces(connection, ids)
    pages.remove(connection, rules.settings, ids)
    transitions.apply(connection, [*freed, *forgotten], rules.now)
    for item_id in ids:
        connection.execute(update(items).where(items.c.id == item_id).values(url=f"{FORGOTTEN}{item_id}", host="forgotten"))
    return len(forgotten)


def _delete_traces(connection: Connection, ids: Sequence[int]) -> None:
    stored = select(func.count()).select_from(tables.articles).where(tables.articles.c.item_id.in_(ids))
    counters.add(connection, Counter({counters.ARTICLES: -connection.execute(stored).scalar_one()}))
    article_removal.remove(connection, ids)
    for table in (events, outbox, parked, reviews, deliveries, revisions, rechecks):
        connection.execute(delete(table).where(table.c.item_id.in_(ids)))
