"""Second look: each block's chance beside those of its neighbours, so that an article comes out whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.extract.model.block_features import shifted

REACH = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = (5, 15)
"""Blocks to each side over which a mean, weighted by length, tells whether the surroundings are article."""


def names() -> list[str]:
    """The names of the added columns, in order."""
    return [
        "chance",
        *(f"chance{at:+d}" for at in REACH),
        *(f"chance_around{size}" for size in WINDOWS),
        "kept_before",
        "kept_after",
        "best_before",
        "best_after",
    ]


def with_chances(rows: NDArray[np.float32], chances: NDArray[np.float64]) -> NDArray[np.float32]:
    """`rows` (float32, shape (n, columns)) with the columns of `names()` behind them; `chances` has shape (n,)."""
    near = chances.astype(np.float32)
    sizes = rows[:, 0]
    kept = np.cumsum(near * sizes)
    columns = [near, *(shifted(near, by) for by in REACH), *(_around(near, sizes, size) for size in WINDOWS)]
    columns += [kept - near * sizes, kept[-1:] - kept]
    columns += [np.maximum.accumulate(near), np.maximum.accumulate(near[::-1])[::-1]]
    return np.concatenate([rows, np.stack(columns, axis=1).astype(np.float32)], axis=1)


def _around(chances: NDArray[np.float32], sizes: NDArray[np.float32], reach: int) -> NDArray[np.float64]:
    """The mean chance of the letters within `reach` blocks."""
    total = np.concatenate([[0.0], np.cumsum(chances * sizes)])
    length = np.concatenate([[0.0], np.cumsum(sizes)])
    places = np.arange(len(chances))
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(chances))
    mean: NDArray[np.float64] = (total[high] - total[low]) / (length[high] - length[low] + 1)
    return mean
