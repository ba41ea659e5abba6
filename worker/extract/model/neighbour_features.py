"""Add each block's chance and those of its neighbours to its features, so that the second forest takes an article whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from worker.extract.model.table import Features, Table, join, measure, shifted

REACH = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = (5, 15)
"""Blocks to each side over which a mean, weighted by length, tells whether the surroundings are article."""


@dataclass(frozen=True)
class _Chances:
    """The first forest's chances of a page's blocks, and their lengths; both of shape (blocks,)."""

    chances: NDArray[np.float32]
    sizes: NDArray[np.float32]

    @cached_property
    def kept(self) -> NDArray[np.float32]:
        """Characters of the article to be expected up to each block, itself included."""
        return np.cumsum(self.chances * self.sizes)


def _shifted(page: _Chances, by: int) -> NDArray[np.float32]:
    return shifted(page.chances, by)


def _around(page: _Chances, reach: int) -> NDArray[np.float64]:
    """The mean chance of the letters within `reach` blocks."""
    total = np.concatenate([[0.0], np.cumsum(page.chances * page.sizes)])
    length = np.concatenate([[0.0], np.cumsum(page.sizes)])
    places = np.arange(len(page.chances))
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(places))
    mean: NDArray[np.float64] = (total[high] - total[low]) / (length[high] - length[low] + 1)
    return mean


FEATURES: Features[_Chances] = {
    "chance": lambda page: page.chances,
    **{f"chance{by:+d}": partial(_shifted, by=by) for by in REACH},
    **{f"chance_around{size}": partial(_around, reach=size) for size in WINDOWS},
    "kept_before": lambda page: page.kept - page.chances * page.sizes,
    "kept_after": lambda page: page.kept[-1:] - page.kept,
    "best_before": lambda page: np.maximum.accumulate(page.chances),
    "best_after": lambda page: np.maximum.accumulate(page.chances[::-1])[::-1],
}


def names() -> tuple[str, ...]:
    """The names of the added columns, in order."""
    return tuple(FEATURES)


def with_chances(table: Table, chances: NDArray[np.float64]) -> Table:
    """The columns of a block table, and behind them those of `names()`; `chances` has shape (blocks,)."""
    return join(table, measure(FEATURES, _Chances(chances.astype(np.float32), table.column("chars"))))
