"""The last sieve: lines that are furniture leave the text, whatever extracted it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from worker.extract import dateline
from worker.extract.furniture import Kind, kind_of

PROSE_LENGTH = 80  # characters: a sentence of a dozen words; headlines and captions end below it
SENTENCE_END = re.compile(r"[.!?…:។៕。！？]['\"”’»)\]]*\s*$")
SPACELESS_PROSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{25}")
"""A run that only running text in a script without spaces has."""

ANYWHERE = frozenset({
    Kind.CRUMBS, Kind.SHARE, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.RELATED, Kind.POPUP, Kind.ADVERT,
    Kind.WALL, Kind.TICKER, Kind.CREDIT,
})  # fmt: skip
"""Kinds that no sentence of an article has the form of."""
AT_THE_EDGES = frozenset({Kind.BYLINE, Kind.LETTERHEAD, Kind.NOTICE, Kind.CONTACT, Kind.DATE})
"""Kinds that are furniture above the first and below the last sentence; between them they may be the subject."""
ENDS = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.CONTACT})
"""Kinds after which only furniture comes, where no prose follows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text and what it is."""

    text: str
    kind: Kind | None
    prose: bool
    """Whether it reads as running text."""


def read(text: str) -> Line:
    """The judgement of one line by itself."""
    kind = kind_of(text)
    if kind is None and is_masthead_date(text):
        kind = Kind.DATE
    return Line(text, kind, kind is None and is_prose(text))


def is_prose(text: str) -> bool:
    """Whether `text` is running text: long, and a sentence; or long enough in a script without spaces."""
    return (len(text) >= PROSE_LENGTH and (len(text) > 2 * PROSE_LENGTH or bool(SENTENCE_END.search(text)))) or bool(
        SPACELESS_PROSE.search(text)
    )


def is_masthead_date(text: str) -> bool:
    """Whether `text` is a day with its weekday and nothing else, as mastheads show today's."""
    bare = text.strip()
    return len(bare) <= 60 and bool(dateline.WEEKDAY.match(bare)) and dateline.of_line(bare) is not None


def kept(texts: list[str], title: str | None) -> list[str]:
    """The lines of an extracted text that are not furniture, in order."""
    lines = [read(text.strip()) for text in texts if text.strip()]
    first, last = bounds(lines)
    inner = [line for at, line in enumerate(lines) if not _is_furniture(line, first <= at <= last)]
    body = _without_pointers(_without_tail(inner))
    return [line.text for at, line in enumerate(body) if not (at < 2 and title and _same(line.text, title))]


def bounds(lines: list[Line]) -> tuple[int, int]:
    """The places of the first and the last line of prose; (0, -1) where there is none."""
    places = [at for at, line in enumerate(lines) if line.prose]
    return (places[0], places[-1]) if places else (0, -1)


def _is_furniture(line: Line, inside: bool) -> bool:
    if line.kind is Kind.RELATED and _is_heading(line.text):
        return False  # judged with what follows it
    return line.kind in ANYWHERE or (line.kind in AT_THE_EDGES and not inside)


def _is_heading(text: str) -> bool:
    return len(text) < 40


def _without_tail(lines: list[Line]) -> list[Line]:
    """The lines up to the first end mark after which no prose comes."""
    _, last = bounds(lines)
    if last < 0:
        return lines
    tail = takewhile(lambda line: line.kind not in ENDS, lines[last + 1 :])
    return [*lines[: last + 1], *tail]


def _without_pointers(lines: list[Line]) -> list[Line]:
    """The lines without "Related" headings and the headlines listed under them."""
    result: list[Line] = []
    listing = False
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        if line.kind is Kind.RELATED:
            listing = True
        elif not listing or line.prose or (after is not None and after.prose):
            listing = False  # prose, or the heading of the prose that follows
            result.append(line)
    return result


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()
