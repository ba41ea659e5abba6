"""Measure a model on the feature rows that only test: real articles of outlets that taught it nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifier.features.counts import Indices
from classifier.labels import SOURCE_TYPES
from classifier.model.linear import Floats
from classifier.model.model import Model
from classifier.model.thresholds import Threshold
from classifier.training.corpus import Targets
from classifier.training.evaluate import evaluate
from classifier.training.feature_rows import UNKNOWN, FeatureRows
from classifier.training.figures import Evaluation, Record

LENGTHS = ((0, 1_000), (1_000, 3_000), (3_000, 10_000), (10_000, None))
"""Characters: a brief, a short report, an article, a long page."""
MIN_ARTICLES = 15
"""Of a group; one with fewer says nothing."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far decisions can be relied on: shares of what is decided, and of what of it is right."""

    topics_decided: float
    topics_right: float
    source_sure: float
    source_right: float


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of the articles of one kind or length: shares of right topic decisions and source types."""

    name: str
    articles: int
    topics_right: float
    """Share of the articles whose topics are all right."""
    source_right: float


@dataclass(frozen=True, slots=True)
class RealFigures:
    """How a model does on real articles of outlets that it has not seen."""

    outlets: int
    all: Evaluation
    confident: Evaluation
    """On those whose reader was sure of the labels."""
    trust: Trust
    groups: list[Group]

    def to_dict(self) -> dict[str, object]:
        """As the manifest has it."""
        return {
            "outlets": self.outlets,
            "all": self.all.to_dict(),
            "confident": self.confident.to_dict(),
            "trust": asdict(self.trust),
            "groups": [asdict(group) for group in self.groups],
        }

    @classmethod
    def from_dict(cls, record: Record) -> RealFigures:
        """What `to_dict` wrote; raises KeyError or TypeError where a field is missing or unknown."""
        return cls(
            record["outlets"],
            Evaluation.from_dict(record["all"]),
            Evaluation.from_dict(record["confident"]),
            Trust(**record["trust"]),
            [Group(**group) for group in record["groups"]],
        )


@dataclass(frozen=True)
class RowPredictions:
    """A model's predictions for feature rows, without the registry of outlets."""

    topics: Floats
    source: Floats
    primary: Floats
    doubt: Floats
    """How far each article is from everything that the model has seen (TrainingDistribution.doubt)."""
    outsiders: NDArray[np.bool_]
    """Whether an outsider speaks in it."""

    def __getitem__(self, rows: Indices) -> RowPredictions:
        return RowPredictions(self.topics[rows], self.source[rows], self.primary[rows], self.doubt[rows], self.outsiders[rows])


@dataclass(frozen=True)
class _Measured:
    """Predictions and labels of the same rows, for the topics that the rows' labels know."""

    names: list[str]
    thresholds: list[Threshold]
    predicted: RowPredictions
    targets: Targets

    def evaluate(self, rows: Indices) -> Evaluation:
        return evaluate(self.targets[rows], self.predicted[rows], self.thresholds, self.names)

    @property
    def topics_right(self) -> NDArray[np.bool_]:
        """Whether each topic of each article is right, (articles, topics)."""
        carried = self.predicted.topics >= np.array([threshold.value for threshold in self.thresholds])
        return np.asarray(carried == (self.targets.topics == 1))

    @property
    def source_right(self) -> NDArray[np.bool_]:
        return np.asarray(self.predicted.source.argmax(axis=1) == self.targets.sources)


def predict_rows(model: Model, rows: FeatureRows) -> RowPredictions:
    """Predictions for the articles whose figures the rows are."""
    counted = rows.counted(model.first_level.encoder.vocabulary, len(model.first_level.encoder.lexicon.groups))
    found = model.first_level.score_counted(counted)
    scores = found.articles
    return RowPredictions(
        topics=model.stacking.topic_probabilities(scores),
        source=model.stacking.source_probabilities(scores),
        primary=model.stacking.primary_probabilities(scores),
        doubt=model.training_distribution.doubt(scores.vectors, counted.articles.words),
        outsiders=found.outsiders,
    )


def real_figures(model: Model, rows: FeatureRows) -> RealFigures | None:
    """The figures of a model on rows that taught it nothing; None where their labels know none of its topics."""
    known = np.flatnonzero((rows.topics != UNKNOWN).all(axis=0))
    if not len(known) or not len(rows):
        return None
    predicted = predict_rows(model, rows)
    measured = _Measured(
        [rows.topic_names[column] for column in known.tolist()],
        [model.thresholds[column] for column in known.tolist()],
        replace(predicted, topics=predicted.topics[:, known], primary=predicted.primary[:, known]),
        Targets(rows.topics[:, known], rows.sources, rows.primary[:, known]),
    )
    every, confident = (measured.evaluate(chosen) for chosen in (np.arange(len(rows)), np.flatnonzero(rows.notes.confident)))
    outlets = len(set(rows.notes.outlet.tolist()))
    return RealFigures(outlets, every, confident, _trust(model, measured), list(_groups(measured, rows)))


def _trust(model: Model, measured: _Measured) -> Trust:
    predicted = measured.predicted
    columns = zip(measured.thresholds, predicted.topics.T, strict=True)
    decided = ~np.stack([threshold.unsure(probability, predicted.doubt) for threshold, probability in columns], axis=1)
    sure = model.is_sure(predicted.source, predicted.doubt, predicted.outsiders)
    return Trust(_share(decided), _share(measured.topics_right[decided]), _share(sure), _share(measured.source_right[sure]))


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 3) if values.size else 0.0


def _groups(measured: _Measured, rows: FeatureRows) -> Iterator[Group]:
    topics, source = np.asarray(measured.topics_right.all(axis=1)), measured.source_right
    for name, chosen in _named_groups(rows):
        if int(chosen.sum()) >= MIN_ARTICLES:
            yield Group(name, int(chosen.sum()), _share(topics[chosen]), _share(source[chosen]))


def _named_groups(rows: FeatureRows) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    notes = rows.notes
    for kind in np.unique(notes.kind).tolist():
        yield kind, np.asarray(notes.kind == kind)
    for least, below in LENGTHS:
        name = f"{least:,} to {below:,} characters" if below else f"{least:,} characters or more"
        yield name, np.asarray((notes.characters >= least) & (notes.characters < (below or np.inf)))
    for column, source_type in enumerate(SOURCE_TYPES):
        yield f"{source_type} by the reader", np.asarray(rows.sources == column)
    for language in np.unique(notes.language).tolist():
        yield f"language {language}", np.asarray(notes.language == language)
