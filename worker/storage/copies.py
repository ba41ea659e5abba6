"""Find the copies of a stored article, near copies and items that ended as duplicates; find articles, each text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from worker.storage import search
from worker.storage.database import one_of
from worker.storage.search import Place, SearchFilter
from worker.storage.tables import articles, facets, items

MOST = 200
"""Copies that are shown: an agency's story in every paper of a region."""
COMPARED = 50_000
"""Characters of each text that is compared: longer ones are books and minutes."""
MOST_AT_ONCE = 1000
"""Matching articles that are looked at together at most, where many in a row are copies."""


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
    duplicate_of: int | None = None
    """The item that has the article of a duplicate."""


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
    same = (
        select(items.c.id, items.c.url, items.c.host, items.c.answer, items.c.duplicate_of)
        .where(one_of(items.c.duplicate_of, near))
        .order_by(items.c.id)
    )
    return [
        *found,
        *(
            Copy(
                row.id,
                row.url,
                row.host.rpartition(":")[0],
                None,
                "duplicate",
                None,
                (row.answer or {}).get("fetched_at"),
                None,
                row.duplicate_of,
            )
            for row in connection.execute(same.limit(MOST))
        ),
    ]


def texts(connection: Connection, item_ids: Sequence[int]) -> dict[int, str]:
    """The first COMPARED characters of the texts of these articles."""
    rows = connection.execute(
        select(articles.c.item_id, func.substr(articles.c.text, 1, COMPARED)).where(one_of(articles.c.item_id, item_ids))
    )
    found: dict[int, str] = dict(rows.all())
    return found


def matching_once(
    connection: Connection, wanted: SearchFilter, limit: int, *, before: Place | None = None, after: Place | None = None
) -> list[Place]:
    """As `search.matching`, and of near copies only the one that was first among those that match."""
    firsts: dict[int, int] = {}
    found: list[Place] = []
    room = limit
    while True:
        page = search.matching(connection, wanted, room, before=before, after=after)
        kept = _firsts(connection, wanted, page, firsts)
        found = [*found, *kept] if after is None else [*kept, *found]
        if len(page) < room or len(found) >= limit:
            return found[:limit] if after is None else found[-limit:]
        before, after = (page[-1], None) if after is None else (None, page[0])
        room = min(room * 2, MOST_AT_ONCE) if room < MOST_AT_ONCE else room


def _firsts(connection: Connection, wanted: SearchFilter, page: Sequence[Place], firsts: dict[int, int]) -> list[Place]:
    """Those of a page that are the first of their cluster; `firsts` keeps the answers, by cluster."""
    ids = [item_id for _, _, item_id in page]
    cluster = dict(connection.execute(select(facets.c.item_id, facets.c.cluster_id).where(one_of(facets.c.item_id, ids))).all())
    if unknown := set(cluster.values()) - firsts.keys():
        joined = facets.join(articles, articles.c.item_id == facets.c.item_id)
        query = select(facets.c.cluster_id, facets.c.published_at, articles.c.fetched_at, facets.c.item_id).select_from(joined)
        rows = connection.execute(query.where(one_of(facets.c.cluster_id, unknown), *search.conditions(wanted))).all()
        for row in sorted(rows, key=lambda row: order(row.published_at, row.fetched_at, row.item_id)):
            firsts.setdefault(row.cluster_id, row.item_id)
    return [place for place in page if firsts.get(cluster.get(place[2], -1)) == place[2]]


def order(published_at: str | None, fetched_at: str | None, item_id: int) -> tuple[bool, str, str, int]:
    """What copies are ordered by, who was first first: publication, those without a date last, then when each was fetched."""
    return not published_at, published_at or "", fetched_at or "", item_id


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
