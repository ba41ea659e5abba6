"""Select the main text of a page from its blocks: by two forests, with trafilatura's result where they are unsure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import groupby, islice

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates.parse import SPACELESS
from worker.extract.fields.metadata import Metadata
from worker.extract.lines.boilerplate_filter import without_boilerplate
from worker.extract.lines.line import is_prose
from worker.extract.lines.nearby_lines import NearbyLines, nearby_lines
from worker.extract.model import block_features, forest, neighbour_features
from worker.extract.model.block_features import HeadHints
from worker.extract.model.forest import Forest
from worker.extract.page.blocks import Block, BlockElement, blocks_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import strings_of
from worker.extract.words.boilerplate import boilerplate_kind, is_wall

MAX_BLOCKS = 1_000  # for trafilatura: on the two larger of the 46 unsure training pages it was worse, and took four times as long
MAX_ELEMENTS = 20_000  # for trafilatura: it takes 70 microseconds for each; the largest page of the three sets has 5,000
CERTAIN = 0.8  # of 480 table cells and headings above it that look like share buttons, 450 belong to the article; below, half
CELLS = 6  # cells of a table: on the training pages nine in ten such tables between two of the article's blocks belong to it
BETWEEN = 0.35  # from it a block between two of the article's, or a heading over one, is the article's three times in four
HEADED = 0.65  # of the block under such a heading: a heading over boilerplate is boilerplate
HEADINGS, ITEMS = ("h2", "h3", "h4", "h5", "h6"), ("li", "dd", "dt", "td", "th", "pre")
LAST = 0.2  # from it a section after the text that looks like one is the article's; boilerplate there has a tenth
MIN_BEFORE = 3  # paragraphs before a last section
COLONS = (":", "：", "៖")
MAX_ITEMS = 60  # of a list
NAME_WORDS = 3  # of a byline that stands alone
DOUBTFUL = 0.2  # below it a paragraph beside the article's is boilerplate after all
LEAST = 0.2  # of our own sentences' characters: where trafilatura finds fewer, it took a menu or a notice for the article
STATED_SHARE = 0.5  # of the text in JSON-LD: a page that shows less of it leaves the rest to scripts
STATED_LENGTH = 300  # characters: shorter texts in JSON-LD are summaries


@dataclass(frozen=True)
class MainText:
    """A page's main text."""

    text: str
    """Paragraphs separated by one blank line; "" where there is none."""
    near: NearbyLines = field(default_factory=NearbyLines)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Thresholds:
    """Thresholds chosen on the training sets (training/fit_blocks.py)."""

    keep: float
    """The probability from which a block is kept."""
    sure: float
    """The expected F1 from which trafilatura is not used."""


@dataclass(frozen=True)
class Model:
    """Two forests and their thresholds."""

    first: Forest
    """Evaluates a block by itself, its element and its neighbours."""
    second: Forest
    """Evaluates it again, with the probabilities of its neighbours."""
    thresholds: Thresholds


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that is shipped with the program."""
    thresholds = json.loads((files("worker.extract.model") / "shipped" / "thresholds.json").read_text(encoding="utf-8"))
    return Model(forest.load("first"), forest.load("second"), Thresholds(**thresholds))


def hints_of(metadata: Metadata) -> HeadHints:
    """What the page's head states about its text."""
    return HeadHints(metadata.title or "", metadata.description or "", _json_ld_text(metadata))


def _json_ld_text(metadata: Metadata) -> str:
    """The article's text in JSON-LD, "" where there is none."""
    return max((body for node in metadata.structured.nodes for body in strings_of(node.get("articleBody") or [])), key=len, default="")


def main_text(root: Element, metadata: Metadata, model: Model | None = None) -> MainText:
    """The main text of a page without boilerplate, by the shipped model or another one; empty where the page has none."""
    model = model or shipped()
    blocks, elements = blocks_of(root)
    blocks = [block for block in blocks if not is_wall(block.text)]  # a wall longer than the text would be taken for it
    if not blocks:
        return MainText(_or_json_ld("", metadata))
    probabilities = _probabilities(blocks, elements, metadata, model)
    sure, cut = best_cut(probabilities, blocks)
    keep = with_gaps_closed(blocks, probabilities, probabilities >= min(model.thresholds.keep, cut))
    keep |= last_sections(blocks, probabilities, keep)
    in_tables = tables_of_article(blocks, elements, keep) | lists_of_article(blocks, keep)
    keep = without_hidden(blocks, keep | in_tables)
    lines = [line for block, kept in zip(blocks, keep, strict=True) if kept for line in block.text.split("\n")]
    certain = _lines_of(blocks, in_tables | (probabilities >= CERTAIN))
    filtered = without_boilerplate(lines, metadata.title, certain)
    if sure < model.thresholds.sure and _suits_trafilatura(root, blocks, lines):
        filtered = _with_more_prose(without_boilerplate(_by_trafilatura(root).split("\n"), metadata.title, certain), filtered)
    return MainText(_or_json_ld("\n\n".join(filtered), metadata), nearby_lines(blocks, keep, frozenset(filtered)))


