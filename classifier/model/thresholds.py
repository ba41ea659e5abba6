"""Choose the threshold of each label for its F1, and turn probabilities into yes, no or unsure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

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
UNSURE_ERRORS = (0.3, 0.25, 0.2, 0.15, 0.1)
"""A probability is unsure where about this share of the articles near it, or more, would be decided wrongly: the first with which
DECIDED_RIGHT is reached, else the last. At .1 every seventh article is unsure of its culture, and .003 more of what is decided is
right than at .15."""
DECIDED_RIGHT = 0.98
"""Share of the decisions on held-out real articles that are to be right for each topic: half a hundredth more than is promised, since
bounds that were chosen on some outlets do a little worse on others."""
MIN_MEASURED = 100
"""Real articles; with fewer a single wrong decision would widen the interval."""


Doubt = TypeVar("Doubt", float, NDArray[np.floating], NDArray[np.floating] | float)
"""Of one article, of each of several, or one for all of them."""


@dataclass(frozen=True)
class Threshold:
    """The probability from which a label is `yes`, and the open interval around it in which the decision is `unsure`."""

    value: float
    low: float
    high: float

    def decide(self, probability: float, doubt: float = 0.0) -> Decision:
        """The decision for one probability; `doubt` is how far the article is from everything seen, 0 to 1, and at 1 all is `unsure`."""
        low, high = self._bounds(doubt)
        if doubt >= 1 or low < probability < high:
            return Decision.UNSURE
        return Decision.YES if probability >= self.value else Decision.NO

    def _bounds(self, doubt: Doubt) -> tuple[Doubt, Doubt]:
        """The interval of `unsure` for an article, or for each of several."""
        return self.low * (1 - WIDENING * doubt), self.high + (1 - self.high) * WIDENING * doubt

    def unsure(self, probability: NDArray[np.floating], doubt: NDArray[np.floating] | float = 0.0) -> NDArray[np.bool_]:
        """For each probability whether the decision is `unsure`: near the threshold, wider the stranger the article is."""
        low, high = self._bounds(doubt)
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


def choose_threshold(
    probability: NDArray[np.float32],
    truth: NDArray[np.bool_],
    weights: NDArray[np.floating] | None = None,
    real: NDArray[np.bool_] | None = None,
) -> Threshold:
    """The threshold nearest to MIDDLE of those whose F1 is within NEAR_BEST of the best, with the interval of one of UNSURE_ERRORS.

    The interval assumes calibrated probabilities: of the articles at .3 three in ten carry the label. How wide it has to be is measured
    on the `real` articles (None: on none).
    """
    counts = np.ones(len(truth)) if weights is None else weights
    scores = np.array([_weighted_f1(truth, probability >= candidate, counts) for candidate in CANDIDATES])
    near_best = CANDIDATES[scores >= scores.max() - NEAR_BEST]
    value = float(np.round(near_best[np.abs(near_best - MIDDLE).argmin()], 3))
    measured = np.flatnonzero(real) if real is not None else np.zeros(0, np.int64)
    return _with_interval(value, probability[measured], truth[measured])


def _with_interval(value: float, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> Threshold:
    """The threshold with the first interval that decides DECIDED_RIGHT of these articles rightly; too few are passed over."""
    thresholds = [Threshold(value, min(value, errors), max(value, round(1 - errors, 3))) for errors in UNSURE_ERRORS]
    if len(truth) < MIN_MEASURED:
        return thresholds[0]
    right = (probability >= value) == truth
    decided = ((found, ~found.unsure(probability)) for found in thresholds)
    return next((found for found, rows in decided if right[rows].sum() >= DECIDED_RIGHT * rows.sum()), thresholds[-1])
