"""Search and count the stored articles by words in title or text, and by date, language, outlet, host and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, literal_column, or_, select

from worker.config.search_filter import expect_source_type
from worker.storage import local_days, word_index
from worker.storage.database import one_of
from worker.storage.facets import topic_keys
from worker.storage.tables import articles, facets, job_items, labels

By = Literal["day", "outlet", "topic", "source_type", "language"]
SCOUT = 1000
"""Rows whose texts are read before the index is asked: a page of 50 is among them where one text in twenty holds the word."""
FURTHER = 5
"""So many times as many rows are read where they are likely to complete the page: at one text in ninety. Of rarer words the index names the
candidates at less cost: of a word in one of a hundred among a million texts 140 ms of CPU on PostgreSQL instead of 200."""
NAMED = 1000
"""Candidates that are fetched first: nearly all of a long word's hold it, and to fetch ten thousand takes 40 ms."""
AT_ONCE = 200
"""Texts that are compared at once: few milliseconds, so that little is read beyond a full page."""
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
    job: int | None = None
    """The id of a job that it belongs to."""
    zone: str = "UTC"
    """IANA name of the zone in which `since` and `until` are days."""

    def __post_init__(self) -> None:
        """Raises UsageError for a source type that does not exist; which topics there are depends on the models."""
        expect_source_type(self.source_type)


_ORDER = (facets.c.day, facets.c.published_at, facets.c.item_id)


def matching(
    connection: Connection, wanted: SearchFilter, limit: int, *, before: Place | None = None, after: Place | None = None
) -> list[Place]:
    """Up to `limit` matching articles, the last published first, those without a date after them.

    They are those older than the place `before`, or the next ones newer than `after`.
    """
    asked = _Walk(connection, wanted, before if after is None else after, older=after is None)
    found = asked.with_words(limit) if wanted.words else asked.rows(limit)
    return found if after is None else found[::-1]


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through the rows that meet a filter, from a place on, towards older or newer ones."""

    connection: Connection
    wanted: SearchFilter
    start: Place | None
    older: bool

    def rows(self, limit: int, *where: ColumnElement[bool]) -> list[Place]:
        """The next ones, whatever words their articles hold."""
        return _places(self.connection.execute(self._query(*where).limit(limit)))

    def with_words(self, limit: int) -> list[Place]:
        """The next ones whose articles hold every word.

        The nearest ones are read first: where many hold a frequent word, `limit` of them are found there. The index, which a frequent
        word has long lists in, is asked where those do not suffice.
        """
        nearest = self.rows(SCOUT)
        found = self._holding(nearest, limit)
        if len(found) < limit <= len(found) * FURTHER and len(nearest) == SCOUT:
            nearest = self._from(nearest[-1]).rows(SCOUT * FURTHER)
            found += self._holding(nearest, limit - len(found))
            ended = len(nearest) < SCOUT * FURTHER
        else:
            ended = len(nearest) < SCOUT
        if len(found) >= limit or ended:
            return found[:limit]
        return found + self._from(nearest[-1])._indexed(limit - len(found), NAMED)

    def _from(self, place: Place) -> _Walk:
        return replace(self, start=place)

    def _indexed(self, limit: int, most: int | None) -> list[Place]:
        """The next ones out of the index's candidates, whose texts are compared until there are enough: of `most`, and then of all."""
        narrow = word_index.candidates(self.connection, self.wanted.words)
        if narrow is None:
            return self.rows(limit, *map(_contains, self.wanted.words))
        found: list[Place] = []
        candidates = _places(self.connection.execute(self._query(narrow, by_index=False).limit(most)))
        for at in range(0, len(candidates), AT_ONCE):
            found += self._holding(candidates[at : at + AT_ONCE], limit - len(found))
            if len(found) >= limit:
                return found
        return found if len(candidates) != most else found + self._from(candidates[-1])._indexed(limit - len(found), None)

    def _holding(self, places: Sequence[Place], limit: int) -> list[Place]:
        """Up to `limit` of these, in their order, whose articles hold every word."""
        found: list[Place] = []
        for at in range(0, len(places), AT_ONCE):
            some = places[at : at + AT_ONCE]
            ids = holding(self.connection, self.wanted.words, [place[2] for place in some])
            found += [place for place in some if place[2] in ids]
            if len(found) >= limit:
                return found[:limit]
        return found

    def _query(self, *where: ColumnElement[bool], by_index: bool = True) -> Select[Place]:
        """`by_index`: whether to walk along the index of the order; SQLite would do so even where few candidates are named."""
        query = select(*_ORDER).where(*conditions(replace(self.wanted, words=())), *where)
        if self.start is not None:
            query = query.where(_beyond(self.start, older=self.older))
        sign = "" if by_index or self.connection.dialect.name != "sqlite" else "+"
        order: list[ColumnElement[str]] = [literal_column(f"{sign}facets.{column.name}") for column in _ORDER]
        return query.order_by(*(column.desc() if self.older else column.asc() for column in order))


def holding(connection: Connection, words: Iterable[str], item_ids: Iterable[int]) -> set[int]:
    """Those of these articles that hold every word."""
    query = select(articles.c.item_id).where(one_of(articles.c.item_id, item_ids), *map(word_index.holds, words))
    return set(connection.execute(query).scalars())


def _places(rows: Iterable[Row[Place]]) -> list[Place]:
    return [(row.day, row.published_at, row.item_id) for row in rows]


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
    return connection.execute(select(number).select_from(facets).where(*_narrowed(connection, wanted))).scalar_one()


