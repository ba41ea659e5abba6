"""Evaluate forests of boosted trees in numpy: the same numbers on every machine, and no pickle to load."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from worker.extract.model import manifest
from worker.extract.model.manifest import Vocabulary
from worker.extract.model.table import Table

BATCH = 1024  # rows at a time: most pages have fewer, and for 200,000 the nodes of all trees would take 500 MB
ARRAYS = ("feature", "threshold", "left", "value", "roots")


@dataclass(frozen=True)
class Forest:
    """Trees as arrays of nodes; the right child of a node follows its left child, and a leaf is its own child."""

    feature: NDArray[np.int32]
    """The column that a node compares."""
    threshold: NDArray[np.float64]
    """A row with a greater value goes to the right child; infinite for a leaf."""
    left: NDArray[np.int32]
    """The left child."""
    value: NDArray[np.float64]
    """What a leaf adds to the score; 0 for other nodes."""
    roots: NDArray[np.int32]
    """The first node of every tree."""
    depth: int
    baseline: float
    columns: tuple[str, ...]
    """The names of the table's columns that it was fitted on."""

    def probabilities(self, table: Table) -> NDArray[np.float64]:
        """The probability of each row of `table` to belong to the class that the forest was fitted for; shape (rows,).

        Raises ValueError for a table with other columns than the forest was fitted on.
        """
        if table.names != self.columns:
            raise ValueError(f"{_difference(self.columns, table.names)}: the model belongs to other features")
        rows = table.rows
        starts = range(0, max(1, len(rows)), BATCH)
        return np.concatenate([self._evaluate(np.ascontiguousarray(rows[at : at + BATCH])) for at in starts])

    def _evaluate(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        flat = rows.ravel()
        offsets = np.arange(0, flat.size, len(self.columns))[:, None]
        (feature, threshold), *inner = self._complete.levels
        node = 2 * np.arange(len(self.roots)) + (rows.take(feature, axis=1) > threshold)
        for feature, threshold in inner:
            above = flat.take(feature.take(node) + offsets) > threshold.take(node)
            node *= 2
            node += above
        score: NDArray[np.float64] = self.baseline + self._complete.value.take(node).sum(axis=1)
        return 1.0 / (1.0 + np.exp(-score))

    @cached_property
    def _complete(self) -> _CompleteTrees:
        """The trees filled up to one depth; a leaf above it is repeated as its own left descendant."""
        node, levels = self.roots[:, None], []
        for _ in range(self.depth):
            levels.append((self.feature[node].ravel().astype(np.intp), _rounded_down(self.threshold[node].ravel())))
            left = self.left[node]
            node = np.stack([left, np.where(left == node, node, left + 1)], axis=2).reshape(len(self.roots), -1)
        return _CompleteTrees(levels, self.value[node].ravel())


def _difference(expected: tuple[str, ...], got: tuple[str, ...]) -> str:
    """The first column in which two lists of names differ, in words."""
    if len(expected) != len(got):
        return f"expected {len(expected)} columns, got {len(got)}"
    at = next(at for at, (one, other) in enumerate(zip(expected, got, strict=True)) if one != other)
    return f"expected column {at} to be {expected[at]}, got {got[at]}"


@dataclass(frozen=True)
class _CompleteTrees:
    """Trees of one depth: the children of node n are the nodes 2 n and 2 n + 1 of the next level."""

    levels: list[tuple[NDArray[np.intp], NDArray[np.float32]]]
    """Columns and thresholds of each level's nodes, tree by tree."""
    value: NDArray[np.float64]
    """What each node below the last level adds to the score."""


def _rounded_down(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The greatest float32 that is no greater than each value; since no float32 lies between, comparisons give the same result."""
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)


@lru_cache(maxsize=8)
def load(name: str, vocabulary: Vocabulary) -> Forest:
    """The forest `name` that the program is shipped with: `first` and `second` for blocks, `lines` for lines.

    Raises ValueError where it was fitted on another vocabulary than the features count now.
    """
    folder = files("worker.extract.model") / "shipped"
    stated = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    manifest.require(name, stated["vocabulary"], vocabulary)
    return load_from(folder, name)


def load_from(folder: Traversable, name: str) -> Forest:
    """The forest `name` in `folder`: one JSON file and five .npy files."""
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    arrays = {}
    for part in ARRAYS:
        with (folder / f"{name}.{part}.npy").open("rb") as file:
            arrays[part] = np.load(file, allow_pickle=False)
    return Forest(**arrays, depth=about["depth"], baseline=about["baseline"], columns=tuple(about["columns"]))
