"""Held-out predictions: what a model's own cross-validation said of each seed, kept with it so that two models can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadModel
from classifier.seeds.dataset import Seed
from classifier.training.train import HeldOut

PARTS = ("held_keys", "held_topics", "held_source")


@dataclass(frozen=True)
class HeldRows:
    """One row a seed: `keys` uint64, `topics` (rows, 4) and `source` (rows, 3) probabilities as float32."""

    keys: NDArray[np.uint64]
    topics: NDArray[np.float32]
    source: NDArray[np.float32]


def key_of(seed: Seed) -> int:
    """Of a seed's title and text: the same words are the same row, whatever the seed is called; 64 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{seed.title}\n{seed.text}".encode()).digest()[:8], "big")


def parts_of(seeds: Sequence[Seed], held: HeldOut) -> dict[str, NDArray[Any]]:
    """The arrays to be stored with the model."""
    keys = np.array([key_of(seed) for seed in seeds], np.uint64)
    return dict(zip(PARTS, (keys, held.topics.astype(np.float32), held.source.astype(np.float32)), strict=True))


def read_rows(folder: Path) -> HeldRows:
    """The rows in a model's folder; raises BadModel where it has none."""
    try:
        return HeldRows(*(np.load(folder / f"{name}.npy", allow_pickle=False) for name in PARTS))
    except (OSError, ValueError) as error:
        raise BadModel(f"{folder}: expected held-out predictions beside the model, found none; train it again") from error
