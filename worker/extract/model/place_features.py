"""Measure the elements of a page: how much text and how many links each holds, and how it lies to the main one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worker.extract.model.table import Features, Table, join, measure
from worker.extract.page.blocks import Place
from worker.extract.page.subtree_totals import SubtreeTotals

MOST = 0.7  # of the running text of an element: a child with as much is the article's element, or holds it


@dataclass(frozen=True)
class _Places:
    """The elements of a page and the totals of their subtrees."""

    places: list[Place]
    totals: SubtreeTotals

    @cached_property
    def size(self) -> NDArray[np.float64]:
        return np.maximum(1, self.totals.chars)

    @cached_property
    def alike(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For every place the number of its signature, and for every signature how many places share it."""
        _, number, count = np.unique([place.signature for place in self.places], return_inverse=True, return_counts=True)
        return number, count

    def same_signature(self) -> NDArray[np.intp]:
        number, count = self.alike
        return count[number]

    def signature_chars(self) -> NDArray[np.float64]:
        """The mean number of characters in places with the same signature."""
        number, count = self.alike
        mean: NDArray[np.float64] = (np.bincount(number, weights=self.totals.chars) / count)[number]
        return mean


FEATURES: Features[_Places] = {
    "chars": lambda page: page.totals.chars,
    "prose_share": lambda page: page.totals.prose_chars / page.size,
    "link_share": lambda page: np.minimum(1.0, page.totals.link_chars / page.size),
    "blocks": lambda page: page.totals.blocks,
    "page_share": lambda page: page.totals.chars / page.size[0],
    "same_signature": _Places.same_signature,
    "signature_chars": _Places.signature_chars,
}


def place_features(at: NDArray[np.intp], places: list[Place], totals: SubtreeTotals) -> Table:
    """Features of each block's place and of the two around it; `at`: the numbers of the blocks' places."""
    table = measure(FEATURES, _Places(places, totals))
    outer = np.array([place.parent.number if place.parent else 0 for place in places])
    return join(table.take(at, "place_"), table.take(outer[at], "outer_"), table.take(outer[outer[at]], "outer2_"))


def best_place(places: list[Place], prose: list[float]) -> Place:
    """The smallest place that holds most of the page's running text: from the body inwards, while one child holds MOST of it.

    `prose`: the characters of running text in every place.
    """
    best = places[0]
    for place in places:
        if place.parent is best and prose[place.number] >= MOST * prose[best.number] > 0:
            best = place
    return best


def levels(best: Place, places: list[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For every place: levels up from the best one to their common ancestor, and down from there to it."""
    up, depth = np.zeros(len(places)), np.array([place.depth for place in places])
    line = [best]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    for level, place in reversed(list(enumerate(line))):  # from the body inwards, each over what is inside
        up[place.number : place.end] = level
    return up, depth - (best.depth - up)
