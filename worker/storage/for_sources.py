"""What a command or a page may do with sources: follow, list, poll, pause and remove them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from worker.storage import sources as rows_of
from worker.storage.database import one_of, reading, writing
from worker.storage.source_list import SourceList
from worker.storage.sources import About, SourceRow
from worker.storage.tables import sources
from worker.storage.values import Entry

BATCH = 200
"""Sources added in one transaction: some 100 ms, in which other writers wait."""
REST = 0.01
"""Seconds between two batches, in which others get the lock."""


class ForSources(SourceList):
    """Every method raises Unavailable where the database is away."""

    def add(self, found: Iterable[tuple[Entry, About]]) -> Iterator[tuple[SourceRow, bool]]:
        """Follows feeds and sitemaps, in batches; each with whether it is new. What is yielded is committed."""
        remaining = iter(found)
        while batch := list(islice(remaining, BATCH)):
            with writing(self._engine) as connection:
                rules = self._rules()
                answers = [rows_of.add(connection, entry, about, rules) for entry, about in batch]
            yield from answers
            time.sleep(REST)

    def all(self, limit: int | None = None, offset: int = 0) -> list[SourceRow]:
        """The sources in the order in which they were added."""
        with reading(self._engine) as connection:
            return rows_of.find(connection, limit=limit, offset=offset)

    def some(self, ids: Collection[int]) -> list[SourceRow]:
        """Those with these numbers."""
        with reading(self._engine) as connection:
            return rows_of.find(connection, one_of(sources.c.id, ids))

    def known(self, urls: Collection[str]) -> list[SourceRow]:
        """Those with one of these addresses, their own or their site's."""
        with reading(self._engine) as connection:
            return rows_of.find(connection, sources.c.url.in_(list(urls)) | sources.c.site_url.in_(list(urls)))

    def poll(self, ids: Collection[int]) -> tuple[int, int]:
        """Polls these now: how many were sent, and how many were under way already."""
        with writing(self._engine) as connection:
            rows = rows_of.find(connection, one_of(sources.c.id, ids))
            sent = rows_of.send(connection, rows, self._rules())
        return sent, len(rows) - sent

    def pause(self, ids: Collection[int], *, paused: bool) -> int:
        """Pauses or resumes these."""
        with writing(self._engine) as connection:
            return rows_of.pause(connection, ids, paused=paused)

    def remove(self, ids: Collection[int]) -> int:
        """Follows these no longer; what they brought stays."""
        with writing(self._engine) as connection:
            return rows_of.remove(connection, ids)
