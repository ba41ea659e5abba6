"""Measure a model: precision, recall, F1 and calibration of each label, out of fold and on articles that are no seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model.first_level import source_targets, topic_targets
from classifier.model.thresholds import Threshold, f1
from classifier.predict import LIKELY
from classifier.seeds.dataset import Seed
from classifier.training.figures import Evaluation, LabelFigures, SourceTypeFigures, TopicFigures
from classifier.training.train import HeldOutPredictions

BINS = 10
"""Of the calibration error, as in Guo et al. 2017."""

Probabilities = NDArray[np.floating]


def bins_of(probability: Probabilities) -> NDArray[np.int64]:
    """The bin of each probability, 0 to BINS - 1."""
    return np.minimum((probability * BINS).astype(np.int64), BINS - 1)


def calibration_error(probability: Probabilities, truth: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between probability and frequency over BINS equal bins, weighted by their size."""
    return float(calibration_errors(probability[:, None], truth[:, None], np.ones((1, len(truth))))[0, 0])


def calibration_errors(probability: Probabilities, truth: NDArray[np.bool_], times: Probabilities) -> Probabilities:
    """The same of several labels (rows, labels) in many samples, (samples, labels).

    `times` (samples, rows) is how often a row is in a sample.
    """
    bins = bins_of(probability)
    gap = (probability - truth).astype(times.dtype)
    gaps = sum(np.abs(times @ np.where(bins == number, gap, 0)) for number in range(BINS))
    return np.asarray(gaps / times.sum(axis=1, keepdims=True))


def _label_figures(
    probability: Probabilities, predicted: NDArray[np.bool_], truth: NDArray[np.bool_], threshold: Threshold | None
) -> LabelFigures:
    hits = int((predicted & truth).sum())
    return LabelFigures(
        precision=_share(hits, int(predicted.sum())),
        recall=_share(hits, int(truth.sum())),
        f1=round(f1(truth, predicted), 3),
        support=int(truth.sum()),
        threshold=threshold.value if threshold else None,
        ece=round(calibration_error(probability, truth), 3),
        unsure=round(float(threshold.unsure(probability).mean()), 3) if threshold else None,
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def _topic_figures(seeds: Sequence[Seed], probability: Probabilities, thresholds: Sequence[Threshold]) -> TopicFigures:
    truth = topic_targets(seeds) == 1
    labels = {
        topic.value: _label_figures(probability[:, column], probability[:, column] >= threshold.value, truth[:, column], threshold)
        for column, (topic, threshold) in enumerate(zip(TOPICS, thresholds, strict=True))
    }
    return TopicFigures(labels, macro_f1(labels))


def _source_type_figures(seeds: Sequence[Seed], probability: Probabilities) -> SourceTypeFigures:
    """The likeliest source type is the predicted one."""
    truth, predicted = source_targets(seeds), probability.argmax(axis=1)
    labels = {
        source_type.value: _label_figures(probability[:, column], predicted == column, truth == column, None)
        for column, source_type in enumerate(SOURCE_TYPES)
    }
    columns = range(len(SOURCE_TYPES))
    confusion = [[int(((truth == row) & (predicted == column)).sum()) for column in columns] for row in columns]
    return SourceTypeFigures(labels, macro_f1(labels), confusion)


def macro_f1(labels: Mapping[str, LabelFigures]) -> float:
    """The mean F1 of some labels."""
    return round(float(np.mean([figures.f1 for figures in labels.values()])), 3)


def evaluate(
    seeds: Sequence[Seed],
    topics: Probabilities,
    source: Probabilities,
    primary: Sequence[str | None],
    thresholds: Sequence[Threshold],
) -> Evaluation:
    """Figures of predictions against the labels of `seeds`.

    `topics` (seeds, topics) and `source` (seeds, source types) are probabilities, `primary` the predicted main topics.
    """
    right = sum(predicted == seed.primary for predicted, seed in zip(primary, seeds, strict=True))
    return Evaluation(
        articles=len(seeds),
        topics=_topic_figures(seeds, topics, thresholds),
        source_type=_source_type_figures(seeds, source),
        primary_right=round(right / max(1, len(seeds)), 3),
    )


def evaluate_held_out(seeds: Sequence[Seed], held_out: HeldOutPredictions, thresholds: Sequence[Threshold]) -> Evaluation:
    """Figures for the seeds by models that had not seen them."""
    return evaluate(seeds, held_out.topics, held_out.source, _primaries(held_out, thresholds), thresholds)


def _primaries(held_out: HeldOutPredictions, thresholds: Sequence[Threshold]) -> list[str | None]:
    carried = held_out.topics >= np.array([threshold.value for threshold in thresholds])
    likely = np.where(carried, held_out.primary, 0)
    return [TOPICS[int(row.argmax())].value if row.max() >= LIKELY else None for row in likely]
