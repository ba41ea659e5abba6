"""Keep the held-out predictions of a model's cross-validation with the model, so that two models can be compared on them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadModel
from classifier.label_set import DEFAULT
from classifier.model import artifact
from classifier.model.array_files import read_part
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Seed
from classifier.training.train import HeldOutPredictions

ARRAYS = ("held_keys", "held_topics", "held_source", "held_primary")
"""Names of the arrays in a model's folder, in the order of HeldOutRows."""


@dataclass(frozen=True)
class HeldOutRows:
    """Probabilities for seeds by models that had not seen them, a row for each seed."""

    keys: NDArray[np.uint64]
    """What `key_of` returns, (rows,)."""
    topics: NDArray[np.float32]
    """(rows, topics)."""
    source: NDArray[np.float32]
    """(rows, source types)."""
    primary: NDArray[np.float32]
    """(rows, topics)."""

    def predicted(self, rows: NDArray[np.int64]) -> HeldOutRows:
        """Some of the rows, by their positions."""
        return HeldOutRows(self.keys[rows], self.topics[rows], self.source[rows], self.primary[rows])

    def select(self, keys: Sequence[int]) -> HeldOutRows:
        """The rows of `keys`, in their order; raises KeyError for one that there is not."""
        row_of = {key: row for row, key in enumerate(self.keys.tolist())}
        return self.predicted(np.array([row_of[key] for key in keys], np.int64))


@dataclass(frozen=True)
class HeldOutModel:
    """What is needed of a model to compare it with another."""

    rows: HeldOutRows
    thresholds: Sequence[Threshold]
    """One for each topic."""
    topics: tuple[str, ...] = DEFAULT.topics
    """Their names."""


def key_of(seed: Seed) -> int:
    """64 bits of SHA-256 of a seed's title and text: the same words have the same key, whatever the seed's id."""
    return int.from_bytes(hashlib.sha256(f"{seed.title}\n{seed.text}".encode()).digest()[:8], "big")


def arrays_of(seeds: Sequence[Seed], held_out: HeldOutPredictions) -> dict[str, NDArray[np.generic]]:
    """The arrays that are stored with the model."""
    keys = np.array([key_of(seed) for seed in seeds], np.uint64)
    return dict(zip(ARRAYS, (keys, held_out.topics, held_out.source, held_out.primary), strict=True))


def read_rows(folder: Path) -> HeldOutRows:
    """The rows in a model's folder; raises BadModel where it has none."""
    try:
        return HeldOutRows(*(np.load(io.BytesIO(read_part(folder, name)), allow_pickle=False) for name in ARRAYS))
    except (BadModel, ValueError, EOFError) as error:
        raise BadModel(f"{folder}: expected held-out predictions beside the model, found none; train it again") from error


def read_held_out(folder: Path) -> HeldOutModel:
    """The rows and thresholds in a model's folder; raises BadModel where it has no rows or is damaged."""
    manifest = artifact.read_manifest(folder)
    return HeldOutModel(read_rows(folder), [Threshold(*cut) for cut in manifest["cuts"]], tuple(manifest["topics"]))
