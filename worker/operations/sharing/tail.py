"""Follow the public stream `articles`: what ended since a time, or from now on, as it is published."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from classifier.labels import SourceTypeLabel, TopicLabel
from worker.bootstrap.connections import open_redis, open_redis_to_report
from worker.config import Settings
from worker.errors import Unavailable
from worker.messages import VERSION
from worker.queues.public_stream import PublicReader, PublishedEntry

AT_ONCE = 100
"""Entries of one answer: about a megabyte."""
WAIT = 1.0
"""Seconds that one question waits for an entry; after that the follower can check whether anybody still reads."""
PAUSE = 1.0
"""Seconds between two questions to a Redis that does not answer."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where following begins: at a time, in seconds since 1970, at the first entry, or (neither) after the newest one."""

    since: float | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which Results: with every one of these topics decided yes (`unsure`: or in doubt), with one of these outcomes; empty: all."""

    topics: tuple[str, ...] = ()
    unsure: bool = False
    outcomes: tuple[str, ...] = ()

    def matches(self, summary: Summary) -> bool:
        """Whether a Result is wanted."""
        decisions = {topic.label: topic.decision for topic in summary.topics or ()}
        enough = ("yes", "unsure") if self.unsure else ("yes",)
        return all(decisions.get(topic) in enough for topic in self.topics) and (not self.outcomes or summary.outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a follower needs to know of a Result; fields that it does not know are ignored, as the reference asks of readers."""

    v: int
    url: str | None
    outcome: str
    item_id: int | None = None
    reason: str | None = None
    title: str | None = None
    site_name: str | None = None
    topics: list[TopicLabel] | None = None
    source_type: SourceTypeLabel | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """One Result of the stream."""

    entry_id: str
    summary: Summary
    document: dict[str, object]
    """The whole Result, as it was published."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one question brought; both are empty where nothing came within WAIT seconds."""

    results: tuple[Followed, ...] = ()
    notes: tuple[str, ...] = ()
    """For people: entries that were left out, a Redis that is away or back."""


def follow(settings: Settings, start: Start, wanted: Wanted, *, until_end: bool = False) -> Iterator[Round]:
    """What is published, a round at a time, for ever, or (`until_end`) up to what is there now.

    The first round is empty, and comes as soon as Redis has answered. A Redis that goes away is waited for, and nothing that it
    still holds is missed. Raises Unavailable within a few seconds where it cannot be used at the beginning.
    """
    with closing(open_redis_to_report(settings)) as asked:
        end = PublicReader(asked, settings.namespace).end()
    yield Round()
    client = open_redis(settings)
    reader = PublicReader(client, settings.namespace)
    last = reader.FIRST if start.first else end if start.since is None else reader.before(start.since)
    try:
        yield from _up_to(reader, last, end, wanted) if until_end else _for_ever(reader, last, wanted)
    finally:
        client.close()


def _up_to(reader: PublicReader, last: str, end: str, wanted: Wanted) -> Iterator[Round]:
    while entries := [entry for entry in reader.read(last, AT_ONCE, 0) if _place(entry.entry_id) <= _place(end)]:
        last = entries[-1].entry_id
        yield _round(entries, wanted)


def _for_ever(reader: PublicReader, last: str, wanted: Wanted) -> Iterator[Round]:
    away = False
    while True:
        try:
            entries = reader.read(last, AT_ONCE, WAIT)
        except Unavailable as error:
            yield Round(notes=() if away else (f"{error}; waiting for it",))
            away = True
            time.sleep(PAUSE)
            continue
        if away:
            away = False
            yield Round(notes=("Redis is back",))
        last = entries[-1].entry_id if entries else last
        yield _round(entries, wanted)


def _place(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def _round(entries: Sequence[PublishedEntry], wanted: Wanted) -> Round:
    results: list[Followed] = []
    notes: list[str] = []
    for entry in entries:
        try:
            found = _read(entry)
        except ValueError as error:
            notes.append(f"entry {entry.entry_id} left out: {error}")
            continue
        if wanted.matches(found.summary):
            results.append(found)
    return Round(tuple(results), tuple(notes))


def _read(entry: PublishedEntry) -> Followed:
    """Raises ValueError with what was expected."""
    try:
        document = json.loads(entry.result, parse_constant=_refused, parse_float=_finite)
        summary = _adapter().validate_python(document)
    except (ValueError, RecursionError, ValidationError):
        raise ValueError("expected a Result") from None
    if summary.v != VERSION:
        raise ValueError(f"expected a Result of version {VERSION}, got version {summary.v}")
    return Followed(entry.entry_id, summary, document)


def _refused(constant: str) -> None:
    """NaN and Infinity, which JSON does not have, and which could not be printed as JSON."""
    raise ValueError(constant)


def _finite(number: str) -> float:
    """A number that can be printed again; raises ValueError for `1e999`, which Python reads as infinity."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


@cache
def _adapter() -> TypeAdapter[Summary]:
    return TypeAdapter(Summary)
