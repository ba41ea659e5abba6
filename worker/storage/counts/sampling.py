"""Count the articles that hold some words: all of them where they are few, else those of an even sample.

To know how many texts hold a frequent word exactly, each of them has to be read: 15 s for a hundred thousand. A sample of some hundred
texts says it to a tenth, whatever there is; and a rare word has so few candidates in the index that all of them are read.
docs/decisions/search.md has the figures.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, select

from worker.storage import search, word_index
from worker.storage.database import one_of
from worker.storage.facets import topic_keys
from worker.storage.search import By, SearchFilter
from worker.storage.tables import articles, facets

How = Literal["exact", "about", "more"]
"""Whether a number was counted, estimated from a sample, or only where counting ended."""
SAMPLE = 800
"""Texts of a first sample: read in 20 ms on SQLite, 60 on PostgreSQL. Of a word in one text of ten it tells the number to a ninth."""
FURTHER = 3
"""So many times as many are read where the first showed too few with the word, and the index has more candidates than MOST."""
ENOUGH = 20
"""Texts with the word of which a number is made: it is right to a fifth, two times in three."""
MOST = 1000
"""Candidates of the index whose texts are read: PostgreSQL takes 0.1 ms for each."""
LEAST = 400
"""Articles that a sample has at the least; where probing finds fewer, every row that meets the filter is looked at."""
PROBES = 4000
"""Numbers of items that are tried at once: some of them are no articles, others do not meet the filter."""
AT_ONCE = 200
SPREAD, PRIME = 48271, 2147483647
"""Lehmer's generator: neighbours in time are far from each other after it, and no rhythm of the numbers is left."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted of one article."""

    item_id: int
    day: str
    outlet: str
    language: str
    source_type: str
    topics: str
    cluster_id: int


_COLUMNS = [facets.c[name] for name in Row.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Survey:
    """The articles that hold the words, or those of a sample, of which each stands for `weight` articles."""

    how: How
    rows: tuple[Row, ...]
    weight: float = 1.0
    once: bool = False
    """Near copies of one text count as one."""

    @property
    def number(self) -> int:
        """How many there are, or at least, or about, to two figures."""
        return self._counted(self.rows)

    def by(self, column: By) -> list[tuple[str, int]]:
        """As `search.counted`: days in order, others the most frequent first."""
        values: dict[str, list[Row]] = {}
        for row in self.rows:
            for value in topic_keys(row.topics) if column == "topic" else [str(getattr(row, column))]:
                values.setdefault(value, []).append(row)
        counts = [(value, self._counted(rows)) for value, rows in values.items()]
        return sorted(counts) if column == "day" else sorted(counts, key=lambda pair: (-pair[1], pair[0]))

    def _counted(self, rows: Sequence[Row]) -> int:
        number = len({row.cluster_id for row in rows}) if self.once else len(rows)
        return number if self.how != "about" else _two_figures(number * self.weight)


def _two_figures(number: float) -> int:
    return int(float(f"{number:.2g}"))


def survey(connection: Connection, wanted: SearchFilter, *, once: bool = False) -> Survey:
    """Counts the articles of a search that has words."""
    asked = _Asked(connection, wanted, list(search.conditions(replace(wanted, words=()))))
    there = asked.there()
    if there <= SAMPLE:
        return Survey("exact", asked.holding(asked.rows(())), once=once)
    read, found = _taken(asked, there, SAMPLE, 1)
    if len(found) < ENOUGH:
        indexed = asked.indexed()
        if indexed is not None and len(indexed) <= MOST:
            return Survey("exact", asked.holding(indexed), once=once)
        more, others = _taken(asked, there, SAMPLE * FURTHER, 2)
        read, found = read + more, (*found, *others)
        if len(found) < ENOUGH:
            return Survey("more", asked.holding(indexed[:MOST]) if indexed else found, once=once)
    return Survey("about", found, there / read, once)


def stored_after(connection: Connection, wanted: SearchFilter, at: float, limit: int) -> int:
    """How many of the first `limit` articles that were stored after a time match: bounded, whatever else is stored."""
    stored = select(articles.c.item_id).where(articles.c.stored_at > at).order_by(articles.c.stored_at).limit(limit)
    new = one_of(facets.c.item_id, connection.execute(stored).scalars())
    found = connection.execute(select(facets.c.item_id).where(new, *search.conditions(replace(wanted, words=())))).scalars().all()
    return len(search.holding(connection, wanted.words, found)) if wanted.words else len(found)


def _taken(asked: _Asked, there: int, number: int, seed: int) -> tuple[int, tuple[Row, ...]]:
    """How many articles a sample has, and which of them hold the words."""
    rows = asked.sampled(there, number, seed)
    return len(rows), asked.holding(rows)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search in its database."""

    connection: Connection
    wanted: SearchFilter
    filters: list[ColumnElement[bool]]
    """All of it but the words."""

    def there(self) -> int:
        """How many articles meet the filter, whatever words they hold."""
        return self.connection.execute(select(func.count()).select_from(facets).where(*self.filters)).scalar_one()

    def rows(self, where: Iterable[ColumnElement[bool]], limit: int | None = None) -> list[Row]:
        """Some that meet the filter."""
        query = select(*_COLUMNS).where(*self.filters, *where).limit(limit)
        return [Row(*row) for row in self.connection.execute(query)]

    def sampled(self, there: int, number: int, seed: int) -> list[Row]:
        """About so many that meet the filter, evenly from all: by trying numbers, or by looking at each where that finds few."""
        newest = self.connection.execute(select(func.max(facets.c.item_id))).scalar() or 0
        ids = random.Random(f"sample {seed}").sample(range(1, newest + 1), min(PROBES, newest))  # noqa: S311 - the same at each look
        found: list[Row] = []
        for start in range(0, len(ids), PROBES // 4):
            found += self.rows([one_of(facets.c.item_id, ids[start : start + PROBES // 4])])
            if len(found) >= number:
                return found
        if len(found) >= LEAST:
            return found
        step = max(there // number, 1)
        return self.rows([facets.c.item_id * SPREAD % PRIME % step == seed % step])

    def indexed(self) -> list[Row] | None:
        """Up to MOST + 1 candidates of the index; None where it narrows nothing."""
        narrow = word_index.candidates(self.connection, self.wanted.words)
        return None if narrow is None else self.rows([narrow], MOST + 1)

    def holding(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Those whose articles hold every word."""
        return tuple(_each(rows, lambda some: search.holding(self.connection, self.wanted.words, some)))


def _each(rows: Sequence[Row], holding: Callable[[Sequence[int]], set[int]]) -> Iterator[Row]:
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        ids = holding([row.item_id for row in some])
        yield from (row for row in some if row.item_id in ids)
