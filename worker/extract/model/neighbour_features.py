"""Add each block's probability and those of its neighbours to its features, for the second forest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from worker.extract.model.table import Features, Table, join, measure, shifted

REACH = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = (5, 15)
"""Blocks to each side that are averaged, weighted by length: whether a block lies among the article's."""


@dataclass(frozen=True)
class _Probabilities:
    """The first forest's probabilities of a page's blocks, and their lengths in characters; both of shape (blocks,)."""

    values: NDArray[np.float32]
    sizes: NDArray[np.float32]

    @cached_property
    def expected(self) -> NDArray[np.float32]:
        """Characters of the article to be expected up to each block, itself included."""
        return np.cumsum(self.values * self.sizes)


def _shifted(page: _Probabilities, by: int) -> NDArray[np.float32]:
    return shifted(page.values, by)


def _mean_around(page: _Probabilities, reach: int) -> NDArray[np.float64]:
    """The mean probability of the characters within `reach` blocks."""
    expected = np.concatenate([[0.0], np.cumsum(page.values * page.sizes)])
    length = np.concatenate([[0.0], np.cumsum(page.sizes)])
    index = np.arange(len(page.values))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(index))
    mean: NDArray[np.float64] = (expected[high] - expected[low]) / (length[high] - length[low] + 1)
    return mean


FEATURES: Features[_Probabilities] = {
    "probability": lambda page: page.values,
    **{f"probability{by:+d}": partial(_shifted, by=by) for by in REACH},
    **{f"probability_around{size}": partial(_mean_around, reach=size) for size in WINDOWS},
    "expected_before": lambda page: page.expected - page.values * page.sizes,
    "expected_after": lambda page: page.expected[-1:] - page.expected,
    "best_before": lambda page: np.maximum.accumulate(page.values),
    "best_after": lambda page: np.maximum.accumulate(page.values[::-1])[::-1],
}


def names() -> tuple[str, ...]:
    """The names of the added columns, in order."""
    return tuple(FEATURES)


def with_probabilities(table: Table, probabilities: NDArray[np.float64]) -> Table:
    """A block table followed by the columns of `names()`; `probabilities` has shape (blocks,)."""
    return join(table, measure(FEATURES, _Probabilities(probabilities.astype(np.float32), table.column("chars"))))
