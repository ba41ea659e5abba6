"""The learning curve has a point for each size and origin; the last one is the whole model's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.model import artifact
from classifier.seeds.dataset import Seed, read_seeds
from classifier.seeds.folds import assign
from classifier.training.held_out import HeldOutRows, key_of, read_rows
from classifier.training.learning_curve import OTHERS, TEST_FOLD, Point, learning_curve


@pytest.fixture(scope="module")
def curve(trained: Path, few_seeds_folder: Path) -> list[Point]:
    seeds = read_seeds(few_seeds_folder)
    return learning_curve(seeds, artifact.load(trained), rows_of(trained, seeds), others(seeds))


def rows_of(trained: Path, seeds: list[Seed]) -> HeldOutRows:
    return read_rows(trained).select([key_of(seed) for seed in seeds])


def others(seeds: list[Seed]) -> list[Seed]:
    return [replace(seed, id=f"other-{seed.id}") for seed in seeds[:40]]


def test_each_origin_has_a_line_that_ends_at_the_whole_model(curve: list[Point], few_seeds_folder: Path) -> None:
    seeds = read_seeds(few_seeds_folder)
    outside = int((assign(seeds) != TEST_FOLD).sum())
    sizes = {origin: [point.seeds for point in curve if point.origin == origin] for origin in {point.origin for point in curve}}
    assert set(sizes) <= {"authored", OTHERS}
    assert sizes[OTHERS] == [round(outside / 2), len(seeds)], "smaller shares have too few seeds to train"


def test_texts_that_the_whole_model_was_trained_on_are_no_worse_than_with_half(curve: list[Point]) -> None:
    half, whole = (point for point in curve if point.origin == OTHERS)
    assert 0 < half.topics <= whole.topics <= 1
    assert whole.articles == 40


def test_the_last_point_of_the_seeds_is_from_held_out_predictions(trained: Path, few_seeds_folder: Path) -> None:
    # Given held-out predictions that miss every topic, for a model that is good
    seeds = [replace(seed, origin="reviewed") for seed in read_seeds(few_seeds_folder) for _ in range(2)]
    rows = HeldOutRows(*(array.repeat(2, axis=0) for array in vars(rows_of(trained, seeds[::2])).values()))
    nothing = HeldOutRows(rows.keys, rows.topics * 0, rows.source)
    # When
    curve = [point for point in learning_curve(seeds, artifact.load(trained), nothing) if point.origin == "reviewed"]
    # Then only the last point is zero
    assert [point.topics == 0 for point in curve] == [False] * (len(curve) - 1) + [True]
    assert len(curve) > 1
