"""Classify single lines of text: the kind of boilerplate that a line is, and whether it is running text."""

from __future__ import annotations

from dataclasses import dataclass

from worker.extract.dates import dateline
from worker.extract.dates.parse import SPACELESS
from worker.extract.words.boilerplate import Kind, boilerplate_kind

PROSE_LENGTH = 50  # characters: a sentence of eight words; headlines of that length end without a full stop
LONG_PROSE = 160  # characters: longer than headlines, with or without a mark at the end
SPACELESS_LENGTH = 70  # characters of running text in a script without spaces, where nothing marks the end of a sentence
SHORT_SENTENCE = 18  # characters: enough for a sentence in Khmer or Chinese, which is a third as long as an English one
SENTENCE_MARKS = tuple(".!?…:។៕。！？")
CLOSERS = "'\"”’»)]"
"""What may follow the mark at the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text and its class."""

    text: str
    kind: Kind | None
    """The kind of boilerplate; None for other lines."""
    prose: bool
    """Whether it is running text."""


def classify_line(text: str) -> Line:
    """The class of a line, from its text alone."""
    kind = boilerplate_kind(text)
    if kind is None and _is_only_masthead_date(text):
        kind = Kind.DATE
    return Line(text, kind, kind is None and is_prose(text))


def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a sentence, perhaps within quotation marks or brackets."""
    return text.rstrip().rstrip(CLOSERS).endswith(SENTENCE_MARKS)


def is_prose(text: str) -> bool:
    """Whether `text` is running text: a complete sentence of some length, or longer than any headline."""
    size = len(text)
    if size < SHORT_SENTENCE:
        return False
    ends = ends_sentence(text)
    if not text.isascii() and len(SPACELESS.findall(text)) * 2 > size:
        return ends or size >= SPACELESS_LENGTH
    return size >= LONG_PROSE or (ends and size >= PROSE_LENGTH)


def _is_only_masthead_date(text: str) -> bool:
    """Whether `text` is a date with its weekday and nothing else, as mastheads show the current day."""
    return dateline.is_masthead_date(text) and dateline.date_of_line(text) is not None
