"""Find stored articles and their kept pages, without reading either."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from worker.storage import search
from worker.storage.archive import pages
from worker.storage.database import one_of, reading
from worker.storage.search import Place, SearchFilter
from worker.storage.tables import articles


class KeptArticles:
    """Every method raises Unavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def places(self, wanted: SearchFilter, limit: int, *, before: Place | None = None) -> list[Place]:
        """Where up to `limit` articles that match stand in the order of a search, those older than `before`."""
        with reading(self._engine) as connection:
            return search.matching(connection, wanted, limit, before=before)

    def stored(self, item_ids: Sequence[int]) -> set[int]:
        """Those of these items that have an article."""
        with reading(self._engine) as connection:
            return set(connection.execute(select(articles.c.item_id).where(one_of(articles.c.item_id, item_ids))).scalars())

    def digests(self, item_ids: Sequence[int]) -> dict[int, str]:
        """The digests of the pages that are kept of these items, by item; those without one are left out."""
        with reading(self._engine) as connection:
            return pages.digests(connection, item_ids)
