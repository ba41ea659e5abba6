"""The learning curve: its sizes, its judges, and that it is the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.model import artifact
from classifier.seeds.dataset import Seed, read_seeds
from classifier.seeds.folds import assign
from classifier.training.held_out import HeldRows, key_of, read_rows
from classifier.training.learning_curve import JUDGING, OTHERS, Point, learning_curve


@pytest.fixture(scope="module")
def curve(trained: Path, few_seeds_folder: Path) -> list[Point]:
    seeds = read_seeds(few_seeds_folder)
    return learning_curve(seeds, artifact.load(trained), rows_of(trained, seeds), others(seeds))


def rows_of(trained: Path, seeds: list[Seed]) -> HeldRows:
    found = read_rows(trained)
    order = [found.keys.tolist().index(key_of(seed)) for seed in seeds]
    return HeldRows(found.keys[order], found.topics[order], found.source[order])


def others(seeds: list[Seed]) -> list[Seed]:
    return [replace(seed, id=f"other-{seed.id}") for seed in seeds[:40]]


def test_each_origin_has_a_line_that_ends_at_the_whole_model(curve: list[Point], few_seeds_folder: Path) -> None:
    seeds = read_seeds(few_seeds_folder)
    outside = int((assign(seeds) != JUDGING).sum())
    sizes = {origin: [point.seeds for point in curve if point.origin == origin] for origin in {point.origin for point in curve}}
    assert set(sizes) <= {"authored", OTHERS}
    assert sizes[OTHERS] == [round(outside / 2), len(seeds)], "smaller shares have too few seeds to train"


def test_texts_that_the_whole_model_knows_are_no_worse_than_with_half(curve: list[Point]) -> None:
    half, whole = (point for point in curve if point.origin == OTHERS)
    assert 0 < half.topics <= whole.topics <= 1
    assert whole.articles == 40


def test_the_last_point_of_the_seeds_is_taken_from_predictions_out_of_fold(trained: Path, few_seeds_folder: Path) -> None:
    # Given predictions out of fold that miss everything, for a model that is good
    seeds = [replace(seed, origin="reviewed") for seed in read_seeds(few_seeds_folder) for _ in range(2)]
    rows = HeldRows(*(array.repeat(2, axis=0) for array in vars(rows_of(trained, seeds[::2])).values()))
    nothing = HeldRows(rows.keys, rows.topics * 0, rows.source)
    # When
    curve = [point for point in learning_curve(seeds, artifact.load(trained), nothing) if point.origin == "reviewed"]
    # Then only the last point knows nothing
    assert [point.topics == 0 for point in curve] == [False] * (len(curve) - 1) + [True]
    assert len(curve) > 1
