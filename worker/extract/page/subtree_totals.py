"""Sums: how much text stands in every element, at any depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.blocks import Block, Place

SENTENCES = 80  # characters: a sentence or two
LISTED = 3  # of whose letters a third or more are links: a list of links


@dataclass(frozen=True)
class SubtreeTotals:
    """Of every place over the blocks inside; float64, shape (places,)."""

    chars: NDArray[np.float64]
    link_chars: NDArray[np.float64]
    prose_chars: NDArray[np.float64]
    """Of running text."""
    blocks: NDArray[np.float64]


def subtree_totals(blocks: list[Block], places: list[Place]) -> SubtreeTotals:
    """The sums of all places: what is inside one follows it in the list, so that each is a difference of two running totals."""
    at = [block.place.number for block in blocks]
    ends = np.array([place.end for place in places])
    chars = np.array([len(block.text) for block in blocks], dtype=float)
    links = np.array([block.link_chars for block in blocks], dtype=float)
    prose = np.where((chars > SENTENCES) & (links * LISTED < chars), chars, 0.0)

    def inside(values: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.concatenate([[0.0], np.cumsum(np.bincount(at, weights=values, minlength=len(places)))])
        of_places: NDArray[np.float64] = total[ends] - total[:-1]
        return of_places

    return SubtreeTotals(inside(chars), inside(links), inside(prose), inside(np.ones(len(blocks))))
