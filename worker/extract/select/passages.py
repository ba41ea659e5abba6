"""Which blocks belong to the article, or to other articles, by the page's layout: tables, lists, last sections, embedded posts."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from worker.extract.lines.line import is_prose
from worker.extract.page.blocks import Block, BlockElement
from worker.extract.words.boilerplate import boilerplate_kind

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
CELLS = 6  # cells of a table: on the training pages nine in ten such tables between two of the article's blocks belong to it
LAST = 0.2  # from it a section after the text that looks like one is the article's; boilerplate there has a tenth
MIN_BEFORE = 3  # paragraphs before a last section
COLONS = (":", "：", "៖")
MAX_ITEMS = 60  # of a list


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
