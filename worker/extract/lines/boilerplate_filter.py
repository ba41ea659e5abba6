"""Remove lines of boilerplate from an extracted text, whichever way it was extracted."""

from __future__ import annotations

import re
from itertools import groupby, pairwise, takewhile
from operator import itemgetter

from worker.extract.dates import dateline
from worker.extract.lines.line import Line, classify_line
from worker.extract.words.boilerplate import Kind, key_words_in
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import LONG_PROSE, SPACELESS, ends_sentence, is_prose

TITLE_REACH = 3  # lines: kickers and breadcrumbs may precede the title
COPY_SHARE = 0.1  # of the text: of the training pages that repeat as much, six came out better without the copy, and none worse
ORDERED = 0.9  # of a copy's steps go forward in the first copy: .95 to 1 in four true ones, .74 where a plan has the same parts each week
NAME_WORDS = 2  # words of a site's name or a number, at most
BOX_WORDS = 8  # words of a box's heading, at most
BEFORE_THREAD = 3  # paragraphs of the article before its readers' comments
NAME_LENGTH = 6  # words of the line that names who wrote a comment
POST = pattern(r"\W*<posted>\W.{1,80}\d", re.IGNORECASE)
"""Who wrote a comment, and when: "Posted by: Una, Orrin on 11:40am Wed 9 Jan"."""
THREAD_HEADING = pattern(r"\W*(?:<comments_closed>.{0,40}|(?:\d+ )?<comments>(?:\s?[(:]?\s?\d+\)?)?\W*|(?:\d+ )?<comments_heading>\W*)$")
"""A heading over readers' comments, or the word that there will be no more of them."""
NUMBERED = pattern(r"\W*<comment_number>\W{0,3}\d{1,4}\W*$")
"""The number of a reader's comment, alone on its line: "Comment 1"."""
VALUES = tuple(f"={mark}" for mark in "\"'“”″")
"""How an attribute's value begins in a site's own commands, as systems spoil the quotation marks."""
HEADING_CHARS = 40  # characters: a heading over related articles is shorter, a pointer to one longer

ANYWHERE = frozenset({
    Kind.BREADCRUMBS, Kind.SHARE, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.RELATED, Kind.POPUP, Kind.ADVERT,
    Kind.WALL, Kind.TICKER, Kind.CREDIT,
})  # fmt: skip
"""Kinds that are removed wherever they occur: no sentence of an article has their form."""
MARKS = frozenset({Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT})
"""Kinds that are removed last, since they show where the text ends."""
AT_THE_EDGES = frozenset({Kind.BYLINE, Kind.LETTERHEAD, Kind.NOTICE, Kind.CONTACT, Kind.DATE})
"""Kinds that are boilerplate before the first and after the last sentence; between them they may belong to the article."""
ABOUT_LENGTH = 6  # paragraphs of an issuer about itself, at most; a list of books has an "About …" for each
ENDS = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.CONTACT})
"""Kinds after which only boilerplate follows, where no prose does."""


def without_boilerplate(
    texts: list[str], title: str | None, certain: frozenset[str] = frozenset(), quoted: frozenset[str] = frozenset()
) -> list[str]:
    """The lines of an extracted text that are not boilerplate, in order.

    `title`: removed where it is repeated at the top. `certain`: lines that the page's layout shows to be the article's;
    they stay although they look like share buttons. `quoted`: lines of posts that the article quotes; they stay with the
    name and day below them.
    """
    stripped = [text for text in map(str.strip, texts) if text and not _is_shortcode(text)]
    words = key_words_in(stripped)
    lines = [
        Line(text, None, prose=False) if text in quoted else _with_certainty(classify_line(text, words), certain)
        for text in without_second_copy(stripped)
    ]
    lines = lines[: _start_of_thread(lines)]
    body = _without_edges(_without_tail([line for line in lines if not _is_boilerplate(line)]))
    return without_title([line.text for line in _without_pointers(body, certain)], title)


def _is_shortcode(text: str) -> bool:
    """Whether a line is a command for the site's own program which that left as it was: `[button link="…"]Send[/button]`."""
    name, _, rest = text.removeprefix("[").partition(" ")
    attributes, closed, inner = rest.partition("]")
    named = text.startswith("[") and bool(closed) and name.replace("-", "_").isidentifier()
    return named and any(map(attributes.__contains__, VALUES)) and (not inner or inner.endswith(f"[/{name}]"))


def without_second_copy(lines: list[str]) -> list[str]:
    """The lines without a second copy of the text: repeated lines in a row, in the order of the first copy, with a long paragraph
    among them.

    Other repeated lines stay: tables, refrains, lists and plans for each week repeat themselves.
    """
    first = {line: at for at, line in reversed([*enumerate(lines)])}
    repeated = [(first[line] < at, line) for at, line in enumerate(lines)]
    runs = [(again, [line for _, line in run]) for again, run in groupby(repeated, key=itemgetter(0))]
    much = COPY_SHARE * sum(map(len, lines))
    copies = [again and max(map(len, run)) >= LONG_PROSE and sum(map(len, run)) >= much and _is_in_order(run, first) for again, run in runs]
    return [line for is_copy, (_, run) in zip(copies, runs, strict=True) if not is_copy for line in run]


