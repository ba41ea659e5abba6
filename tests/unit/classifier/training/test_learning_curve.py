"""The learning curve has a point for each size; the last one is the whole model's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from classifier.label_set import DEFAULT
from classifier.model import artifact
from classifier.seeds.dataset import Seed
from classifier.training.corpus import Material, read_material
from classifier.training.feature_rows import read_feature_rows
from classifier.training.held_out import HeldOutRows, key_of, read_rows
from classifier.training.learning_curve import REAL, SEEDS, learning_curve
from classifier.training.train import train
from tests.conftest import ROOT


def rows_of(trained: Path, seeds: list[Seed]) -> HeldOutRows:
    return read_rows(trained).select([key_of(seed) for seed in seeds])


def test_over_seeds_the_last_point_is_from_held_out_predictions(trained: Path, few_seeds_folder: Path) -> None:
    # Given held-out predictions that miss every topic, for a model that is good
    material = read_material(few_seeds_folder)
    doubled = [copy for seed in material.seeds for copy in (seed, replace(seed, id=f"{seed.id}-again"))]
    rows = rows_of(trained, doubled)
    nothing = replace(rows, topics=rows.topics * 0)
    # When
    curve = learning_curve(replace(material, seeds=doubled), artifact.load(trained), nothing)
    # Then only the last point is zero, and sizes grow
    assert {point.measured for point in curve} == {SEEDS}
    assert [point.topics == 0 for point in curve] == [False] * (len(curve) - 1) + [True]
    assert [point.size for point in curve] == sorted(point.size for point in curve)
    assert len(curve) > 1


def test_over_outlets_more_of_them_teach_more(few_seeds: list[Seed]) -> None:
    every = read_feature_rows(ROOT / "seeds")
    assert every is not None
    rows = every[np.arange(0, len(every), 5)]  # enough to see it, and trained in seconds
    model = train(few_seeds, rows=rows.teaching()).model
    empty = np.zeros((len(few_seeds), 4), np.float32)
    curve = learning_curve(
        Material(DEFAULT, few_seeds, rows), model, HeldOutRows(empty[:, 0].astype(np.uint64), empty, empty[:, :3], empty)
    )
    outlets = len(set(rows.teaching().notes.outlet.tolist()))
    assert [point.size for point in curve] == [0, round(outlets / 4), round(outlets / 2), outlets]
    assert {(point.measured, point.unit, point.articles) for point in curve} == {(REAL, "outlets", len(rows.testing()))}
    assert curve[0].topics < curve[-1].topics
