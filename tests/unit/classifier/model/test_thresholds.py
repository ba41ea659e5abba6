from __future__ import annotations

import numpy as np
import pytest

from classifier.labels import Decision
from classifier.model.thresholds import Threshold, choose_threshold, f1


@pytest.mark.parametrize(
    ("probability", "decision"), [(0.9, "yes"), (0.7, "yes"), (0.5, "unsure"), (0.31, "unsure"), (0.3, "no"), (0.0, "no")]
)
def test_probabilities_near_the_threshold_are_unsure(probability: float, decision: str) -> None:
    assert Threshold(0.4, 0.3, 0.7).decide(probability) == Decision(decision)


def test_the_threshold_is_the_middle_of_those_with_nearly_the_best_f1() -> None:
    probability = np.array([0.05] * 50 + [0.2] * 5 + [0.8] * 20, np.float32)
    truth = np.array([False] * 55 + [True] * 20)
    threshold = choose_threshold(probability, truth)
    assert 0.45 < threshold.value < 0.55
    assert threshold.low <= threshold.value <= threshold.high


def test_f1_is_zero_where_nothing_is_true_and_nothing_predicted() -> None:
    nothing = np.zeros(3, bool)
    assert f1(nothing, nothing) == 0
    assert f1(np.array([True, True, False]), np.array([True, False, True])) == 0.5
