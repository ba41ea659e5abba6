"""The gate: better passes, luck passes, worse is refused, and a label under its floor is refused whatever else is good."""

import numpy as np
import pytest

from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Paragraph, Seed
from classifier.training.gate import judge
from classifier.training.held_out import HeldRows, key_of

CUTS = [Threshold(0.5, 0.45, 0.55)] * 4


@pytest.fixture(scope="module")
def seeds() -> list[Seed]:
    chance = np.random.default_rng(7)
    return [seed(number, frozenset(topic for topic in TOPICS if chance.random() < 0.4)) for number in range(400)]


def seed(number: int, topics: frozenset[str]) -> Seed:
    return Seed(f"s-{number}", "", (Paragraph(f"Text {number}.", None),), topics, None, SOURCE_TYPES[number % 3], "en", "authored")


def held(seeds: list[Seed], wrong: float, chance: int = 0, only: slice = slice(None)) -> HeldRows:
    """Predictions that are wrong in a share of the cells, and calibrated for it."""
    random = np.random.default_rng(chance)
    topics = np.array([[topic in seed.topics for topic in TOPICS] for seed in seeds])
    flipped = topics ^ (random.random(topics.shape) < wrong)
    source = np.array([[kind == seed.source_type for kind in SOURCE_TYPES] for seed in seeds])
    probability = np.where(flipped, 1 - wrong, wrong).astype(np.float32)
    keys = np.array([key_of(seed) for seed in seeds], np.uint64)
    return HeldRows(keys[only], probability[only], np.where(source, 0.98, 0.01).astype(np.float32)[only])


def test_a_better_model_passes(seeds: list[Seed]) -> None:
    verdict = judge(seeds, (held(seeds, 0.03), CUTS), (held(seeds, 0.08, 1), CUTS))
    assert verdict.passed
    assert verdict.candidate_f1 > verdict.active_f1
    assert verdict.rows == 400


def test_a_model_that_errs_as_often_elsewhere_passes(seeds: list[Seed]) -> None:
    assert judge(seeds, (held(seeds, 0.05, 1), CUTS), (held(seeds, 0.05, 2), CUTS)).passed


def test_a_worse_model_is_refused_and_told_why(seeds: list[Seed]) -> None:
    verdict = judge(seeds, (held(seeds, 0.12, 1), CUTS), (held(seeds, 0.03), CUTS))
    assert not verdict.passed
    assert any("macro-F1" in objection for objection in verdict.objections)


def test_a_model_that_boasts_is_refused(seeds: list[Seed]) -> None:
    boastful = held(seeds, 0.1, 1)
    sharp = HeldRows(boastful.keys, np.where(boastful.topics > 0.5, 0.999, 0.001).astype(np.float32), boastful.source)
    verdict = judge(seeds, (sharp, CUTS), (boastful, CUTS))
    assert any("calibration" in objection for objection in verdict.objections)


def test_a_label_under_its_floor_is_refused_whatever_stood_there(seeds: list[Seed]) -> None:
    poor = held(seeds, 0.4, 1)
    verdict = judge(seeds, (poor, CUTS), (poor, CUTS))
    assert not verdict.passed
    assert any("floor" in objection for objection in verdict.objections)


def test_only_rows_that_both_held_out_are_compared(seeds: list[Seed]) -> None:
    assert judge(seeds, (held(seeds, 0.03), CUTS), (held(seeds, 0.03, only=slice(0, 100)), CUTS)).rows == 100


def test_too_few_common_rows_say_nothing(seeds: list[Seed]) -> None:
    verdict = judge(seeds, (held(seeds, 0.03), CUTS), (held(seeds, 0.03, only=slice(0, 10)), CUTS))
    assert not verdict.passed
    assert any("there are 10" in objection for objection in verdict.objections)
