"""Search and count the stored articles by words in title or text, and by date, language, outlet, host and labels."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from classifier.labels import TOPICS
from worker.storage.tables import articles, facets, labels

By = Literal["day", "outlet", "topic", "source_type", "language"]
MOST_BUCKETS = 5000
"""Buckets of one count at most: thirteen years of days."""

Place = tuple[str, str, int]
"""Where an article stands in the order of a search: day, time of publication, item."""


@dataclass(frozen=True)
class SearchFilter:
    """What an article must have to match; an empty field matches every article.

    `words` are pieces of text; each must occur somewhere in title or text, in any case (scripts without spaces have no other
    words). `since` and `until` are days (`2024-03-22`) between which it was published, both included; an article without a date
    matches neither. `host` includes its subdomains; `outlet` is the site's name, else its host. Every topic of `topics` must be
    decided yes; with `unsure`, yes or unsure. `doubt` wants some topic to be unsure, `no_topic` none to be yes. `stored_since` is
    a time in seconds since 1970.
    """

    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    primary: str | None = None
    source_type: str | None = None
    language: str | None = None
    host: str | None = None
    since: str | None = None
    until: str | None = None
    unsure: bool = False
    outlet: str | None = None
    doubt: bool = False
    no_topic: bool = False
    stored_since: float | None = None


_ORDER = (facets.c.day, facets.c.published_at, facets.c.item_id)


def matching(
    connection: Connection, wanted: SearchFilter, limit: int, *, before: Place | None = None, after: Place | None = None
) -> list[Place]:
    """Up to `limit` matching articles, the last published first, those without a date after them.

    They are those older than the place `before`, or the next ones newer than `after`.
    """
    query = select(*_ORDER).where(*conditions(wanted)).limit(limit)
    if before is not None:
        query = query.where(_beyond(before, older=True))
    if after is not None:
        query = query.where(_beyond(after, older=False))
    order = (column.asc() if after is not None else column.desc() for column in _ORDER)
    found: list[Place] = [(row.day, row.published_at, row.item_id) for row in connection.execute(query.order_by(*order))]
    return found[::-1] if after is not None else found


def _beyond(place: Place, *, older: bool) -> ColumnElement[bool]:
    """Beyond a place in the order of a search; its first half lets the index begin there."""
    day, at, item = _ORDER

    def passed(column: ColumnElement[str] | ColumnElement[int], value: str | int) -> ColumnElement[bool]:
        return column < value if older else column > value

    nearest = day <= place[0] if older else day >= place[0]
    return and_(
        nearest,
        or_(passed(day, place[0]), and_(day == place[0], or_(passed(at, place[1]), and_(at == place[1], passed(item, place[2]))))),
    )


def total(connection: Connection, wanted: SearchFilter, *, once: bool = False) -> int:
    """How many articles match; `once` counts near copies of one text as one."""
    number = func.count(facets.c.cluster_id.distinct()) if once else func.count()
    return connection.execute(select(number).select_from(facets).where(*conditions(wanted))).scalar_one()


def counted(connection: Connection, wanted: SearchFilter, by: By, *, once: bool = False) -> list[tuple[str, int]]:
    """How many matching articles have each value: pairs of value and count, days in order, others the most frequent first.

    Of topics those that are `yes` count, beside `` (no topic is yes) and `?` (some topic is unsure). An unknown day or language is
    an empty text.
    """
    number = func.count(facets.c.cluster_id.distinct()) if once else func.count()
    if by == "topic":
        return _by_topic(connection, wanted, once=once)
    filters = list(conditions(wanted))
    column = func.coalesce(facets.c[by], "") if filters else facets.c[by]  # SQLite would else look up each row from the column's index
    query = select(column.label("value"), number.label("count")).where(*filters).group_by(column)
    order = (column,) if by == "day" else (number.desc(), column)
    return [(key, count) for key, count in connection.execute(query.order_by(*order).limit(MOST_BUCKETS))]


def _by_topic(connection: Connection, wanted: SearchFilter, *, once: bool) -> list[tuple[str, int]]:
    """Counts the rows of each set of topics, of which there are few, and adds them up; clusters lie in several sets and do not add."""
    filters = list(conditions(wanted))
    if once:
        return _clusters_by_topic(connection, filters)
    column = func.coalesce(facets.c.topics, "") if filters else facets.c.topics
    counts: Counter[str] = Counter()
    for text, count in connection.execute(select(column, func.count()).where(*filters).group_by(column)):
        marks = text.strip("|").split("|")
        sure = [mark for mark in marks if mark and not mark.endswith("?")]
        counts.update(dict.fromkeys(sure or [""], count))
        counts["?"] += count if len(sure) < len([mark for mark in marks if mark]) else 0
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _clusters_by_topic(connection: Connection, filters: Sequence[ColumnElement[bool]]) -> list[tuple[str, int]]:
    tests = {topic.value: _has(topic.value) for topic in TOPICS} | {"": _no_topic(), "?": _in_doubt()}
    counts = [func.count(case((test, facets.c.cluster_id)).distinct()) for test in tests.values()]
    row = connection.execute(select(*counts).select_from(facets).where(*filters)).one()
    return sorted(((key, int(count)) for key, count in zip(tests, row, strict=True)), key=lambda pair: (-pair[1], pair[0]))


def conditions(wanted: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """What the rows of `facets` must meet, the cheapest conditions first, in which order SQLite checks them."""
    for column, value in (("source_type", wanted.source_type), ("language", wanted.language), ("outlet", wanted.outlet)):
        if value is not None:
            yield facets.c[column] == value
    if wanted.host:
        yield _on_host(wanted.host)
    if wanted.since:
        yield facets.c.day >= wanted.since
    if wanted.until:
        yield facets.c.day.between("1", wanted.until)
    yield from (or_(_has(topic), _unsure(topic)) if wanted.unsure else _has(topic) for topic in wanted.topics)
    if wanted.doubt:
        yield _in_doubt()
    if wanted.no_topic:
        yield _no_topic()
    if wanted.primary:
        yield facets.c.item_id.in_(select(labels.c.item_id).where(labels.c.primary_topic == wanted.primary))
    if wanted.stored_since is not None:
        yield facets.c.item_id.in_(select(articles.c.item_id).where(articles.c.stored_at >= wanted.stored_since))
    yield from (_contains(word) for word in wanted.words)


def _contains(word: str) -> ColumnElement[bool]:
    composed = unicodedata.normalize("NFC", word).lower()
    found = or_(*(func.lower(column).contains(composed, autoescape=True) for column in (articles.c.title, articles.c.text)))
    return facets.c.item_id.in_(select(articles.c.item_id).where(found))


def _on_host(host: str) -> ColumnElement[bool]:
    """The host itself or a subdomain; a host without a port means ports 80 and 443."""
    ports = (host,) if ":" in host else (f"{host}:80", f"{host}:443")
    return or_(facets.c.host.in_(ports), *(facets.c.host.endswith(f".{port}", autoescape=True) for port in ports))


def _has(topic: str) -> ColumnElement[bool]:
    return facets.c.topics.contains(f"|{topic}|", autoescape=True)


def _unsure(topic: str) -> ColumnElement[bool]:
    return facets.c.topics.contains(f"|{topic}?|", autoescape=True)


def _in_doubt() -> ColumnElement[bool]:
    return facets.c.topics.contains("?|", autoescape=True)


def _no_topic() -> ColumnElement[bool]:
    """Every topic is `no`, or unsure."""
    return and_(*(~_has(topic.value) for topic in TOPICS))
