"""Probabilities become decisions: thresholds for F1, and a band of doubt around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Decision

CANDIDATES = np.linspace(0.15, 0.85, 71)
"""Thresholds tried; beyond these a threshold follows single articles."""
NEAR_BEST = 0.01
"""F1 is flat near its best: the very best threshold follows a few seeds, the middle of the plain does not."""
DOUBT = 0.3
"""A probability is in doubt where about so many of the articles near it would be decided wrongly."""


@dataclass(frozen=True)
class Threshold:
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


def choose_threshold(probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> Threshold:
    """The middle of the thresholds whose F1 is within NEAR_BEST of the best, and the band where calibration says DOUBT."""
    scores = np.array([f1(truth, probability >= candidate) for candidate in CANDIDATES])
    threshold = float(np.round(CANDIDATES[scores >= scores.max() - NEAR_BEST].mean(), 3))
    return Threshold(threshold, float(np.round(min(threshold, DOUBT), 3)), float(np.round(max(threshold, 1 - DOUBT), 3)))
