"""Main text chosen: what the page is about, without its furniture."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates.parse import SPACELESS
from worker.extract.fields.metadata import About
from worker.extract.lines import boilerplate_filter
from worker.extract.lines.nearby_lines import NearbyLines, around
from worker.extract.model import block_features, forest, neighbour_features
from worker.extract.model.block_features import Hints
from worker.extract.model.forest import Forest
from worker.extract.page.blocks import Block, Place, blocks_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import words_of
from worker.extract.words.boilerplate import is_wall

SECOND_OPINION = 1_000  # blocks: on the two larger of the 46 training pages in doubt it was worse, and took four times the usual
LARGE = 20_000  # elements: the second opinion takes 70 microseconds for each; the largest page of the three sets has 5,000
SURE = 0.8  # chance: of 480 table cells and headings above it that read like share buttons, 450 belong to the article; below, half
CELLS = 6  # of a table: on the training pages nine in ten of such between two blocks of the article are its own, whatever the forests say
BETWEEN = 0.35  # chance: from it a block between two of the article's, or a heading over one, is the article's three times in four
HEADED = 0.65  # chance of the block under such a heading: what heads furniture is furniture
HEADINGS, ITEMS = ("h2", "h3", "h4", "h5", "h6"), ("li", "dd", "dt", "td", "th", "pre")
NAME_WORDS = 3  # of a byline that stands alone
DOUBTFUL = 0.2  # chance: below it a paragraph beside the article's is furniture after all
STATED_SHARE = 0.5  # of the text that JSON-LD states: a page that shows less of it leaves the rest to scripts
STATED_LENGTH = 300  # characters: shorter statements are summaries


@dataclass(frozen=True)
class Content:
    """A page's main text, paragraphs parted by one blank line."""

    text: str
    around: NearbyLines = field(default_factory=NearbyLines)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """What was chosen with the model, on the training sets alone (training/fit_blocks.py)."""

    keep: float
    """The chance from which a block is kept."""
    sure: float
    """The confidence from which trafilatura is not asked."""


@dataclass(frozen=True)
class Model:
    """Two forests and what was chosen with them."""

    first: Forest
    """Judges a block by itself, its place and its neighbours."""
    second: Forest
    """Judges it again beside the chances of its neighbours."""
    choice: Choice


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that comes with the program."""
    choice = json.loads((files("worker.extract.model") / "shipped" / "choice.json").read_text(encoding="utf-8"))
    return Model(forest.load("first"), forest.load("second"), Choice(**choice))


def hints_of(about: About) -> Hints:
    """What the page's head says about its text."""
    return Hints(about.title or "", about.description or "", stated_text(about))


def stated_text(about: About) -> str:
    """The article's text from JSON-LD, "" where there is none."""
    return max((body for node in about.said.nodes for body in words_of(node.get("articleBody") or [])), key=len, default="")


def main_text(root: Element, about: About, model: Model | None = None) -> Content:
    """The main text of a page, sieved; empty where it has none."""
    model = model or shipped()
    blocks, places = blocks_of(root)
    blocks = [block for block in blocks if not is_wall(block.text)]  # one longer than the text must not pass for it
    if not blocks:
        return Content(_stated("", about))
    table = block_features.block_table(blocks, places, hints_of(about))
    first = model.first.probabilities(table)
    chances = (first + model.second.probabilities(neighbour_features.with_chances(table, first))) / 2
    sure, cut = confidence(chances, blocks)
    keep = closed(blocks, chances, chances >= min(model.choice.keep, cut))
    tabled = in_tables(blocks, places, keep)
    keep |= tabled
    lines = [line for block, kept in zip(blocks, keep, strict=True) if kept for line in block.text.split("\n")]
    if sure < model.choice.sure and len(blocks) <= SECOND_OPINION and not _is_spaceless(lines) and not _is_large(root):
        lines = _by_trafilatura(root).split("\n") or lines
    sieved = boilerplate_filter.kept(lines, about.title, _lines(blocks, tabled | (chances >= SURE)))
    return Content(_stated("\n\n".join(sieved), about), around(blocks, keep, frozenset(sieved)))


def confidence(chances: NDArray[np.float64], blocks: list[Block]) -> tuple[float, float]:
    """The F1 that the best cut through `chances` may expect (near 1 where every block is clear), and that cut (Lewis 1995)."""
    order = np.argsort(-chances, kind="stable")
    sizes = np.array([len(block.text) for block in blocks], dtype=float)[order]
    found = np.cumsum(chances[order] * sizes)
    expected = 2 * found / (np.cumsum(sizes) + found[-1] + 1e-9)
    best = int(np.argmax(expected))
    return float(expected[best]), float(chances[order[best]])


