"""Measure what more material brings: train on growing samples, and measure each model on articles that none of them has seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifier.child_process import Progress
from classifier.errors import BadSeeds
from classifier.model.model import Model
from classifier.seeds.folds import FOLDS, assign
from classifier.training.corpus import Material, Targets, targets_of
from classifier.training.evaluate import Predicted, evaluate, macro_f1
from classifier.training.feature_rows import FeatureRows
from classifier.training.figures import SourceTypeFigures, TopicFigures
from classifier.training.held_out import HeldOutRows
from classifier.training.real_figures import predict_rows
from classifier.training.train import train

OUTLET_SHARES = (0.0, 1 / 4, 1 / 2)
"""Of the outlets that teach, each trained on anew beside all seeds; the whole model's point costs nothing."""
SEED_SHARES = (1 / 8, 1 / 4, 1 / 2)
"""Of the seeds outside TEST_FOLD, where there are no feature rows."""
TEST_FOLD = FOLDS - 1
"""The fold that is measured: whole authors whom none of the models has seen, and many small ones, since `assign` begins with the large."""
MIN_TEXTS = 30
"""Texts that are measured; a point from fewer is noise."""
REAL, SEEDS = "real articles of other outlets", "seeds of other authors"


@dataclass(frozen=True)
class Point:
    """Macro-F1 on `articles` articles (REAL or SEEDS) by a model that `size` outlets or seeds taught; over the labels that occur."""

    measured: str
    size: int
    articles: int
    topics: float
    source_type: float

    @property
    def unit(self) -> str:
        """What `size` counts."""
        return "outlets" if self.measured == REAL else "seeds"


def learning_curve(material: Material, model: Model, rows: HeldOutRows, progress: Progress = lambda *_: None) -> list[Point]:
    """Points by size, the last one that of the whole `model`: over outlets where there are feature rows, else over seeds.

    `rows` are the held-out predictions for the seeds, in their order. The same material gives the same points.
    """
    if material.rows is not None and material.label_set.is_default and len(material.rows.testing()) >= MIN_TEXTS:
        return _over_outlets(material, material.rows, model, progress)
    return _over_seeds(material, model, rows, progress)


def _over_outlets(material: Material, rows: FeatureRows, model: Model, progress: Progress) -> list[Point]:
    teaching, testing = rows.teaching(), rows.testing()
    outlets = np.random.default_rng(0).permutation(np.unique(teaching.notes.outlet))
    points = []
    for number, share in enumerate(OUTLET_SHARES, start=1):
        progress("curve", number, len(OUTLET_SHARES))
        chosen = outlets[: round(share * len(outlets))]
        sample = teaching[np.flatnonzero(np.isin(teaching.notes.outlet, chosen))] if len(chosen) else None
        smaller = train(material.seeds, label_set=material.label_set, rows=sample).model
        points.append(_real_point(smaller, testing, len(chosen)))
    return [*points, _real_point(model, testing, len(outlets))]


def _real_point(model: Model, testing: FeatureRows, outlets: int) -> Point:
    targets = Targets(testing.topics, testing.sources, testing.primary)
    return _point(REAL, outlets, targets, predict_rows(model, testing), model)


def _over_seeds(material: Material, model: Model, rows: HeldOutRows, progress: Progress) -> list[Point]:
    seeds = material.seeds
    fold = assign(seeds)
    test = np.flatnonzero(fold == TEST_FOLD)
    if len(test) < MIN_TEXTS:
        return []
    targets = targets_of([seeds[row] for row in test.tolist()], material.label_set)
    order = np.random.default_rng(0).permutation(np.flatnonzero(fold != TEST_FOLD))
    points = []
    for number, share in enumerate(SEED_SHARES, start=1):
        progress("curve", number, len(SEED_SHARES))
        sample = np.concatenate([np.sort(order[: round(share * len(order))]), test])
        try:
            trained = train([seeds[row] for row in sample.tolist()], label_set=material.label_set)
        except BadSeeds:
            continue
        held_out = trained.seeds[np.arange(len(sample) - len(test), len(sample))]
        points.append(_point(SEEDS, len(sample), targets, held_out, trained.model))
    return [*points, _point(SEEDS, len(seeds), targets, rows.predicted(test), model)]


def _point(measured: str, size: int, targets: Targets, predicted: Predicted, model: Model) -> Point:
    figures = evaluate(targets, predicted, model.thresholds, model.label_set.topics)
    return Point(measured, size, figures.articles, _occurring_f1(figures.topics), _occurring_f1(figures.source_type))


def _occurring_f1(figures: TopicFigures | SourceTypeFigures) -> float:
    """Mean F1 of the labels that occur."""
    return macro_f1({name: label for name, label in figures.labels.items() if label.support})