def _with_more_prose(others: list[str], own: list[str]) -> list[str]:
    """The lines of `others`, unless they hold no sentence, or too little of the sentences for a second opinion."""
    prose = [sum(len(line) for line in lines if is_prose(line)) for lines in (others, own)]
    return others if any(others) and prose[0] >= LEAST * prose[1] else own


def _probabilities(blocks: list[Block], elements: list[BlockElement], metadata: Metadata, model: Model) -> NDArray[np.float64]:
    """Each block's probability to belong to the article: the mean of both forests; shape (blocks,)."""
    table = block_features.block_table(blocks, elements, hints_of(metadata))
    first = model.first.probabilities(table)
    mean: NDArray[np.float64] = (first + model.second.probabilities(neighbour_features.with_probabilities(table, first))) / 2
    return mean


def best_cut(probabilities: NDArray[np.float64], blocks: list[Block]) -> tuple[float, float]:
    """The highest F1 to be expected from any threshold, near 1 where every block is clear, and that threshold (Lewis 1995)."""
    order = np.argsort(-probabilities, kind="stable")
    sizes = np.array([len(block.text) for block in blocks], dtype=float)[order]
    found = np.cumsum(probabilities[order] * sizes)
    expected = 2 * found / (np.cumsum(sizes) + found[-1] + 1e-9)
    best = int(np.argmax(expected))
    return float(expected[best]), float(probabilities[order[best]])


