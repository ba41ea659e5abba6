"""Search, count and export the stored articles, and every other item that has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast, get_args

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations import cursors
from worker.operations.document import Document
from worker.storage.counts.sampling import How, Survey
from worker.storage.search import By as Column
from worker.storage.search import Place, SearchFilter

if TYPE_CHECKING:  # whoever only counts needs no pydantic, which Results are made with
    from worker.results import Result

By = Literal["day", "week", "month", "outlet", "topic", "source_type", "language"]
BYS = get_args(By)
COLUMNS: tuple[Column, ...] = get_args(Column)
PAGE = 50
"""Articles of a page."""
NEW_AT_MOST = 200
"""New articles that are counted at most: with more of them, a reader loads the list again anyway."""
EXPORTED_AT_ONCE = 200
"""Articles read at once where all of a search are wanted: about a megabyte."""
QUICKLY_COUNTED = 100_000
"""Articles that are counted in every way within some 50 ms of CPU: 474 for 620,000 on PostgreSQL."""
PERIODS = ("day", "week", "month")
TOPIC_KEYS = {"": "none", "?": "unsure"}
"""What the database's keys of articles without a topic, and in doubt about some, are called."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the articles that match a search, the last published first."""

    results: list[Result]
    more: bool
    """Whether there are more than were asked for."""
    older: str | None = None
    """Cursors of the pages on either side."""
    newer: str | None = None
    copies: Mapping[int, int] | None = None
    """By item, how many copies of it there are, where there are some."""


@dataclass(frozen=True, slots=True)
class Bucket(Document):
    """How many articles have one value."""

    key: str
    """A day (`2024-03-22`), the Monday of a week, a month (`2024-03`), or the value; empty where it is not known.

    Of topics also `none` (no topic is yes) and `unsure` (some topic is)."""
    count: int


@dataclass(frozen=True, slots=True)
class Counts(Document):
    """How many articles of a search have each value: periods in order, others the most frequent first."""

    by: By
    buckets: tuple[Bucket, ...]
    how: How = "exact"
    """exact; about: estimated from an even sample of the articles; more: of some of them, and there are more."""


@dataclass(frozen=True, slots=True)
class Total(Document):
    """How many articles match."""

    number: int
    how: How = "exact"
    """exact; about: estimated from a sample, to two figures; more: at least so many."""


class Matches:
    """The articles that match a search, to be counted in several ways. A search by words is surveyed once for all of them."""

    def __init__(self, services: Services, wanted: SearchFilter, *, once: bool = False, several: bool = False) -> None:
        """`once` counts near copies of one text as one; `several`: most counts will be asked for, so they are all read at once."""
        self._articles, self._wanted, self._once = services.articles, _here(services, wanted), once
        self._apart: dict[Column, list[tuple[str, int]]] = {}
        # without a filter only the index of each column is read, which costs less than reading whole rows once
        self._several = several and not once and not wanted.words and wanted != SearchFilter()

    @cached_property
    def _survey(self) -> Survey | None:
        """None for a search without words, which counts over short rows alone."""
        return self._articles.survey(self._wanted, once=self._once) if self._wanted.words else None

    @cached_property
    def _together(self) -> dict[Column, list[tuple[str, int]]]:
        return self._articles.counted_together(self._wanted)

    def totalled(self) -> Matches:
        """Itself, counted: to ask for its total afterwards asks the database no more. Raises Unavailable."""
        _ = self.total
        return self

    def whole(self) -> Matches:
        """Itself, counted by everything that a list is narrowed by, which asks the database no more either. Raises Unavailable."""
        for column in COLUMNS if self.total.number and self._survey is None else ():
            self._found(column)
        return self

    @cached_property
    def total(self) -> Total:
        """How many there are. Raises Unavailable."""
        if self._survey is not None:
            return Total(self._survey.number, self._survey.how)
        if self._several:
            return Total(sum(count for _, count in self._found("language")))
        return Total(self._articles.total(self._wanted, once=self._once))

    def counts(self, by: str) -> Counts:
        """How many have each value. Raises UsageError, Unavailable."""
        if by not in BYS:
            raise UsageError(f"expected one of {', '.join(BYS)}, got {by[:60]!r}")
        column = cast(Column, "day" if by in PERIODS else by)
        how: How = self._survey.how if self._survey else "exact"
        found = self._survey.by(column) if self._survey else self._found(column)
        return Counts(cast(By, by), _buckets(found, by), how)

    def _found(self, column: Column) -> list[tuple[str, int]]:
        if self._several:
            return self._together[column]
        if column not in self._apart:
            self._apart[column] = self._articles.counted(self._wanted, column, once=self._once)
        return self._apart[column]