def counted(connection: Connection, wanted: SearchFilter, by: By, *, once: bool = False) -> list[tuple[str, int]]:
    """How many matching articles have each value: pairs of value and count, days in order, others the most frequent first.

    Of topics those that are `yes` count, beside `` (no topic is yes) and `?` (some topic is unsure). An unknown day or language is
    an empty text.
    """
    number = func.count(facets.c.cluster_id.distinct()) if once else func.count()
    if by == "topic":
        return _by_topic(connection, wanted, once=once)
    filters = list(_narrowed(connection, wanted))
    column = func.coalesce(facets.c[by], "") if filters else facets.c[by]  # SQLite would else look up each row from the column's index
    query = select(column.label("value"), number.label("count")).where(*filters).group_by(column)
    order = (column,) if by == "day" else (number.desc(), column)
    return [(key, count) for key, count in connection.execute(query.order_by(*order).limit(MOST_BUCKETS))]


def _by_topic(connection: Connection, wanted: SearchFilter, *, once: bool) -> list[tuple[str, int]]:
    """Counts the rows of each set of topics, of which there are few, and adds them up; clusters lie in several sets and do not add."""
    if once:
        return _clusters_by_topic(connection, list(_narrowed(connection, wanted)))
    return topics_of(connection, wanted)[1]


def topics_of(connection: Connection, wanted: SearchFilter) -> tuple[int, list[tuple[str, int]]]:
    """How many articles match, and how many of them have each topic, by one query."""
    filters = list(_narrowed(connection, wanted))
    column = func.coalesce(facets.c.topics, "") if filters else facets.c.topics
    counts: Counter[str] = Counter()
    number = 0
    for text, count in connection.execute(select(column, func.count()).where(*filters).group_by(column)):
        counts.update(dict.fromkeys(topic_keys(text), count))
        number += count
    return number, sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _clusters_by_topic(connection: Connection, filters: Sequence[ColumnElement[bool]]) -> list[tuple[str, int]]:
    texts = connection.scalars(select(facets.c.topics).where(*filters).distinct())
    tests = {key: _has(key) for text in texts for key in topic_keys(text)} | {"": _no_topic(), "?": _in_doubt()}
    counts = [func.count(case((test, facets.c.cluster_id)).distinct()) for test in tests.values()]
    row = connection.execute(select(*counts).select_from(facets).where(*filters)).one()
    return sorted(((key, int(count)) for key, count in zip(tests, row, strict=True)), key=lambda pair: (-pair[1], pair[0]))


def _narrowed(connection: Connection, wanted: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """The conditions, and that of the index where it narrows a search by words."""
    yield from conditions(wanted)
    narrow = word_index.candidates(connection, wanted.words) if wanted.words else None
    if narrow is not None:
        yield narrow


def conditions(wanted: SearchFilter) -> Iterator[ColumnElement[bool]]:
    """What the rows of `facets` must meet, the cheapest conditions first, in which order SQLite checks them."""
    for column, value in (("source_type", wanted.source_type), ("language", wanted.language), ("outlet", wanted.outlet)):
        if value is not None:
            yield facets.c[column] == value
    if wanted.host:
        yield _on_host(wanted.host)
    if wanted.since or wanted.until:
        yield _published(wanted.since, wanted.until, wanted.zone)
    yield from (or_(_has(topic), _unsure(topic)) if wanted.unsure else _has(topic) for topic in wanted.topics)
    if wanted.doubt:
        yield _in_doubt()
    if wanted.no_topic:
        yield _no_topic()
    if wanted.primary:
        yield facets.c.item_id.in_(select(labels.c.item_id).where(labels.c.primary_topic == wanted.primary))
    if wanted.job is not None:
        yield facets.c.item_id.in_(select(job_items.c.item_id).where(job_items.c.job_id == wanted.job))
    if wanted.stored_since is not None:
        yield facets.c.item_id.in_(select(articles.c.item_id).where(articles.c.stored_at >= wanted.stored_since))
    yield from (_contains(word) for word in wanted.words)


def _published(since: str | None, until: str | None, zone: str) -> ColumnElement[bool]:
    """Within these days of a zone; where only the day is known, it is that of the paper."""
    timed = func.length(facets.c.published_at) > len("2024-03-22")
    first = local_days.begins(since, zone) if since else local_days.FIRST
    end = local_days.ends(until, zone) if until else local_days.LAST
    moments = and_(timed, facets.c.published_at >= first, facets.c.published_at < end)
    days = and_(~timed, facets.c.published_at.between(since or local_days.FIRST, until or local_days.LAST))
    near = facets.c.day.between(  # clocks are less than two days apart; this lets the index begin there
        local_days.neighbour(since, -2) if since else local_days.FIRST, local_days.neighbour(until, 2) if until else local_days.LAST
    )
    return and_(near, or_(moments, days))


def _contains(word: str) -> ColumnElement[bool]:
    """Asked row by row, so that the texts of those rows alone are read that meet everything else."""
    return select(articles.c.item_id).where(articles.c.item_id == facets.c.item_id, word_index.holds(word)).correlate(facets).exists()


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
    """Every topic is `no`, or unsure: of the marks in `|trade?|culture?|` each is in doubt, whatever the topics are called."""
    marks, doubts = (func.length(facets.c.topics) - func.length(func.replace(facets.c.topics, mark, "")) for mark in "|?")
    return marks - 1 <= doubts