def _is_in_order(run: list[str], first: dict[str, int]) -> bool:
    """Whether nearly every line of a run comes after the one before it where both first stood."""
    steps = sum(first[after] > first[one] for one, after in pairwise(run))
    return steps >= ORDERED * (len(run) - 1)


def _with_certainty(line: Line, certain: frozenset[str]) -> Line:
    """A line with the form of a share button or counter is the article's where the layout says so: a table cell, a heading."""
    short = line.kind in (Kind.SHARE, Kind.POPUP) and len(line.text.split()) <= NAME_WORDS
    return Line(line.text, None, prose=False) if short and line.text in certain else line


def without_title(lines: list[str], title: str | None) -> list[str]:
    """The lines without the title, where the text repeats it at the top, and without a letterhead above it."""
    at = next((at for at, line in enumerate(lines[:TITLE_REACH]) if title and _is_same(line, title)), None)
    if at is not None and not any(map(is_prose, lines[:at])):
        lines = lines[at:]
    return [line for at, line in enumerate(lines) if not (at < TITLE_REACH and title and _is_same(line, title))]


def _prose_bounds(lines: list[Line]) -> tuple[int, int]:
    """The positions of the first and the last line of prose; (0, -1) where there is none."""
    prose = [at for at, line in enumerate(lines) if line.prose]
    return (prose[0], prose[-1]) if prose else (0, -1)


def _is_boilerplate(line: Line) -> bool:
    if line.kind is Kind.RELATED and len(line.text) < HEADING_CHARS:
        return False  # `_without_pointers` decides, with the lines that follow
    if line.kind is Kind.BYLINE and dateline.first_date(line.text):
        return True  # author and date, which may also follow a lead
    return line.kind in ANYWHERE and line.kind not in MARKS


def _without_edges(lines: list[Line]) -> list[Line]:
    """The lines without bylines, letterheads and dates before the first sentence and after the last."""
    first, last = _prose_bounds(lines)
    inner = [line for at, line in enumerate(lines) if line.kind not in AT_THE_EDGES or first <= at <= last]
    first, _ = _prose_bounds(inner)
    return [
        line
        for at, line in enumerate(inner)
        if at >= first or not (dateline.is_dateline(line.text) or dateline.is_masthead_date(line.text))
    ]


def _without_tail(lines: list[Line]) -> list[Line]:
    """The lines up to what an issuer says about itself, or to the first end mark after which no prose follows."""
    lines = lines[: _start_of_about(lines)]
    _, last = _prose_bounds(lines)
    if last < 0:
        return [line for line in lines if line.kind not in MARKS]
    tail = list(takewhile(lambda line: line.kind not in ENDS, lines[last + 1 :]))
    ended = len(tail) < len(lines) - last - 1
    if ended and tail and _is_box_heading(tail[-1]):
        tail.pop()  # the heading of the box that begins there
    return [line for line in [*lines[: last + 1], *tail] if line.kind not in MARKS]


def _is_box_heading(line: Line) -> bool:
    text = line.text
    closed = ends_sentence(text) or SPACELESS.search(text) or dateline.date_of_line(text)
    return line.kind is None and not closed and len(text.split()) <= BOX_WORDS


def _start_of_about(lines: list[Line]) -> int:
    """The position of a heading over an issuer's words about itself, with no more sentences after it than before; else the end."""
    for at, line in enumerate(lines):
        if line.kind is Kind.ABOUT:
            before, after = sum(other.prose for other in lines[:at]), sum(other.prose for other in lines[at:])
            if before >= max(2, after) and after <= ABOUT_LENGTH:
                return at
    return len(lines)


def _start_of_thread(lines: list[Line]) -> int:
    """The position where readers' comments begin: a heading over them, or the first of several posts with name and time, if the
    posts follow each other there and enough of the article comes before; else the end."""
    prose = 0
    posts = [at for at, line in enumerate(lines) if POST.match(line.text)]
    for at, line in enumerate(lines):
        prose += line.prose
        if prose < BEFORE_THREAD:
            continue
        if posts and at == posts[0] and len(posts) > 1:
            return at
        if NUMBERED.match(line.text) or (THREAD_HEADING.match(line.text) and _alternates(lines[at + 1 :])):
            return at
    return len(lines)


def _alternates(lines: list[Line]) -> bool:
    """Whether lines are names and what these said, in turn."""
    names = [one for one, other in pairwise(lines) if not one.prose and other.prose and len(one.text.split()) <= NAME_LENGTH]
    return len(names) > 1 and 2 * len(names) >= sum(line.prose for line in lines)


def _without_pointers(lines: list[Line], certain: frozenset[str]) -> list[Line]:
    """The lines without headings over related articles and the headlines listed under them; a list that is `certain` stays."""
    result: list[Line] = []
    listing = False
    for line, after in zip(lines, [*lines[1:], *lines[-1:]], strict=True):
        if line.kind is Kind.RELATED:
            listing = True
        elif not listing or line.prose or after.prose or line.text in certain:
            listing = False  # prose, or the heading of the prose that follows
            result.append(line)
    return result


def _is_same(one: str, other: str) -> bool:
    """Whether two lines have the same letters and digits."""
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()
