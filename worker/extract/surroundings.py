"""What stands around the text: its heading, the lines between heading and text, and those under it.

Pages that state nothing to machines still show title, author and day to people; where a line stands tells them
from the masthead's and the sidebar's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from worker.extract import cues
from worker.extract.blocks import Block
from worker.extract.furniture import kind_of
from worker.extract.headline import could_be_title
from worker.extract.sieve import is_prose

REACH = 14  # blocks above the text in which a heading is looked for: share buttons, captions and a lead may lie between
OVER = 3  # lines above the heading that may date the article; what is higher is the masthead's
UNDER = 4  # lines under the text: signature, place and day
LINKED = 0.5  # of a line's letters: more is a menu or a pointer to another article
HEADINGS = {"h1": 3.0, "h2": 2.5, "h3": 2.0, "h4": 1.5, "h5": 1.0, "caption": 1.0, "center": 1.0}
FARTHER = 0.15  # less for every block between heading and text
_NAMED = cues.word_cues("headline title")


@dataclass(frozen=True)
class Surroundings:
    """Lines of a page beside its main text."""

    heading: str | None = None
    before: list[str] = field(default_factory=list)
    """The last lines above the heading."""
    over: list[str] = field(default_factory=list)
    """Between heading and text, the first lines of the text included."""
    under: list[str] = field(default_factory=list)
    """The last line of the text and what follows it."""


def around(blocks: list[Block], keep: Any) -> Surroundings:
    """The surroundings of the kept blocks."""
    kept = [at for at, kept in enumerate(keep) if kept and is_prose(blocks[at].text)] or [at for at, kept in enumerate(keep) if kept]
    if not kept:
        return Surroundings()
    first, last = kept[0], kept[-1]
    at = _heading_place(blocks, first)
    start = first - OVER if at is None else at
    return Surroundings(
        heading=None if at is None else _line(blocks[at]),
        before=[_line(block) for block in blocks[max(0, start - OVER) : max(0, start)]],
        over=[line for block in blocks[max(0, start + 1) : first + 1] for line in block.text.split("\n")],
        under=[line for block in blocks[last : last + 1 + UNDER] for line in block.text.split("\n")],
    )


def _heading_place(blocks: list[Block], first: int) -> int | None:
    """The block above the text that looks most like its heading."""
    places = range(max(0, first - REACH), first + 1)
    able = [at for at in places if _is_able(blocks[at])]
    return max(able, key=lambda at: _likeness(blocks[at], first - at), default=None)


def _is_able(block: Block) -> bool:
    text = _line(block)
    in_text = block.place.tag not in HEADINGS and is_prose(text)
    return could_be_title(text) and block.link_chars <= LINKED * len(text) and not in_text and kind_of(text) is None


def _likeness(block: Block, distance: int) -> float:
    """Its element, a name like "headline", emphasis, and nearness to the text."""
    named = bool((block.place.own | block.inline) & _NAMED)
    bold = block.bold_chars >= 0.8 * len(block.text)
    return HEADINGS.get(block.place.tag, 0.0) + named + 0.5 * bold - FARTHER * distance


def _line(block: Block) -> str:
    return block.text.replace("\n", " ")