def closed(blocks: list[Block], chances: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`keep` with what writers do not part: running text beside a kept sibling, a block between two kept ones, a heading
    over a kept one; each where it is not clearly furniture. A forest judges block by block.
    """
    result = keep.copy()
    for at in np.flatnonzero(~keep & (chances >= DOUBTFUL)).tolist():
        result[at] = _continues(blocks, keep, at)
    inner = np.concatenate([[False], result[:-2] & result[2:], [False]])[: len(result)]
    for at in np.flatnonzero(inner & ~result & (chances >= BETWEEN)).tolist():
        result[at] = _fits(blocks, at)
    for at in np.flatnonzero(~result[:-1] & result[1:] & (chances[:-1] >= BETWEEN) & (chances[1:] >= HEADED)).tolist():
        result[at] = bool(result[:at].any()) and blocks[at].place.tag in HEADINGS
    return result


def _continues(blocks: list[Block], keep: NDArray[np.bool_], at: int) -> bool:
    """Whether a block is running text and stands beside a kept sibling."""
    block = blocks[at]
    beside = [blocks[k] for k in (at - 1, at + 1) if 0 <= k < len(blocks) and keep[k]]
    siblings = [other for other in beside if other.place.parent is block.place.parent and other.place.tag == block.place.tag]
    return bool(siblings) and boilerplate_filter.is_prose(block.text) and block.link_chars * 3 < len(block.text)


def _fits(blocks: list[Block], at: int) -> bool:
    """Whether a block is an item of a list or table, or more than a name in an element like one beside it; no heading."""
    tag = blocks[at].place.tag
    more = len(blocks[at].text.split()) > NAME_WORDS or boilerplate_filter.is_prose(blocks[at].text)
    return tag in ITEMS or (more and tag not in HEADINGS and tag in (blocks[at - 1].place.tag, blocks[at + 1].place.tag))


def _lines(blocks: list[Block], which: NDArray[np.bool_]) -> frozenset[str]:
    """The lines of some blocks: those that the forests hold for the article's beyond doubt, or that its tables hold."""
    return frozenset(line for block, sure in zip(blocks, which, strict=True) if sure for line in block.text.split("\n"))


def in_tables(blocks: list[Block], places: list[Place], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are in a table of data that stands between two kept blocks: it is the article's as a whole, or not at all."""
    result = np.zeros(len(blocks), dtype=bool)
    if not any(place.tag == "table" for place in places):
        return result  # most pages: a cheap question before the way up from every block
    for _, run in groupby(range(len(blocks)), key=lambda at: _table_of(blocks[at].place)):
        cells = list(run)
        first, last = cells[0], cells[-1]
        inside = first > 0 and last + 1 < len(blocks) and keep[first - 1] and keep[last + 1]
        if inside and _table_of(blocks[first].place) is not None and _is_data([blocks[at] for at in cells]):
            result[cells] = True
    return result


def _table_of(place: Place | None) -> Place | None:
    """The innermost table that holds a place."""
    while place is not None and place.tag != "table":
        place = place.parent
    return place


def _is_data(cells: list[Block]) -> bool:
    """Whether cells are more than a box, and no list of links."""
    return len(cells) >= CELLS and sum(cell.link_chars for cell in cells) * 2 < sum(len(cell.text) for cell in cells)


def _is_large(root: Element) -> bool:
    """Whether a page has more elements than trafilatura should copy, who copies the tree several times."""
    return next(islice(root.iter(), LARGE, None), None) is not None


def _is_spaceless(lines: list[str]) -> bool:
    """Whether a text is in a script without spaces, which trafilatura counts as a handful of words."""
    text = " ".join(lines)[:1000]
    return len(SPACELESS.findall(text)) * 2 > len(text)


def _by_trafilatura(root: Element) -> str:
    """The second opinion, for pages that the model is not sure of."""
    from trafilatura import extract

    found = extract(root, include_comments=False) or ""
    return "\n".join(line.strip("| ").replace(" | ", "\n") if line.startswith("|") else line for line in found.split("\n"))


def _stated(text: str, about: About) -> str:
    """The text of JSON-LD where the page shows little of it."""
    stated = "\n\n".join(line.strip() for line in stated_text(about).splitlines() if line.strip())
    return stated if len(stated) >= STATED_LENGTH and len(text) < STATED_SHARE * len(stated) else text
