"""Count the articles that hold some words: all of them where they are few, else those of an even sample.

To know how many texts hold a frequent word exactly, each of them has to be read: 15 s for a hundred thousand. A sample of some hundred
texts says it to a tenth, whatever there is; a rare word has so few candidates in the index that all of them are read, or that some of
them tell of the others.
docs/decisions/search.md has the figures.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, select, true

from worker.storage import search, word_index
from worker.storage.database import one_of
from worker.storage.facets import topic_keys
from worker.storage.search import By, SearchFilter
from worker.storage.tables import articles, facets

How = Literal["exact", "about", "more"]
"""Whether a number was counted, estimated from a sample, or only where counting ended."""
SAMPLE = 800
"""Articles of a sample: of a word in one text of ten it tells the number to a ninth. Their texts are read in 30 ms."""
FIRST = 200
"""Texts of it that are read first: they tell words that are frequent from those of which the index has to be asked."""
ENOUGH = 20
"""Texts with the word of which a number is made: it is right to a fifth, two times in three."""
MOST = 1000
"""Candidates of the index that are all read, in some 40 ms."""
LISTED = 30_000
"""Candidates of the index that are listed: of a million articles those of a word in one of forty, of which the sample has enough."""
CHECKED = 400
"""Of more candidates than MOST so many are read, which tell how many of the others hold the word."""
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
    rows, weight = asked.sampled()
    if weight == 1:
        return Survey("exact", asked.holding(rows), once=once)
    found = asked.holding(rows[:FIRST])
    if len(found) * SAMPLE >= ENOUGH * FIRST:
        found += asked.holding(rows[FIRST:])
        if len(found) >= ENOUGH:
            return Survey("about", found, weight, once)
    return _by_index(asked, once=once) or Survey("more", found, once=once)


def _by_index(asked: _Asked, *, once: bool) -> Survey | None:
    """What its candidates tell of a word that is not frequent; None where it does not narrow the search enough."""
    ids = asked.indexed()
    if len(ids) > LISTED:
        return None
    if len(ids) <= MOST:
        return Survey("exact", asked.holding(asked.of(ids)), once=once)
    found = asked.holding(asked.of(_chance("candidates").sample(ids, CHECKED)))
    return Survey("about", found, len(ids) / CHECKED, once) if len(found) >= ENOUGH else Survey("more", found, once=once)


def stored_after(connection: Connection, wanted: SearchFilter, at: float, limit: int) -> int:
    """How many of the first `limit` articles that were stored after a time match: bounded, whatever else is stored."""
    stored = select(articles.c.item_id).where(articles.c.stored_at > at).order_by(articles.c.stored_at).limit(limit)
    new = one_of(facets.c.item_id, connection.execute(stored).scalars())
    found = connection.execute(select(facets.c.item_id).where(new, *search.conditions(replace(wanted, words=())))).scalars().all()
    return len(search.holding(connection, wanted.words, found)) if wanted.words else len(found)


def _kept(rows: list[Row], weight: float) -> tuple[list[Row], float]:
    """SAMPLE of these rows, each of which stands for `weight` articles, in no order; or all of them where they are all there are."""
    if weight == 1 and len(rows) <= 2 * SAMPLE:
        return rows, 1
    kept = _chance("kept").sample(rows, min(SAMPLE, len(rows)))
    return kept, weight * len(rows) / max(len(kept), 1)


def _chance(name: str) -> random.Random:
    """The same at each look, so that a count does not change while nothing is stored."""
    return random.Random(name)  # noqa: S311 - it samples


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search in its database."""

    connection: Connection
    wanted: SearchFilter
    filters: list[ColumnElement[bool]]
    """All of it but the words."""

    def rows(self, where: ColumnElement[bool] | None = None) -> list[Row]:
        """Those that meet the filter, and one condition more, which is looked at first."""
        query = select(*_COLUMNS).where(*([] if where is None else [where]), *self.filters)
        return [Row(*row) for row in self.connection.execute(query)]

    def of(self, ids: Sequence[int]) -> list[Row]:
        """The rows of these items that meet the filter."""
        return [row for start in range(0, len(ids), PROBES) for row in self.rows(one_of(facets.c.item_id, ids[start : start + PROBES]))]

    def sampled(self) -> tuple[list[Row], float]:
        """Articles evenly from all that meet the filter, and how many each stands for: one where they are all of them.

        Numbers are tried where many meet the filter; else each row is looked at, once.
        """
        newest = self.connection.execute(select(func.max(facets.c.item_id))).scalar() or 0
        ids, found, tried = _chance("sample").sample(range(1, newest + 1), min(PROBES, newest)), list[Row](), 0
        while tried < len(ids) and len(found) < SAMPLE:
            found += self.of(ids[tried : tried + PROBES // 4])
            tried += PROBES // 4
        tried = min(tried, len(ids))
        if len(found) >= LEAST or tried == newest:
            return _kept(found, newest / max(tried, 1))
        return self._along(len(found) * newest // tried)

    def _along(self, about: int) -> tuple[list[Row], float]:
        """The same out of so many as are likely to meet the filter."""
        step = max(about // SAMPLE, 1)
        if step == 1:
            return _kept(self.rows(), 1)
        of_host = search.conditions(SearchFilter(host=self.wanted.host))
        # PostgreSQL would compare the hosts of all rows first, three times as long as it takes to choose some of them
        chosen = case((facets.c.item_id * SPREAD % PRIME % step == 0, and_(true(), *of_host)), else_=false())
        others = search.conditions(replace(self.wanted, words=(), host=None))
        return _kept([Row(*row) for row in self.connection.execute(select(*_COLUMNS).where(chosen, *others))], step)

    def indexed(self) -> list[int]:
        """Up to LISTED + 1 candidates of the index; all that meet the filter are where it narrows nothing."""
        narrow = word_index.candidates(self.connection, self.wanted.words)
        query = select(facets.c.item_id).where(*([] if narrow is None else [narrow]), *self.filters).limit(LISTED + 1)
        return list(self.connection.execute(query).scalars())

    def holding(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Those whose articles hold every word."""
        return tuple(_each(rows, lambda some: search.holding(self.connection, self.wanted.words, some)))


def _each(rows: Sequence[Row], holding: Callable[[Sequence[int]], set[int]]) -> Iterator[Row]:
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        ids = holding([row.item_id for row in some])
        yield from (row for row in some if row.item_id in ids)
