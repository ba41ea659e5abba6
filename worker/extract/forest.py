"""A forest of boosted trees, walked in numpy: the same numbers on every machine, and no pickle to load."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

ARRAYS = ("feature", "threshold", "left", "value", "roots")


@dataclass(frozen=True)
class Forest:
    """Trees laid out in arrays; a node's right child stands behind its left one, and a leaf is its own child."""

    feature: Any
    """int32: the column that a node asks for."""
    threshold: Any
    """float64: above it a row goes right; a leaf's is infinite."""
    left: Any
    """int32: the left child."""
    value: Any
    """float64: what a leaf adds to the score; 0 inside."""
    roots: Any
    """int32: the first node of every tree."""
    depth: int
    baseline: float
    columns: int
    """Of the rows that it was fitted on; other rows are another program's."""

    def probabilities(self, rows: Any) -> Any:
        """The chance of each row (float32, shape (n, columns)) to be what the forest looks for; shape (n,)."""
        if rows.shape[1] != self.columns:
            raise ValueError(f"expected rows of {self.columns} columns, came {rows.shape[1]}: the model belongs to other features")
        flat = np.ascontiguousarray(rows).ravel()
        offsets = (np.arange(len(rows), dtype=np.int32) * rows.shape[1])[:, None]
        node = np.repeat(self.roots[None, :], len(rows), axis=0)
        for _ in range(self.depth):
            node = self.left[node] + (flat[offsets + self.feature[node]] > self.threshold[node])
        return 1.0 / (1.0 + np.exp(-(self.baseline + self.value[node].sum(axis=1))))


@lru_cache(maxsize=8)
def load(name: str) -> Forest:
    """The forest `name` that is shipped with the program."""
    return load_from(files("worker.extract") / "model", name)


def load_from(folder: Any, name: str) -> Forest:
    """The forest `name` in `folder` (a path): one JSON and five .npy files."""
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    arrays = {}
    for part in ARRAYS:
        with (folder / f"{name}.{part}.npy").open("rb") as file:
            arrays[part] = np.load(file, allow_pickle=False)
    return Forest(**arrays, depth=about["depth"], baseline=about["baseline"], columns=about["columns"])
