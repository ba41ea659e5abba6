from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from classifier.labels import TOPICS
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Seed
from classifier.training.corpus import targets_of
from classifier.training.evaluate import calibration_error, calibration_errors, evaluate
from classifier.training.figures import table


@dataclass
class Predictions:
    topics: np.ndarray
    source: np.ndarray
    primary: np.ndarray


THRESHOLDS = [Threshold(0.5, 0.4, 0.6)] * 4


def test_perfect_calibration_has_no_error_and_false_certainty_has_an_error_of_one() -> None:
    truth = np.array([True] * 7 + [False] * 3)
    assert calibration_error(np.full(10, 0.7), truth) == pytest.approx(0)
    assert calibration_error(np.ones(10), ~np.ones(10, bool)) == 1


def test_figures_count_hits_misses_and_confusions(few_seeds: list[Seed]) -> None:
    seeds = [
        replace(few_seeds[0], topics=frozenset({"trade"}), primary="trade", source_type="official"),
        replace(few_seeds[0], topics=frozenset({"trade"}), primary=None, source_type="independent"),
    ]
    topics = np.array([[0, 0.9, 0, 0], [0, 0.1, 0, 0.9]])
    source = np.array([[0.8, 0.1, 0.1], [0.8, 0.1, 0.1]])
    primary = np.array([[0, 0.9, 0, 0], [0, 0, 0, 0.9]])
    found = evaluate(targets_of(seeds), Predictions(topics, source, primary), THRESHOLDS)
    trade = found.topics.labels["trade"]
    assert (trade.precision, trade.recall, trade.support) == (1, 0.5, 2)
    assert found.topics.labels["culture"].precision == 0
    assert found.source_type.confusion == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
    assert found.primary_right == 0.5
    assert all(topic in table(found) for topic in TOPICS)


def test_a_row_that_a_sample_holds_twice_counts_as_two_rows() -> None:
    # Given two labels, and a sample that holds the first row twice and the last not at all
    probability = np.array([[0.9, 0.2], [0.4, 0.3], [0.45, 0.9], [0.8, 0.1]])
    truth = np.array([[True, True], [False, False], [True, True], [False, True]])
    times = np.array([[1, 1, 1, 1], [2, 1, 1, 0]], float)
    # When
    found = calibration_errors(probability, truth, times)
    # Then each cell is the error of the rows written out
    rows = ([0, 1, 2, 3], [0, 0, 1, 2])
    assert found == pytest.approx(np.array([[calibration_error(probability[r, c], truth[r, c]) for c in (0, 1)] for r in rows]))
    assert found[0, 0] == pytest.approx((abs(0.9 - 1) + abs(0.85 - 1) + 0.8) / 4)
