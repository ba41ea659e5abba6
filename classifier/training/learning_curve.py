"""Measure what more seeds bring: train on growing samples, and measure each model on texts that none of them has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadSeeds
from classifier.model.model import Model
from classifier.model.thresholds import Threshold
from classifier.predict import predict
from classifier.seeds.dataset import Seed
from classifier.seeds.folds import FOLDS, assign
from classifier.text.document import parse_text
from classifier.training.evaluate import Probabilities, evaluate, macro_f1
from classifier.training.figures import SourceTypeFigures, TopicFigures
from classifier.training.held_out import HeldOutRows
from classifier.training.train import Progress, train

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Of the seeds outside TEST_FOLD, each trained on anew: together less CPU time than the whole model, whose point costs nothing."""
TEST_FOLD = FOLDS - 1
"""The fold that is measured: whole authors whom none of the models has seen, and many small ones, since `assign` begins with the large."""
MIN_TEXTS = 30
"""Texts of one origin; a point from fewer is noise."""
OTHERS = "other texts"


@dataclass(frozen=True)
class Point:
    """Macro-F1 on `articles` texts of one origin by a model of `seeds` seeds; over the labels that any of these texts carries."""

    origin: str
    seeds: int
    articles: int
    topics: float
    source_type: float


@dataclass(frozen=True)
class _Measured:
    """Texts with the probabilities that a model gives them."""

    texts: Sequence[Seed]
    topics: Probabilities
    """(texts, topics)."""
    source: Probabilities
    """(texts, source types)."""
    thresholds: Sequence[Threshold]
    seeds: int
    """That the model was trained on."""


def learning_curve(
    seeds: Sequence[Seed], model: Model, rows: HeldOutRows, others: Sequence[Seed] = (), progress: Progress = lambda *_: None
) -> list[Point]:
    """Points by origin and size: seeds of held-out authors by their `origin`, and `others`, texts that no model was trained on.

    `rows` are the held-out predictions for `seeds`, in their order: those of TEST_FOLD are by a model of all other folds. `others`
    are measured with the whole `model` too. The same seeds give the same points.
    """
    fold = assign(seeds)
    in_test = np.flatnonzero(fold == TEST_FOLD)
    test = [seeds[row] for row in in_test.tolist()]
    points = _by_origin(_Measured(test, rows.topics[in_test], rows.source[in_test], model.thresholds, len(seeds) - len(test)))
    points += _of_others(others, model, len(seeds))
    for sample, smaller in _smaller_models(seeds, fold, progress):
        points += _by_origin(_measure(test, smaller, len(sample))) if test else []
        points += _of_others(others, smaller, len(sample))
    return sorted(points, key=lambda point: (point.origin == OTHERS, point.origin, point.seeds))


def _smaller_models(seeds: Sequence[Seed], fold: NDArray[np.int64], progress: Progress) -> Iterator[tuple[list[Seed], Model]]:
    """Each sample that has enough seeds of every label, and the model trained on it."""
    for number, sample in enumerate(samples := _samples(seeds, fold), start=1):
        progress("curve", number, len(samples))
        try:
            yield sample, train(sample)[0]
        except BadSeeds:
            continue


def _samples(seeds: Sequence[Seed], fold: NDArray[np.int64]) -> list[list[Seed]]:
    """Random seeds outside TEST_FOLD, a sample for each of SHARES; each holds the smaller ones."""
    order = np.random.default_rng(0).permutation(np.flatnonzero(fold != TEST_FOLD))
    return [[seeds[row] for row in sorted(order[: round(share * len(order))].tolist())] for share in SHARES]


def _measure(texts: Sequence[Seed], model: Model, seeds: int) -> _Measured:
    predictions = predict(model, [parse_text(text.title, text.text) for text in texts])
    return _Measured(texts, predictions.topics, predictions.source, model.thresholds, seeds)


def _of_others(others: Sequence[Seed], model: Model, seeds: int) -> list[Point]:
    return _points(_measure(others, model, seeds), np.array([OTHERS] * len(others))) if others else []


def _by_origin(measured: _Measured) -> list[Point]:
    return _points(measured, np.array([text.origin for text in measured.texts]))


def _points(measured: _Measured, origins: NDArray[np.str_]) -> list[Point]:
    """A point for each origin with enough texts; `origins` has that of each text."""
    rows_of = ((name, np.flatnonzero(origins == name).tolist()) for name in np.unique(origins).tolist())
    return [_point(measured, name, rows) for name, rows in rows_of if len(rows) >= MIN_TEXTS]


def _point(measured: _Measured, origin: str, rows: list[int]) -> Point:
    texts = [measured.texts[row] for row in rows]
    figures = evaluate(texts, measured.topics[rows], measured.source[rows], [None] * len(rows), measured.thresholds)
    return Point(origin, measured.seeds, len(rows), _occurring_f1(figures.topics), _occurring_f1(figures.source_type))


def _occurring_f1(figures: TopicFigures | SourceTypeFigures) -> float:
    """Mean F1 of the labels that occur."""
    return macro_f1({name: label for name, label in figures.labels.items() if label.support})
