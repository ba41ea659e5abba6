"""Classify single lines of text: the kind of boilerplate that a line is, and whether it is running text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from worker.extract.dates import dateline
from worker.extract.words.boilerplate import Kind, boilerplate_kind
from worker.extract.words.sentences import is_prose


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text and its class."""

    text: str
    kind: Kind | None
    """The kind of boilerplate; None for other lines."""
    prose: bool
    """Whether it is running text."""


def classify_line(text: str, words: Iterable[str] | None = None) -> Line:
    """The class of a line, from its text alone. `words`: as for `boilerplate_kind`."""
    kind = boilerplate_kind(text, words)
    if kind is None and _is_only_masthead_date(text):
        kind = Kind.DATE
    return Line(text, kind, kind is None and is_prose(text))


def _is_only_masthead_date(text: str) -> bool:
    """Whether `text` is a date with its weekday and nothing else, as mastheads show the current day."""
    return dateline.is_masthead_date(text) and dateline.date_of_line(text) is not None
