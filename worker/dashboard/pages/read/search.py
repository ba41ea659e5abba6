"""Read a search of articles from an address, and write addresses of searches that differ in one field."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from classifier.labels import SOURCE_TYPES
from worker.bootstrap import Services
from worker.dashboard.view import figures, words
from worker.dashboard.view.figures import Clock
from worker.operations.models import unknown_topic
from worker.storage.search import SearchFilter

NONE = "none"
"""The topic of articles that have none."""
LABELS = {
    "q": "the words",
    "since": "the first day",
    "until": "the last day",
    "outlet": "the outlet",
    "language": "the language",
    "topic": "the topic",
    "source_type": "the source type",
    "doubt": "“in doubt”",
    "stored": "“stored today”",
    "job": "the job",
}
"""What each field is called where it can be taken out of a search."""
JOB_DIGITS = 18
"""Digits of a job's number: the databases' integers hold that many."""


@dataclass(frozen=True, slots=True)
class Search:
    """The fields of a search as its address has them."""

    q: str = ""
    since: str = ""
    until: str = ""
    outlet: str = ""
    language: str = ""
    topic: tuple[str, ...] = ()
    source_type: str = ""
    doubt: str = ""
    stored: str = ""
    job: str = ""
    """The number of a job."""
    once: str = ""
    """Near copies of one text count as one."""

    @classmethod
    def of(cls, query: QueryParams, services: Services) -> tuple[Search, Mapping[str, str]]:
        """The search, and what is wrong with its fields, by field."""
        given = {name: query.get(name, "").strip() for name in cls.__slots__ if name != "topic"}
        search = cls(**given, topic=tuple(dict.fromkeys(topic for topic in query.getlist("topic") if topic)))
        return search, search._faults(services)

    def _faults(self, services: Services) -> dict[str, str]:
        faults = {}
        for name in ("since", "until"):
            if (value := getattr(self, name)) and not _is_day(value):
                faults[name] = f"Expected a day such as 2024-03-22, got “{value[:40]}”."
        unknown = unknown_topic(services, [topic for topic in self.topic if topic != NONE])
        if unknown is not None:
            faults["topic"] = f"There is no topic “{unknown[:40]}”."
        if self.source_type and self.source_type not in [str(kind) for kind in SOURCE_TYPES]:
            faults["source_type"] = f"There is no source type “{self.source_type[:40]}”."
        if self.job and not (self.job.isascii() and self.job.isdigit() and len(self.job) <= JOB_DIGITS):
            faults["job"] = f"Expected a job's number, got “{self.job[:40]}”."
        return faults

    def filter(self, at: Clock) -> SearchFilter:
        """For the operations."""
        return SearchFilter(
            words=_words(self.q),
            topics=tuple(topic for topic in self.topic if topic != NONE),
            source_type=self.source_type or None,
            language=self.language or None,
            since=self.since or None,
            until=self.until or None,
            outlet=self.outlet or None,
            doubt=bool(self.doubt),
            no_topic=NONE in self.topic,
            stored_since=at.midnight if self.stored else None,
            job=int(self.job) if self.job else None,
        )

    def address(self, path: str = "/articles", **more: str) -> str:
        """Its address, with more fields."""
        pairs = [(name, value) for name in self.__slots__ for value in _values(getattr(self, name))]
        query = urlencode([*pairs, *((name, value) for name, value in more.items() if value)])
        return f"{path}?{query}" if query else path

    def having(self, name: str, value: str) -> Search:
        """The same with one more value, or without it where it is there."""
        if name == "topic":
            return replace(self, topic=tuple(t for t in self.topic if t != value) if value in self.topic else (*self.topic, value))
        return self._with(name, "" if getattr(self, name) == value else value)

    def without(self, name: str) -> Search:
        """The same without a field."""
        return replace(self, topic=()) if name == "topic" else self._with(name, "")

    def _with(self, name: str, value: str) -> Search:
        texts = {field: getattr(self, field) for field in self.__slots__ if field != "topic"}
        return Search(**{**texts, name: value}, topic=self.topic)

    @property
    def active(self) -> list[str]:
        """The fields that narrow it."""
        return [name for name in LABELS if getattr(self, name)]

    def told(self) -> str:
        """What was looked for, in words: `“drone” in Thai`."""
        parts = [f"“{self.q}”" if self.q else "", *(f"on {_topic(topic)}" for topic in self.topic)]
        parts += [f"in {words.language(self.language)}" if self.language else "", f"from {self.outlet}" if self.outlet else ""]
        parts += [f"that is {words.label(self.source_type).lower()}" if self.source_type else "", "in doubt" if self.doubt else ""]
        parts += [f"since {figures.day(self.since)}" if self.since else "", f"until {figures.day(self.until)}" if self.until else ""]
        parts += ["stored today" if self.stored else "", f"in job {self.job}" if self.job else ""]
        return " ".join(part for part in parts if part)


def _topic(name: str) -> str:
    return "no topic" if name == NONE else words.label(name)


def _values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def _words(text: str) -> tuple[str, ...]:
    """Words, and "phrases in quotes" as one piece."""
    try:
        return tuple(shlex.split(text.replace("“", '"').replace("”", '"').replace("'", "\\'")))
    except ValueError:
        return tuple(text.replace('"', " ").split())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def days_of(bucket: str, by: str) -> tuple[str, str]:
    """The first and the last day of a bucket: a day, the week of a Monday, or a month."""
    try:
        first = date.fromisoformat(f"{bucket}-01" if by == "month" else bucket)
    except ValueError:
        return "", ""
    if by == "month":
        return first.isoformat(), ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat()
    return first.isoformat(), (first + timedelta(days=6 if by == "week" else 0)).isoformat()


def bucket_name(bucket: str, by: str) -> str:
    """`Apr 2024`, `17 Oct 2025`."""
    if not bucket:
        return "no date"
    return figures.day(f"{bucket}-01").partition(" ")[2] if by == "month" else figures.day(bucket)
