"""Find the copies of a stored article: near copies that are stored too, and items that ended as duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from worker.storage.database import one_of
from worker.storage.tables import articles, facets, items

MOST = 200
"""Copies that are shown: an agency's story in every paper of a region."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. A duplicate has no article of its own: its title, days and fingerprint are None."""

    item_id: int
    url: str
    outlet: str
    title: str | None
    state: str
    published_at: str | None
    fetched_at: str | None
    simhash: str | None
    """16 hexadecimal digits."""


def of(connection: Connection, item_id: int) -> list[Copy]:
    """The copies of a stored article, itself among them, at most MOST of each kind; empty where it is not stored."""
    cluster = select(facets.c.cluster_id).where(facets.c.item_id == item_id).scalar_subquery()
    near = list(connection.execute(select(facets.c.item_id).where(facets.c.cluster_id == cluster).limit(MOST)).scalars())
    if not near:
        return []
    stored = select(articles.c.item_id, items.c.url, facets.c.outlet, articles.c.title, facets.c.published_at)
    stored = stored.add_columns(articles.c.fetched_at, articles.c.simhash).select_from(
        articles.join(facets, facets.c.item_id == articles.c.item_id).join(items, items.c.id == articles.c.item_id)
    )
    found = [
        Copy(row.item_id, row.url, row.outlet, row.title, "stored", row.published_at, row.fetched_at, row.simhash)
        for row in connection.execute(stored.where(one_of(articles.c.item_id, near)).order_by(articles.c.item_id))
    ]
    same = select(items.c.id, items.c.url, items.c.host, items.c.answer).where(one_of(items.c.duplicate_of, near)).order_by(items.c.id)
    return [
        *found,
        *(
            Copy(row.id, row.url, row.host.rpartition(":")[0], None, "duplicate", None, (row.answer or {}).get("fetched_at"), None)
            for row in connection.execute(same.limit(MOST))
        ),
    ]


def counted(connection: Connection, item_ids: Sequence[int]) -> dict[int, int]:
    """How many copies each of these articles has, where it has some."""
    if not item_ids:
        return {}
    own = facets.alias()
    near = select(own.c.item_id, func.count()).join(facets, facets.c.cluster_id == own.c.cluster_id)
    rows = connection.execute(near.where(one_of(own.c.item_id, item_ids), facets.c.item_id != own.c.item_id).group_by(own.c.item_id))
    found: dict[int, int] = dict(rows.all())
    same = select(items.c.duplicate_of, func.count()).where(one_of(items.c.duplicate_of, item_ids)).group_by(items.c.duplicate_of)
    for item_id, count in connection.execute(same):
        found[item_id] = found.get(item_id, 0) + count
    return found
