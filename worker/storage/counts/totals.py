"""Count the articles of a search by everything that its list can be narrowed by, with one look at what matches.

Counting by each column in a statement of its own looks for the same articles five times: of a topic that a fifth of a million has, the
page took 0.8 s of CPU on PostgreSQL. docs/decisions/facets.md has the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Column, CompoundSelect, Connection, Select, case, func, literal, select, tuple_, union_all

from worker.storage.facets import topic_keys
from worker.storage.search import MOST_BUCKETS, By, SearchFilter, conditions
from worker.storage.tables import facets

TOGETHER: tuple[By, ...] = ("day", "outlet", "language", "source_type", "topic")


def counted_together(connection: Connection, wanted: SearchFilter) -> dict[By, list[tuple[str, int]]]:
    """As `search.counted`, by everything in TOGETHER, of a search without words."""
    columns = [facets.c["topics" if by == "topic" else by] for by in TOGETHER]
    matching = select(*columns).where(*conditions(wanted))
    query = _grouping_sets(matching, columns) if connection.dialect.name == "postgresql" else _grouped_apart(matching, columns)
    found: dict[By, Counter[str]] = {by: Counter() for by in TOGETHER}
    for place, value, count in connection.execute(query):
        by = TOGETHER[place]
        found[by].update(dict.fromkeys(topic_keys(value) if by == "topic" else (value,), count))
    return {by: _in_order(by, counts) for by, counts in found.items()}


def _grouping_sets(matching: Select[*tuple[str, ...]], columns: Sequence[Column[str]]) -> Select[int, str, int]:
    """Place of the column, value and count, by one pass over what matches; of the columns of a group one alone is there."""
    places = case(*((func.grouping(column) == 0, place) for place, column in enumerate(columns)))
    sets = func.grouping_sets(*(tuple_(column) for column in columns))
    return matching.with_only_columns(places, func.coalesce(*columns), func.count()).group_by(sets)


def _grouped_apart(matching: Select[*tuple[str, ...]], columns: Sequence[Column[str]]) -> CompoundSelect[int, str, int]:
    """The same for SQLite, which has no grouping sets: what matches is kept for the statement, and grouped by one column after another."""
    kept = matching.cte("matching")
    rows = ((place, kept.c[column.name]) for place, column in enumerate(columns))
    return union_all(*(select(literal(place), column, func.count()).group_by(column) for place, column in rows))


def _in_order(by: By, counts: Counter[str]) -> list[tuple[str, int]]:
    """Days in order, others the most frequent first; of topics all, of anything else so many as `search.counted` gives."""
    found = sorted(counts.items()) if by == "day" else sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return found if by == "topic" else found[:MOST_BUCKETS]
