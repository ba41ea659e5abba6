"""Forgotten: an article taken out at somebody's request, with every trace of it; the books still balance.

The item stays, nameless, as `dead: dropped-by-user`, and so does the digest of its address: it is not read again
by accident. Copies that named it as their original are sent on their way, to stand for themselves. The keeper
takes its Result out of the public stream and tells the readers there that it is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, select, update

from worker.storage import articles, counters, hosts, tables, transitions
from worker.storage.item_rules import Item, ItemRules, Transition
from worker.storage.tables import events, items, outbox, parked, reviews

FORGOTTEN = "forgotten:"
"""Begins what stands in place of the address."""
AT_ONCE = 200
"""Items in one transaction: some have many copies."""


def meant(connection: Connection, key: str | None, host: str | None) -> list[int]:
    """The next items that are meant and not forgotten yet."""
    where = items.c.key == key if key is not None else hosts.named(host or "")
    query = select(items.c.id).where(where, ~items.c.url.startswith(FORGOTTEN), items.c.kind == "article")
    return list(connection.execute(query.order_by(items.c.id).limit(AT_ONCE)).scalars())


def forget(connection: Connection, ids: Sequence[int], rules: ItemRules) -> int:
    """Takes these items' articles and traces out; how many items it were."""
    found = transitions.load(connection, ids)
    copies = select(*transitions.COLUMNS).where(items.c.duplicate_of.in_(ids), items.c.id.not_in(ids))
    freed = [rules.requeued(transitions.item_of(row), "forget") for row in connection.execute(copies)]
    stood = connection.execute(select(tables.articles.c.item_id).where(tables.articles.c.item_id.in_(ids))).all()
    articles.remove(connection, ids)
    counters.add(connection, Counter({counters.ARTICLES: -len(stood)}))
    for table in (events, outbox, parked, reviews):
        connection.execute(delete(table).where(table.c.item_id.in_(ids)))
    transitions.apply(connection, [*freed, *(_nameless(item, rules) for item in found.values())], rules.now)
    for item_id in ids:
        connection.execute(update(items).where(items.c.id == item_id).values(url=f"{FORGOTTEN}{item_id}", host="forgotten"))
    return len(found)


def _nameless(item: Item, rules: ItemRules) -> Transition:
    dropped = rules.dropped(replace(item, refetch=False, duplicate_of=None), "forgotten")
    return replace(dropped, before=item, after=replace(dropped.after, answer=None, suspect=False, token=item.token + 1))