def with_gaps_closed(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`keep` with blocks added that belong to the same passage, unless they are clearly boilerplate: running text beside a kept
    sibling, a block between two kept ones, and a heading over a kept one. The forests decide block by block."""
    result = keep.copy()
    for at in np.flatnonzero(~keep & (probabilities >= DOUBTFUL)).tolist():
        result[at] = _continues(blocks, keep, at)
    inner = np.concatenate([[False], result[:-2] & result[2:], [False]])[: len(result)]
    for at in np.flatnonzero(inner & ~result & (probabilities >= BETWEEN)).tolist():
        result[at] = _fits(blocks, at)
    for at in np.flatnonzero(~result[:-1] & result[1:] & (probabilities[:-1] >= BETWEEN) & (probabilities[1:] >= HEADED)).tolist():
        result[at] = bool(result[:at].any()) and blocks[at].element.tag in HEADINGS
    return result


def _continues(blocks: list[Block], keep: NDArray[np.bool_], at: int) -> bool:
    """Whether a block is running text beside a kept sibling."""
    block = blocks[at]
    beside = [blocks[k] for k in (at - 1, at + 1) if 0 <= k < len(blocks) and keep[k]]
    siblings = [other for other in beside if other.element.parent is block.element.parent and other.element.tag == block.element.tag]
    return bool(siblings) and is_prose(block.text) and block.link_chars * 3 < len(block.text)


def _fits(blocks: list[Block], at: int) -> bool:
    """Whether a block is an item of a list or table, or is longer than a name and in an element like one beside it; no heading."""
    tag = blocks[at].element.tag
    longer = len(blocks[at].text.split()) > NAME_WORDS or is_prose(blocks[at].text)
    return tag in ITEMS or (longer and tag not in HEADINGS and tag in (blocks[at - 1].element.tag, blocks[at + 1].element.tag))


def _lines_of(blocks: list[Block], which: NDArray[np.bool_]) -> frozenset[str]:
    """The lines of the blocks that are marked in `which`."""
    return frozenset(line for block, wanted in zip(blocks, which, strict=True) if wanted for line in block.text.split("\n"))


def tables_of_article(blocks: list[Block], elements: list[BlockElement], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are in a data table between two kept blocks: such a table belongs to the article as a whole."""
    result = np.zeros(len(blocks), dtype=bool)
    if not any(element.tag == "table" for element in elements):
        return result  # most pages: a cheap check before the search from every block upwards
    for _, run in groupby(range(len(blocks)), key=lambda at: _table_around(blocks[at].element)):
        cells = list(run)
        first, last = cells[0], cells[-1]
        inside = first > 0 and last + 1 < len(blocks) and keep[first - 1] and keep[last + 1]
        if inside and _table_around(blocks[first].element) is not None and _is_data([blocks[at] for at in cells]):
            result[cells] = True
    return result


def last_sections(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks after the last kept one are sections of the article: a heading and running text in an element beside it, or
    inside the same one, that the forests do not call boilerplate. They know few pages that end so."""
    result = np.zeros(len(blocks), dtype=bool)
    kept = [at for at in np.flatnonzero(keep).tolist() if is_prose(blocks[at].text)]
    if len(kept) < MIN_BEFORE:
        return result
    home = blocks[kept[-1]].element.parent
    headings: list[int] = []
    for at in range(kept[-1] + 1, len(blocks)):
        block = blocks[at]
        if probabilities[at] < LAST or not _is_within(block.element, home) or block.link_chars * 3 >= len(block.text):
            break
        if block.element.tag in HEADINGS and boilerplate_kind(block.text) is None:
            headings.append(at)
        elif is_prose(block.text) and headings:
            result[[*headings, at]] = True
        else:
            break
    return result


def _is_within(element: BlockElement | None, home: BlockElement | None) -> bool:
    """Whether an element is inside another one that is not the page's body."""
    while element is not None and element is not home:
        element = element.parent
    return element is not None and element.parent is not None


def lists_of_article(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are items of a list that a kept line announces with a colon; the article makes such lists itself."""
    result = np.zeros(len(blocks), dtype=bool)
    for before in np.flatnonzero(keep).tolist():
        if not blocks[before].text.endswith(COLONS) or before + 1 >= len(blocks) or blocks[before + 1].element.tag != "li":
            continue
        items = blocks[before + 1].element.parent
        run = [at for at in range(before + 1, min(len(blocks), before + 1 + MAX_ITEMS)) if blocks[at].element.parent is items]
        after = run[-1] + 1
        if len(run) > 1 and (after >= len(blocks) or keep[after] or blocks[after].element.parent is not blocks[before].element.parent):
            result[run] = True
    return result


def without_hidden(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`keep` without blocks that a browser does not show, unless these are most of the text: scripts show them then."""
    hidden = np.array([block.element.hidden for block in blocks], dtype=bool)
    if not (hidden & keep).any():
        return keep
    sizes = np.array([len(block.text) for block in blocks])
    return keep & ~hidden if sizes[hidden & keep].sum() * 2 < sizes[keep].sum() else keep


def _table_around(element: BlockElement | None) -> BlockElement | None:
    """The innermost table that holds an element."""
    while element is not None and element.tag != "table":
        element = element.parent
    return element


def _is_data(cells: list[Block]) -> bool:
    """Whether a table has enough cells for data, and is not a list of links."""
    return len(cells) >= CELLS and sum(cell.link_chars for cell in cells) * 2 < sum(len(cell.text) for cell in cells)


def _suits_trafilatura(root: Element, blocks: list[Block], lines: list[str]) -> bool:
    """Whether trafilatura can be expected to do better, in bounded time: neither on large pages nor in scripts without spaces."""
    return len(blocks) <= MAX_BLOCKS and not _is_spaceless(lines) and not _is_large(root)


def _is_large(root: Element) -> bool:
    """Whether a page has more elements than trafilatura should get, which copies the tree several times."""
    return next(islice(root.iter(), MAX_ELEMENTS, None), None) is not None


def _is_spaceless(lines: list[str]) -> bool:
    """Whether a text is in a script without spaces, in which trafilatura finds only a handful of words."""
    text = " ".join(lines)[:1000]
    return len(SPACELESS.findall(text)) * 2 > len(text)


def _by_trafilatura(root: Element) -> str:
    """The text that trafilatura extracts, the cells of tables on lines of their own."""
    from trafilatura import extract

    found = extract(root, include_comments=False) or ""
    return "\n".join(line.strip("| ").replace(" | ", "\n") if line.startswith("|") else line for line in found.split("\n"))


def _or_json_ld(text: str, metadata: Metadata) -> str:
    """`text`, or the text in JSON-LD where the page shows little of it."""
    stated = "\n\n".join(line.strip() for line in _json_ld_text(metadata).splitlines() if line.strip())
    return stated if len(stated) >= STATED_LENGTH and len(text) < STATED_SHARE * len(stated) else text
