from __future__ import annotations

import numpy as np
import pytest

from classifier.labels import Decision
from classifier.model.thresholds import MIDDLE, Threshold, choose_threshold, f1


@pytest.mark.parametrize(
    ("probability", "decision"), [(0.9, "yes"), (0.7, "yes"), (0.5, "unsure"), (0.31, "unsure"), (0.3, "no"), (0.0, "no")]
)
def test_probabilities_near_the_threshold_are_unsure(probability: float, decision: str) -> None:
    assert Threshold(0.4, 0.3, 0.7).decide(probability) == Decision(decision)


def test_the_threshold_is_the_nearest_to_the_middle_of_those_with_nearly_the_best_f1() -> None:
    probability = np.array([0.05] * 50 + [0.2] * 5 + [0.8] * 20, np.float32)
    truth = np.array([False] * 55 + [True] * 20)
    threshold = choose_threshold(probability, truth)
    assert threshold.value == MIDDLE
    assert threshold.low <= threshold.value <= threshold.high


def test_f1_is_zero_where_nothing_is_true_and_nothing_predicted() -> None:
    nothing = np.zeros(3, bool)
    assert f1(nothing, nothing) == 0
    assert f1(np.array([True, True, False]), np.array([True, False, True])) == 0.5


def test_articles_that_count_more_decide_the_threshold() -> None:
    # Given three seeds at .3 that carry the label, and one real article at .4 that does not
    probability = np.array([0.1] * 20 + [0.3] * 3 + [0.9] * 5 + [0.4], np.float32)
    truth = np.array([False] * 20 + [True] * 8 + [False])
    # When it counts as one seed, and as fifty
    alike = choose_threshold(probability, truth)
    heavy = choose_threshold(probability, truth, np.where(probability == np.float32(0.4), 50.0, 1.0))
    # Then only the heavy one moves the threshold above it
    assert alike.value <= 0.3
    assert heavy.value > 0.4


def test_what_is_unsure_widens_with_the_distance_from_everything_seen() -> None:
    threshold = Threshold(0.5, 0.3, 0.7)
    assert [threshold.decide(0.76, doubt) for doubt in (0.0, 0.5, 0.9, 1.0)] == ["yes", "unsure", "unsure", "unsure"]
    assert [threshold.decide(0.2, doubt) for doubt in (0.0, 0.9)] == ["no", "unsure"]
    assert threshold.decide(0.99, 0.9) == "yes"


def measured(wrong: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """240 articles, all real, of which five at the probability `wrong` do not carry the label."""
    probability = np.array([0.02] * 85 + [0.97] * 150 + [wrong] * 5, np.float32)
    truth = np.array([False] * 85 + [True] * 150 + [False] * 5)
    return probability, truth, np.ones(len(truth), bool)


@pytest.mark.parametrize(
    ("wrong", "low", "high"), [(0.6, 0.3, 0.7), (0.72, 0.25, 0.75), (0.76, 0.2, 0.8), (0.87, 0.1, 0.9), (0.95, 0.1, 0.9)]
)
def test_what_is_unsure_is_as_wide_as_the_wrong_decisions_on_real_articles_ask(wrong: float, low: float, high: float) -> None:
    probability, truth, real = measured(wrong)
    threshold = choose_threshold(probability, truth, real=real)
    assert (threshold.low, threshold.high) == (low, high)


def test_seeds_and_a_few_real_articles_do_not_widen_it() -> None:
    probability, truth, real = measured(0.87)
    few = np.arange(len(real)) >= len(real) - 90
    assert choose_threshold(probability, truth) == choose_threshold(probability, truth, real=~real)
    assert choose_threshold(probability, truth, real=few).low == 0.3


def test_where_nothing_at_all_is_decided_the_narrowest_interval_is_enough() -> None:
    probability, truth = np.full(200, 0.5, np.float32), np.arange(200) % 2 == 0
    assert choose_threshold(probability, truth, real=np.ones(200, bool)).high == 0.7
