"""The last sieve: lines that are furniture leave the text, whatever extracted it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import itemgetter

from worker.extract.dates import dateline
from worker.extract.dates.parse import SPACELESS
from worker.extract.words.boilerplate import Kind, kind_of

PROSE_LENGTH = 50  # characters that a sentence of eight words has; headlines of that length end without a full stop
LONG_PROSE = 160  # characters: longer than headlines, sentence mark or not
SPACELESS_LENGTH = 70  # characters of running text in a script without spaces, where nothing marks the sentence's end
SENTENCE_END = re.compile(r"[.!?…:។៕。！？]['\"”’»)\]]*\s*$")
TITLE_REACH = 3  # lines: kickers and crumbs may stand above the title
COPY_SHARE = 0.1  # of the text: of the training pages that repeat as much six came out better by it, and none worse
NAME_WORDS = 2  # of a site's name or a figure
BOX_WORDS = 8  # the heading of a box has no more
SHORT_SENTENCE = 18  # characters: a sentence in Khmer or Chinese says in as many what English says in fifty

ANYWHERE = frozenset({
    Kind.CRUMBS, Kind.SHARE, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.RELATED, Kind.POPUP, Kind.ADVERT,
    Kind.WALL, Kind.TICKER, Kind.CREDIT,
})  # fmt: skip
"""Kinds that no sentence of an article has the form of."""
MARKS = frozenset({Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT})
"""Kinds that go as well, but only after they have shown where the text ends."""
AT_THE_EDGES = frozenset({Kind.BYLINE, Kind.LETTERHEAD, Kind.NOTICE, Kind.CONTACT, Kind.DATE})
"""Kinds that are furniture above the first and below the last sentence; between them they may be the subject."""
BOILERPLATE_LENGTH = 6  # paragraphs that an issuer says about itself, at most; a list of books says "About …" of each
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
    """Whether `text` is running text: a sentence of some length, or longer than any headline."""
    size = len(text)
    if size < SHORT_SENTENCE:
        return False
    ends = SENTENCE_END.search(text) is not None
    if len(SPACELESS.findall(text)) * 2 > size:
        return ends or size >= SPACELESS_LENGTH
    return size >= LONG_PROSE or (ends and size >= PROSE_LENGTH)


def is_masthead_date(text: str) -> bool:
    """Whether `text` is a day with its weekday and nothing else, as mastheads show today's."""
    return dateline.is_masthead(text) and dateline.of_line(text) is not None


def kept(texts: list[str], title: str | None, sure: frozenset[str] = frozenset()) -> list[str]:
    """The lines of an extracted text that are not furniture, in order; `sure`: lines that the page's layout vouches for."""
    lines = [_vouched(read(text), sure) for text in without_copies([text for text in map(str.strip, texts) if text])]
    body = _without_edges(_without_tail([line for line in lines if not _is_furniture(line)]))
    return without_title([line.text for line in _without_pointers(body)], title)


def without_copies(lines: list[str]) -> list[str]:
    """The lines without a page's second copy of its text: a long paragraph and all around it that stand above already.

    Shorter rows stay: tables, refrains and lists say the same twice.
    """
    first = {line: at for at, line in reversed([*enumerate(lines)])}
    copied = [(first[line] < at, line) for at, line in enumerate(lines)]
    rows = [(again, [line for _, line in row]) for again, row in groupby(copied, key=itemgetter(0))]
    much = COPY_SHARE * sum(map(len, lines))
    return [line for again, row in rows if not again or max(map(len, row)) < LONG_PROSE or sum(map(len, row)) < much for line in row]


def _vouched(line: Line, sure: frozenset[str]) -> Line:
    """Bare names and numbers have the form of share buttons and counters: a table's cells, a heading "YouTube"."""
    bare = line.kind is Kind.SHARE and len(line.text.split()) <= NAME_WORDS
    return Line(line.text, None, prose=False) if bare and line.text in sure else line


def without_title(lines: list[str], title: str | None) -> list[str]:
    """The lines without the title, where it stands above the text once more, and without a letterhead above it."""
    at = next((at for at, line in enumerate(lines[:TITLE_REACH]) if title and _same(line, title)), None)
    if at is not None and not any(map(is_prose, lines[:at])):
        lines = lines[at:]
    return [line for at, line in enumerate(lines) if not (at < TITLE_REACH and title and _same(line, title))]


def bounds(lines: list[Line]) -> tuple[int, int]:
    """The places of the first and the last line of prose; (0, -1) where there is none."""
    places = [at for at, line in enumerate(lines) if line.prose]
    return (places[0], places[-1]) if places else (0, -1)


def _is_furniture(line: Line) -> bool:
    if line.kind is Kind.RELATED and _is_heading(line.text):
        return False  # judged with what follows it
    if line.kind is Kind.BYLINE and dateline.of_label(line.text):
        return True  # who and when, which may also stand under a lead
    return line.kind in ANYWHERE and line.kind not in MARKS


def _without_edges(lines: list[Line]) -> list[Line]:
    """The lines without bylines, letterheads and the like above the first and below the last sentence."""
    first, last = bounds(lines)
    inner = [line for at, line in enumerate(lines) if line.kind not in AT_THE_EDGES or first <= at <= last]
    first, _ = bounds(inner)
    return [
        line for at, line in enumerate(inner) if at >= first or not (dateline.is_dateline(line.text) or dateline.is_masthead(line.text))
    ]


def _is_heading(text: str) -> bool:
    return len(text) < 40


def _without_tail(lines: list[Line]) -> list[Line]:
    """The lines up to a release's boilerplate, or to the first end mark after which no prose comes."""
    lines = lines[: _boilerplate(lines)]
    _, last = bounds(lines)
    if last < 0:
        return [line for line in lines if line.kind not in MARKS]
    tail = list(takewhile(lambda line: line.kind not in ENDS, lines[last + 1 :]))
    ended = len(tail) < len(lines) - last - 1
    if ended and tail and _is_box_heading(tail[-1]):
        tail.pop()  # the heading of the box that begins there
    return [line for line in [*lines[: last + 1], *tail] if line.kind not in MARKS]


def _is_box_heading(line: Line) -> bool:
    text = line.text
    closed = SENTENCE_END.search(text) or SPACELESS.search(text) or dateline.of_line(text)
    return line.kind is None and not closed and len(text.split()) <= BOX_WORDS


def _boilerplate(lines: list[Line]) -> int:
    """Where an issuer's words about itself begin: at a heading with no more sentences after it than before; else the end."""
    for at, line in enumerate(lines):
        if line.kind is Kind.BOILERPLATE:
            before, after = sum(other.prose for other in lines[:at]), sum(other.prose for other in lines[at:])
            if before >= max(2, after) and after <= BOILERPLATE_LENGTH:
                return at
    return len(lines)


def _without_pointers(lines: list[Line]) -> list[Line]:
    """The lines without "Related" headings and the headlines listed under them."""
    result: list[Line] = []
    listing = False
    for line, after in zip(lines, [*lines[1:], *lines[-1:]], strict=True):
        if line.kind is Kind.RELATED:
            listing = True
        elif not listing or line.prose or after.prose:
            listing = False  # prose, or the heading of the prose that follows
            result.append(line)
    return result


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()
