"""What stands around the text: its heading, the lines between heading and text, and those under it.

Pages that state nothing to machines still show title, author and day to people; where a line stands tells them
from the masthead's and the sidebar's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from worker.extract.lines.boilerplate_filter import is_prose
from worker.extract.lines.title_form import could_be_title
from worker.extract.page import class_hints
from worker.extract.page.blocks import Block
from worker.extract.words.boilerplate import kind_of

REACH = 14  # blocks above the text in which a heading is looked for: share buttons, captions and a lead may lie between
OVER = 3  # lines above the heading that may date the article; what is higher is the masthead's
AFTER = 6  # lines after a lead: a caption, names and the day may stand between it and the text
UNDER = 4  # lines under the text: signature, place and day
BESIDE = 6  # lines under the title, where the text begins farther down: a table of contents may lie between
SAME = 8  # characters by which a title and the line that shows it differ: quotes, blanks, a full stop
GOES_ON = re.compile(r"(?:on|of|at|in|for|to|by|between|and|with|from|concerning|regarding|sur|de|du|des|pour|von|zur?)\b", re.IGNORECASE)
"""How the second line of a heading begins."""
LINKED = 0.5  # of a line's letters: more is a menu or a pointer to another article
HEADINGS = {"h1": 3.0, "h2": 2.5, "h3": 2.0, "h4": 1.5, "h5": 1.0, "caption": 1.0, "center": 1.0}
FARTHER = 0.15  # less for every block between heading and text
_NAMED = class_hints.word_cues("headline title")


@dataclass(frozen=True)
class NearbyLines:
    """Lines of a page beside its main text."""

    heading: str | None = None
    before: list[str] = field(default_factory=list)
    """The last lines above the heading."""
    over: list[str] = field(default_factory=list)
    """Between heading and text, and the first lines of the text: a lead may stand above the byline."""
    under: list[str] = field(default_factory=list)
    """The last line of the text and what follows it."""
    above: list[str] = field(default_factory=list)
    """All lines above the text."""

    def at(self, title: str | None) -> NearbyLines:
        """The surroundings of the last line above the text that is the page's title, where that is not the heading nearest to it."""
        key = _letters(title or "")
        place = next((at for at in reversed(range(len(self.above))) if key and _is_same(self.above[at], title or "", key)), None)
        if place is None or self.heading == self.above[place]:
            return self
        beside = self.above[place + 1 : place + 1 + BESIDE]
        return replace(
            self,
            heading=self.above[place],
            before=self.above[max(0, place - OVER) : place],
            over=list(dict.fromkeys([*beside, *self.over])),
        )


def around(blocks: list[Block], keep: NDArray[np.bool_], sieved: frozenset[str] = frozenset()) -> NearbyLines:
    """The surroundings of the kept blocks; the text begins and ends with lines that the sieve left, where they are known."""
    lines = [(line, block) for block in blocks for line in block.text.split("\n")]
    stays = [kept for block, kept in zip(blocks, keep, strict=True) for _ in block.text.split("\n")]
    stay = [at for at, kept in enumerate(stays) if kept]
    prose = [at for at in stay if is_prose(lines[at][0])]
    kept = [at for at in prose if lines[at][0] in sieved] or prose or stay
    if not kept:
        return NearbyLines()
    first, last = kept[0], kept[-1]
    at = _heading_place(lines, first)
    start = max(0, first - OVER) if at is None else at
    texts = [line for line, _ in lines]
    return NearbyLines(
        heading=None if at is None else _whole(lines, at),
        before=texts[max(0, start - OVER) : start],
        over=[
            *texts[start + (at is not None) : first + 1],
            *takewhile(lambda line: not is_prose(line), texts[first + 1 : first + 1 + AFTER]),
        ],
        under=texts[last : last + 1 + UNDER],
        above=texts[:first],
    )


def _is_same(line: str, title: str, key: str) -> bool:
    return abs(len(line) - len(title)) <= SAME and _letters(line) == key


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _whole(lines: list[tuple[str, Block]], at: int) -> str:
    """The heading, with the line above it where it goes on from there: "Opening Remarks / at the Forum of Cities"."""
    line, block = lines[at]
    goes_on = at > 0 and lines[at - 1][1] is block and GOES_ON.match(line)
    return f"{lines[at - 1][0]} {line}" if goes_on else line


def _heading_place(lines: list[tuple[str, Block]], first: int) -> int | None:
    """The line above the text that looks most like its heading, of those that may be one: the likeliest are asked first."""
    likeliest = sorted(range(max(0, first - REACH), first + 1), key=lambda at: -_likeness(lines[at][1], first - at))
    return next((at for at in likeliest if _is_able(*lines[at])), None)


def _is_able(line: str, block: Block) -> bool:
    """Whether a line may be the heading: neither linked nor running text, a title's form, no furniture; cheap questions first."""
    if block.link_chars > LINKED * len(block.text) or (block.place.tag not in HEADINGS and is_prose(line)):
        return False
    return could_be_title(line) and kind_of(line) is None


def _likeness(block: Block, distance: int) -> float:
    """Its element, a name like "headline", emphasis, and nearness to the text."""
    named = bool((block.place.own | block.inline) & _NAMED)
    bold = block.bold_chars >= 0.8 * len(block.text)
    return HEADINGS.get(block.place.tag, 0.0) + named + 0.5 * bold - FARTHER * distance
