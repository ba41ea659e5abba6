"""Probabilities become decisions: thresholds for F1, and a band of doubt around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Decision

CANDIDATES = np.linspace(0.15, 0.85, 71)
"""Thresholds tried; beyond these a threshold follows single articles."""
DOUBT = 0.3
"""A probability is in doubt where about so many of the articles near it would be decided wrongly."""


@dataclass(frozen=True)
class Cut:
    """Where a label's yes begins, and the band around it in which the decision is `unsure`."""

    threshold: float
    low: float
    high: float

    def decide(self, probability: float) -> Decision:
        """The decision for one probability."""
        if self.low < probability < self.high:
            return Decision.UNSURE
        return Decision.YES if probability >= self.threshold else Decision.NO


def f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """F1 of one label; 0 where nothing is true and nothing said."""
    both = 2 * int((truth & said).sum())
    total = int(truth.sum()) + int(said.sum())
    return both / total if total else 0.0


def choose_cut(probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> Cut:
    """The threshold with the best F1, the middle of the best run, and the band where calibration says DOUBT."""
    scores = np.array([f1(truth, probability >= candidate) for candidate in CANDIDATES])
    best = CANDIDATES[scores >= scores.max() - 0.002]
    threshold = float(np.round(best[len(best) // 2], 3))
    return Cut(threshold, float(np.round(min(threshold, DOUBT), 3)), float(np.round(max(threshold, 1 - DOUBT), 3)))
