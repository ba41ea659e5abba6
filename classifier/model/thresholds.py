"""Choose the threshold of each label for its F1, and turn probabilities into yes, no or unsure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Decision

CANDIDATES = np.linspace(0.15, 0.85, 71)
"""Thresholds that are tried; outside them a threshold depends on single articles."""
NEAR_BEST = 0.01
"""F1 that a threshold may be below the best. F1 is flat near its best: the very best threshold depends on a few seeds, the middle of
those near the best does not."""
UNSURE_ERRORS = 0.3
"""A probability is unsure where about this share of the articles near it, or more, would be decided wrongly."""


@dataclass(frozen=True)
class Threshold:
    """The probability from which a label is `yes`, and the open interval around it in which the decision is `unsure`."""

    value: float
    low: float
    high: float

    def decide(self, probability: float) -> Decision:
        """The decision for one probability."""
        if self.low < probability < self.high:
            return Decision.UNSURE
        return Decision.YES if probability >= self.value else Decision.NO

    def unsure(self, probability: NDArray[np.floating]) -> NDArray[np.bool_]:
        """For each probability whether the decision is `unsure`."""
        return (probability > self.low) & (probability < self.high)


def f1(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> float:
    """F1 of one label; 0 where it is neither true nor predicted anywhere."""
    both = 2 * int((truth & predicted).sum())
    total = int(truth.sum()) + int(predicted.sum())
    return both / total if total else 0.0


def choose_threshold(probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> Threshold:
    """The mean of the thresholds whose F1 is within NEAR_BEST of the best; the interval is the one of UNSURE_ERRORS.

    The interval assumes calibrated probabilities: of the articles at .3 three in ten carry the label.
    """
    scores = np.array([f1(truth, probability >= candidate) for candidate in CANDIDATES])
    value = float(np.round(CANDIDATES[scores >= scores.max() - NEAR_BEST].mean(), 3))
    low, high = min(value, UNSURE_ERRORS), max(value, 1 - UNSURE_ERRORS)
    return Threshold(value, float(np.round(low, 3)), float(np.round(high, 3)))
