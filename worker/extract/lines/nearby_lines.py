"""Find the lines near a page's main text that may give its title, author and date.

Pages that state nothing for machines still show title, author and date to people; the position of a line relative to the
text distinguishes them from the masthead's and the sidebar's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates.parse import has_digits
from worker.extract.lines.boilerplate_filter import THREAD_HEADING
from worker.extract.lines.title_form import could_be_title, share_of_stems, stems_of
from worker.extract.page import class_hints
from worker.extract.page.blocks import Block
from worker.extract.page.characters import letters_of
from worker.extract.words.boilerplate import boilerplate_kind
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import is_prose

HEADING_REACH = 14  # lines above the text that may be its heading: share buttons, captions and a lead may come between
ABOVE_HEADING = 3  # lines above the heading that may date the article; higher lines belong to the masthead
AFTER_LEAD = 6  # lines after a lead: a caption, names and the date may come between it and the text
BELOW_TEXT = 4  # lines below the text: signature, place and date
BELOW_TITLE = 6  # lines below the title, where the text begins farther down: a table of contents may come between
TITLE_DIFFERENCE = 8  # characters by which a title and the line that shows it may differ: quotes, blanks, a full stop
GOES_ON = pattern(r"<goes_on>\b")
"""How the second line of a heading begins."""
LABEL_MARKS = " |:/·•–—-»›"
"""What may part a kicker or a byline from the headline in its line."""
BY = pattern(r"<by>\s")
"""How the byline behind a heading begins."""
LINKED = 0.5  # of a line's characters: with more in links it is a menu or a pointer to another article
HEADINGS = {"h1": 3.0, "h2": 2.5, "h3": 2.0, "h4": 1.5, "h5": 1.0, "caption": 1.0, "center": 1.0}
REPEATED = 1.5  # for a heading all of whose long words the first paragraphs repeat; sections and slogans are hardly repeated
FAMILIAR = 0.5  # of the words of a linked line: blogs link their headlines, and menus lead elsewhere
FULL_STOPS = (".", "។")  # the end of leads and captions, hardly ever of headlines
LINK_COST = 1.0  # for such a line
CAPTION_COST = 2.0  # for a line directly below a picture: more than all that a caption shares with a headline
TERM_MARKS = " :\uff1a"
"""What may end a term in a list of terms."""
MAX_TERM = 120  # characters of a term and what it says: longer ones are text
LEAD = 6  # paragraphs in which a heading's words are looked for
DISTANCE_COST = 0.15  # for every line between heading and text
_NAMED = class_hints.name_hints("headline title")


@dataclass(frozen=True)
class NearbyLines:
    """Lines of a page near its main text."""

    heading: str | None = None
    above_heading: list[str] = field(default_factory=list)
    """The last lines above the heading."""
    below_heading: list[str] = field(default_factory=list)
    """The lines between heading and text, and the first lines of the text: a byline may follow a lead."""
    below_text: list[str] = field(default_factory=list)
    """The last line of the text and the lines that follow, up to a heading over readers' comments."""
    above_text: list[str] = field(default_factory=list)
    """All lines above the text."""

    def near_title(self, title: str | None) -> NearbyLines:
        """The lines near the page's title: where the last line above the text that shows it is not `heading`, near that one."""
        key = letters_of(title or "")
        above = self.above_text
        at = next((at for at in reversed(range(len(above))) if key and _shows_title(above[at], title or "", key)), None)
        if at is None:
            return self._with_rest(title or "")
        if self.heading == above[at]:
            return self
        below = above[at + 1 : at + 1 + BELOW_TITLE]
        return replace(
            self,
            heading=above[at],
            above_heading=above[max(0, at - ABOVE_HEADING) : at],
            below_heading=list(dict.fromkeys([*below, *self.below_heading])),
        )

    def _with_rest(self, title: str) -> NearbyLines:
        """The same lines, with the byline or date that follows `title` in the heading's line on a line of its own."""
        rest = (self.heading or "").removeprefix(title).lstrip(LABEL_MARKS)
        if not title or rest == self.heading or not (BY.match(rest) or any(map(str.isdigit, rest))):
            return self
        return replace(self, heading=title, below_heading=[rest, *self.below_heading])


