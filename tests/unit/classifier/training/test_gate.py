"""The gate passes a model that is better or as good, and refuses a worse one and one with any label below the minimum F1."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Paragraph, Seed
from classifier.training.gate import compare
from classifier.training.held_out import HeldOutModel, HeldOutRows, key_of

THRESHOLDS = [Threshold(0.5, 0.45, 0.55)] * 4


@pytest.fixture(scope="module")
def seeds() -> list[Seed]:
    chance = np.random.default_rng(7)
    return [seed(number, frozenset(topic for topic in TOPICS if chance.random() < 0.4)) for number in range(400)]


def seed(number: int, topics: frozenset[str]) -> Seed:
    return Seed(f"s-{number}", "", (Paragraph(f"Text {number}.", None),), topics, None, SOURCE_TYPES[number % 3], "en", "authored")


def held_out(seeds: list[Seed], wrong: float, chance: int = 0, only: slice = slice(None)) -> HeldOutModel:
    """Predictions that are wrong in a share of the cells, and calibrated for it."""
    random = np.random.default_rng(chance)
    topics = np.array([[topic in seed.topics for topic in TOPICS] for seed in seeds])
    flipped = topics ^ (random.random(topics.shape) < wrong)
    source = np.array([[kind == seed.source_type for kind in SOURCE_TYPES] for seed in seeds])
    probability = np.where(flipped, 1 - wrong, wrong).astype(np.float32)
    keys = np.array([key_of(seed) for seed in seeds], np.uint64)
    rows = HeldOutRows(keys[only], probability[only], np.where(source, 0.98, 0.01).astype(np.float32)[only], probability[only])
    return HeldOutModel(rows, THRESHOLDS)


def test_a_better_model_passes(seeds: list[Seed]) -> None:
    verdict = compare(seeds, held_out(seeds, 0.03), held_out(seeds, 0.08, 1))
    assert verdict.passed
    assert verdict.candidate_f1 > verdict.active_f1
    assert verdict.rows == 400


def test_a_model_that_errs_as_often_elsewhere_passes(seeds: list[Seed]) -> None:
    assert compare(seeds, held_out(seeds, 0.05, 1), held_out(seeds, 0.05, 2)).passed


def test_a_worse_model_is_refused_with_a_reason(seeds: list[Seed]) -> None:
    verdict = compare(seeds, held_out(seeds, 0.12, 1), held_out(seeds, 0.03))
    assert not verdict.passed
    assert any("macro-F1" in objection for objection in verdict.objections)


def test_an_overconfident_model_is_refused(seeds: list[Seed]) -> None:
    calibrated = held_out(seeds, 0.1, 1)
    sharp = replace(calibrated.rows, topics=np.where(calibrated.rows.topics > 0.5, 0.999, 0.001).astype(np.float32))
    verdict = compare(seeds, HeldOutModel(sharp, THRESHOLDS), calibrated)
    assert any("calibration" in objection for objection in verdict.objections)


def test_a_label_below_the_minimum_f1_is_refused_though_the_active_model_has_the_same(seeds: list[Seed]) -> None:
    poor = held_out(seeds, 0.4, 1)
    verdict = compare(seeds, poor, poor)
    assert not verdict.passed
    assert any("expected an F1 of 0.75 or more" in objection for objection in verdict.objections)


def test_only_rows_that_both_held_out_are_compared(seeds: list[Seed]) -> None:
    assert compare(seeds, held_out(seeds, 0.03), held_out(seeds, 0.03, only=slice(0, 100))).rows == 100


def test_too_few_common_rows_say_nothing(seeds: list[Seed]) -> None:
    verdict = compare(seeds, held_out(seeds, 0.03), held_out(seeds, 0.03, only=slice(0, 10)))
    assert not verdict.passed
    assert any("got 10" in objection for objection in verdict.objections)


def test_a_model_of_other_topics_is_not_compared_and_is_refused_by_name(seeds: list[Seed]) -> None:
    other = replace(held_out(seeds, 0.03), topics=("fisheries", "energy"))
    verdict = compare(seeds, other, held_out(seeds, 0.03))
    assert not verdict.passed
    assert verdict.objections == (
        "expected the topics of the active model (border_dispute, trade, demining, culture), got fisheries, energy",
    )