def search(services: Services, wanted: SearchFilter, limit: int = PAGE, cursor: str | None = None, *, once: bool = False) -> Found:
    """A page of up to `limit` stored articles that match; with `once`, of near copies of one text only the first.

    Raises UsageError for a foreign cursor, Unavailable.
    """
    page = cursors.asked(cursor, (str, str, int))
    before, after = cast(Place | None, page.at("older")), cast(Place | None, page.at("newer"))
    found = services.articles.search(_here(services, wanted), limit + 1, before=before, after=after, once=once)
    shown, older, newer = page.of(found, limit, lambda one: one.place)
    copies = {one.result.stored_id: one.copies for one in shown if one.copies}
    return Found([one.result for one in shown], older is not None, older, newer, copies)


def counts(services: Services, wanted: SearchFilter, by: str, *, once: bool = False) -> Counts:
    """How many articles that match have each value; `once` counts near copies of one text as one. Raises UsageError, Unavailable."""
    return Matches(services, wanted, once=once).counts(by)


def _buckets(found: Iterable[tuple[str, int]], by: str) -> tuple[Bucket, ...]:
    if by == "topic":
        found = [(TOPIC_KEYS.get(key, key), count) for key, count in found]
    if by in ("week", "month"):
        together: Counter[str] = Counter()
        for day, count in found:
            together[_period(day, by)] += count
        found = sorted(together.items())
    return tuple(Bucket(key, count) for key, count in found if count)


def _here(services: Services, wanted: SearchFilter) -> SearchFilter:
    """With days in the zone of the settings."""
    return replace(wanted, zone=services.settings.timezone)


def _period(day: str, by: str) -> str:
    """The Monday of a day's week, or its month; what is no day stays as it is."""
    if by == "month":
        return day[:7]
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    return (found - timedelta(days=found.weekday())).isoformat() if found > date.min + timedelta(days=7) else day


def total(services: Services, wanted: SearchFilter, *, once: bool = False) -> int:
    """How many articles match, as `Matches.total` has it; `once` counts near copies of one text as one. Raises Unavailable."""
    return Matches(services, wanted, once=once).total.number


def some(services: Services) -> bool:
    """Whether any article is stored. Raises Unavailable."""
    return bool(services.articles.last_stored())


def slow_to_count(services: Services) -> bool:
    """Whether so many articles are stored that to count them takes longer than a page may. Raises Unavailable."""
    return services.articles.last_stored() > QUICKLY_COUNTED


def stored_since(services: Services, at: float) -> dict[str, int]:
    """How many articles were stored since a time: by topic as `counts` has them, and all of them under `all`. Raises Unavailable."""
    number, topics = services.articles.topics_since(at)
    return {"all": number, **{TOPIC_KEYS.get(key, key): count for key, count in topics}}


def new_since(services: Services, wanted: SearchFilter, at: float) -> int:
    """How many articles that match were stored after a time, of the first NEW_AT_MOST that were. Raises Unavailable."""
    return services.articles.stored_after(_here(services, wanted), at, NEW_AT_MOST)


def found_by(services: Services, wanted: SearchFilter, *, once: bool = False) -> Iterator[Result]:
    """Every article that matches, the last published first, a page at a time; `once` as in `search`. Raises Unavailable."""
    cursor: str | None = None
    while True:
        found = search(services, wanted, EXPORTED_AT_ONCE, cursor, once=once)
        yield from found.results
        cursor = found.older
        if cursor is None:
            return


def export(services: Services, outcome: Literal["stored", "all"], job: str | None, after: int = 0) -> Iterator[Result]:
    """The stored articles, or (`all`) every item that has ended, a page of rows at a time; of one job where one is named.

    In the order of item ids, those larger than `after`. Raises UsageError for an unknown job, Unavailable where the database is away.
    """
    job_id = services.operator_ledger.find_job(job).id if job else None
    return services.articles.results(outcome, job_id=job_id, after=after)
