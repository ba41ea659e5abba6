"""Sum up, for every block element of a page, the characters, links and running text inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.blocks import Block, BlockElement

PROSE_CHARS = 80  # characters: running text has at least a sentence or two
LINKS = 3  # a block with a third or more of its characters in links is a list of links


@dataclass(frozen=True)
class SubtreeTotals:
    """Totals over the blocks inside each element, at any depth; float64, shape (elements,)."""

    chars: NDArray[np.float64]
    link_chars: NDArray[np.float64]
    prose_chars: NDArray[np.float64]
    """Of running text."""
    blocks: NDArray[np.float64]


def subtree_totals(blocks: list[Block], elements: list[BlockElement]) -> SubtreeTotals:
    """The totals of all elements. The elements inside one follow it in the list, so that its total is a difference of two
    running totals."""
    at = [block.element.number for block in blocks]
    ends = np.array([element.end for element in elements])
    chars = np.array([len(block.text) for block in blocks], dtype=float)
    links = np.array([block.link_chars for block in blocks], dtype=float)
    prose = np.where((chars > PROSE_CHARS) & (links * LINKS < chars), chars, 0.0)

    def inside(values: NDArray[np.float64]) -> NDArray[np.float64]:
        running = np.concatenate([[0.0], np.cumsum(np.bincount(at, weights=values, minlength=len(elements)))])
        totals: NDArray[np.float64] = running[ends] - running[:-1]
        return totals

    return SubtreeTotals(inside(chars), inside(links), inside(prose), inside(np.ones(len(blocks))))