def nearby_lines(blocks: list[Block], keep: NDArray[np.bool_], filtered: frozenset[str] = frozenset()) -> NearbyLines:
    """The lines near the kept blocks. `filtered`: the lines that the boilerplate filter left; where it left any of the kept
    ones, the text begins and ends with these."""
    lines = [(line, block) for block in blocks for line in block.text.split("\n")]
    stays = [kept for block, kept in zip(blocks, keep, strict=True) for _ in block.text.split("\n")]
    stay = [at for at, kept in enumerate(stays) if kept]
    prose = [at for at in stay if is_prose(lines[at][0])]
    text = [at for at in prose if lines[at][0] in filtered] or prose or stay
    if not text:
        return NearbyLines()
    first, last = text[0], text[-1]
    at = _heading_position(lines, first, " ".join(lines[at][0] for at in text[:LEAD]))
    start = max(0, first - ABOVE_HEADING) if at is None else at
    texts = _with_terms(lines)
    return NearbyLines(
        heading=None if at is None else _whole_heading(lines, at),
        above_heading=texts[max(0, start - ABOVE_HEADING) : start],
        below_heading=[
            *texts[start + (at is not None) : first + 1],
            *takewhile(lambda line: not is_prose(line), texts[first + 1 : first + 1 + AFTER_LEAD]),
        ],
        below_text=[
            *texts[last : last + 1],
            *takewhile(
                lambda line: not THREAD_HEADING.match(line),
                [*texts[last + 1 : last + 1 + BELOW_TEXT], *_last_lines(texts, last + 1 + BELOW_TEXT, stay[-1])],
            ),
        ],
        above_text=texts[:first],
    )


def _with_terms(lines: list[tuple[str, Block]]) -> list[str]:
    """The lines; a number or a day in a list of terms has its term before it: "First published: 21 January 2025"."""
    texts, term = [], ""
    for line, block in lines:
        tag = block.element.tag
        term = line.rstrip(TERM_MARKS) if tag == "dt" else term if tag == "dd" else ""
        labelled = tag == "dd" and term and has_digits(line) and len(term) + len(line) <= MAX_TERM
        texts.append(f"{term}: {line}" if labelled else line)
    return texts


def _last_lines(texts: list[str], start: int, end: int) -> list[str]:
    """The last kept lines and those that follow, as far as they lie beyond `start`: a list may part the last sentence and the
    signature. `end`: the position of the last kept line."""
    return texts[max(start, end - 1) : end + 1 + BELOW_TEXT] if end >= start else []


def _shows_title(line: str, title: str, key: str) -> bool:
    """Whether a line shows `title`, whose letters and digits are `key`."""
    return abs(len(line) - len(title)) <= TITLE_DIFFERENCE and letters_of(line) == key


def _whole_heading(lines: list[tuple[str, Block]], at: int) -> str:
    """The heading with the line above it, where that is its first part: "Opening Remarks / at the Forum of Cities"."""
    line, block = lines[at]
    continues = at > 0 and lines[at - 1][1] is block and GOES_ON.match(line)
    return f"{lines[at - 1][0]} {line}" if continues else line


def _heading_position(lines: list[tuple[str, Block]], first: int, lead: str) -> int | None:
    """The line above the text that is likeliest its heading; the likeliest are checked first, since the check takes long.
    `lead`: the first paragraphs of the text."""
    known = stems_of(lead)
    scores = {at: _likelihood(*lines[at], first - at, known) for at in range(max(0, first - HEADING_REACH), first + 1)}
    likeliest = sorted(scores, key=lambda at: -scores[at])
    return next((at for at in likeliest if _may_be_heading(*lines[at], known)), None)


def _may_be_heading(line: str, block: Block, known: set[str]) -> bool:
    """Whether a line has a title's form, and is neither running text nor boilerplate nor a link to something that the text, whose
    words are `known`, is not about."""
    if (_is_linked(block) and share_of_stems(line, known) < FAMILIAR) or (
        block.element.tag not in HEADINGS and (is_prose(line) or line.endswith(FULL_STOPS))
    ):
        return False
    return could_be_title(line) and boilerplate_kind(line) is None


def _likelihood(line: str, block: Block, distance: int, known: set[str]) -> float:
    """A score of a heading: its element, a class name like "headline", bold type, the share of its words that the first
    paragraphs repeat (`known`: their words), a picture above it, and nearness to the text."""
    named = bool((block.element.own | block.inline) & _NAMED)
    bold = block.bold_chars >= 0.8 * len(block.text)
    repeated = REPEATED * share_of_stems(line, known)
    linked = LINK_COST * _is_linked(block)
    caption = CAPTION_COST * (block.element.pictured and block.element.tag not in HEADINGS)
    return HEADINGS.get(block.element.tag, 0.0) + named + 0.5 * bold + repeated - linked - caption - DISTANCE_COST * distance


def _is_linked(block: Block) -> bool:
    return block.link_chars > LINKED * len(block.text)
