"""Measure a model: precision, recall, F1 and calibration of each label, out of fold and on articles that are no seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.label_set import DEFAULT
from classifier.labels import SOURCE_TYPES
from classifier.model.thresholds import Threshold, f1
from classifier.predict import LIKELY
from classifier.training.corpus import Targets
from classifier.training.figures import Evaluation, LabelFigures, SourceTypeFigures, TopicFigures

BINS = 10
"""Of the calibration error, as in Guo et al. 2017."""

NO_TOPIC = -1
"""Stands for the column of a main topic where there is none."""

Probabilities = NDArray[np.floating]


class Predicted(Protocol):
    """Predictions for some articles, a row for each."""

    @property
    def topics(self) -> NDArray[np.float32]:
        """Probabilities, (articles, topics)."""

    @property
    def source(self) -> NDArray[np.float32]:
        """Probabilities, (articles, source types)."""

    @property
    def primary(self) -> NDArray[np.float32]:
        """The probability that each topic is the main one, (articles, topics)."""


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


def _topic_figures(
    truth: NDArray[np.bool_], probability: Probabilities, thresholds: Sequence[Threshold], names: Sequence[str]
) -> TopicFigures:
    labels = {
        topic: _label_figures(probability[:, column], probability[:, column] >= threshold.value, truth[:, column], threshold)
        for column, (topic, threshold) in enumerate(zip(names, thresholds, strict=True))
    }
    return TopicFigures(labels, macro_f1(labels))


def _source_type_figures(truth: NDArray[np.int64], probability: Probabilities) -> SourceTypeFigures:
    """The likeliest source type is the predicted one."""
    predicted = probability.argmax(axis=1)
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
    targets: Targets,
    predicted: Predicted,
    thresholds: Sequence[Threshold],
    topics: Sequence[str] = DEFAULT.topics,
) -> Evaluation:
    """Figures of predictions against the labels of the same articles; `topics` are the names of the topics."""
    main = main_topics(predicted, thresholds)
    right = (main == np.where(targets.primary.any(axis=1), targets.primary.argmax(axis=1), NO_TOPIC)).sum()
    return Evaluation(
        articles=len(main),
        topics=_topic_figures(targets.topics == 1, predicted.topics, thresholds, topics),
        source_type=_source_type_figures(targets.sources, predicted.source),
        primary_right=round(int(right) / max(1, len(main)), 3),
    )


def main_topics(predicted: Predicted, thresholds: Sequence[Threshold]) -> NDArray[np.int64]:
    """The column of each article's main topic, the likeliest of those that it carries; NO_TOPIC where none is likely."""
    carried = predicted.topics >= np.array([threshold.value for threshold in thresholds])
    likely = np.where(carried, predicted.primary, 0)
    return np.where(likely.max(axis=1) >= LIKELY, likely.argmax(axis=1), NO_TOPIC)
