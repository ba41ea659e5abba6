"""Describe the elements of a page by the text and links inside them, and by their position relative to the main one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worker.extract.model.subtree_totals import SubtreeTotals
from worker.extract.model.table import Features, Table, join, measure
from worker.extract.page.blocks import BlockElement

MAIN_SHARE = 0.7  # of an element's running text: a child with as much is the article's element, or holds it


@dataclass(frozen=True)
class _Elements:
    """The block elements of a page and the totals of their subtrees."""

    elements: list[BlockElement]
    totals: SubtreeTotals

    @cached_property
    def size(self) -> NDArray[np.float64]:
        """Characters, at least 1: the divisor of shares."""
        return np.maximum(1, self.totals.chars)

    @cached_property
    def signatures(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For every element the number of its signature, and for every signature how many elements have it."""
        _, number, count = np.unique([element.signature for element in self.elements], return_inverse=True, return_counts=True)
        return number, count

    def same_signature(self) -> NDArray[np.intp]:
        """How many elements have the signature of each."""
        number, count = self.signatures
        return count[number]

    def signature_chars(self) -> NDArray[np.float64]:
        """The mean number of characters in elements with the same signature."""
        number, count = self.signatures
        mean: NDArray[np.float64] = (np.bincount(number, weights=self.totals.chars) / count)[number]
        return mean


FEATURES: Features[_Elements] = {
    "chars": lambda page: page.totals.chars,
    "prose_share": lambda page: page.totals.prose_chars / page.size,
    "link_share": lambda page: np.minimum(1.0, page.totals.link_chars / page.size),
    "blocks": lambda page: page.totals.blocks,
    "page_share": lambda page: page.totals.chars / page.size[0],
    "same_signature": _Elements.same_signature,
    "signature_chars": _Elements.signature_chars,
}


def element_table(at: NDArray[np.intp], elements: list[BlockElement], totals: SubtreeTotals) -> Table:
    """For every block the features of its element, of the parent and of the grandparent; `at`: the numbers of the blocks'
    elements, shape (blocks,)."""
    table = measure(FEATURES, _Elements(elements, totals))
    outer = np.array([element.parent.number if element.parent else 0 for element in elements])
    return join(table.take(at, "element_"), table.take(outer[at], "outer_"), table.take(outer[outer[at]], "outer2_"))


def main_element(elements: list[BlockElement], prose_chars: list[float]) -> BlockElement:
    """The smallest element with most of the page's running text: from the body inwards, while one child holds MAIN_SHARE
    of it. `prose_chars`: the characters of running text in every element."""
    found = elements[0]
    for element in elements:
        if element.parent is found and prose_chars[element.number] >= MAIN_SHARE * prose_chars[found.number] > 0:
            found = element
    return found


def levels_between(main: BlockElement, elements: list[BlockElement]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For every element the levels up from the main one to their common ancestor, and the levels down from there to it."""
    up, depth = np.zeros(len(elements)), np.array([element.depth for element in elements])
    ancestors = [main]
    while ancestors[-1].parent is not None:
        ancestors.append(ancestors[-1].parent)
    for level, ancestor in reversed(list(enumerate(ancestors))):  # from the body inwards; each overwrites what is inside it
        up[ancestor.number : ancestor.end] = level
    return up, depth - (main.depth - up)
