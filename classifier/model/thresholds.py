"""Choose the threshold of each label for its F1, and turn probabilities into yes, no or unsure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Decision

WIDENING = 0.5
"""Share of the way from its bounds to 0 and 1 that the interval of `unsure` widens for an article that is nearly out of distribution."""
CANDIDATES = np.linspace(0.15, 0.85, 71)
"""Thresholds that are tried; outside them a threshold depends on single articles."""
NEAR_BEST = 0.02
"""F1 that a threshold may be below the best. F1 is flat near its best: the very best threshold depends on a few articles."""
MIDDLE = 0.42
"""Half of the F1 that the topics reach on real texts, which is where calibrated probabilities have their best F1 (Lipton et al. 2014).
Nested on folds of the teaching rows by outlet, nearest to .5, .45, .42, .4: .820, .820, .826, .822. Thresholds chosen freely on seeds
were far too low (demining .19)."""
UNSURE_ERRORS = 0.3
"""A probability is unsure where about this share of the articles near it, or more, would be decided wrongly."""


@dataclass(frozen=True)
class Threshold:
    """The probability from which a label is `yes`, and the open interval around it in which the decision is `unsure`."""

    value: float
    low: float
    high: float

    def decide(self, probability: float, doubt: float = 0.0) -> Decision:
        """The decision for one probability; `doubt` is how far the article is from everything seen, 0 to 1, and at 1 all is `unsure`."""
        if doubt >= 1 or self.unsure(np.array([probability]), np.array([doubt]))[0]:
            return Decision.UNSURE
        return Decision.YES if probability >= self.value else Decision.NO

    def unsure(self, probability: NDArray[np.floating], doubt: NDArray[np.floating] | float = 0.0) -> NDArray[np.bool_]:
        """For each probability whether the decision is `unsure`: near the threshold, wider the stranger the article is."""
        low, high = self.low * (1 - WIDENING * doubt), self.high + (1 - self.high) * WIDENING * doubt
        return np.asarray((probability > low) & (probability < high))


def f1(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> float:
    """F1 of one label; 0 where it is neither true nor predicted anywhere."""
    both = 2 * int((truth & predicted).sum())
    total = int(truth.sum()) + int(predicted.sum())
    return both / total if total else 0.0


def _weighted_f1(truth: NDArray[np.bool_], predicted: NDArray[np.bool_], weights: NDArray[np.floating]) -> float:
    """F1 where each article counts by its weight."""
    total = float(weights[truth].sum() + weights[predicted].sum())
    return 2 * float(weights[truth & predicted].sum()) / total if total else 0.0


def choose_threshold(probability: NDArray[np.float32], truth: NDArray[np.bool_], weights: NDArray[np.floating] | None = None) -> Threshold:
    """The threshold nearest to MIDDLE of those whose F1 is within NEAR_BEST of the best; the interval is the one of UNSURE_ERRORS.

    The interval assumes calibrated probabilities: of the articles at .3 three in ten carry the label.
    """
    counts = np.ones(len(truth)) if weights is None else weights
    scores = np.array([_weighted_f1(truth, probability >= candidate, counts) for candidate in CANDIDATES])
    near_best = CANDIDATES[scores >= scores.max() - NEAR_BEST]
    value = float(np.round(near_best[np.abs(near_best - MIDDLE).argmin()], 3))
    low, high = min(value, UNSURE_ERRORS), max(value, 1 - UNSURE_ERRORS)
    return Threshold(value, float(np.round(low, 3)), float(np.round(high, 3)))
