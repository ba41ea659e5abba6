"""Decide whether a candidate may replace the active model: compare both on the same held-out seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import SOURCE_TYPES
from classifier.model.linear import Floats
from classifier.model.thresholds import f1
from classifier.seeds.dataset import Seed
from classifier.training.corpus import source_targets, topic_targets
from classifier.training.evaluate import calibration_errors
from classifier.training.held_out import HeldOutModel, key_of

MIN_F1 = 0.75
"""F1 of each label, below which the labels would be of no use: every label of the first shipped model is 0.1 above."""
TOLERANCE = 0.01
"""A smaller loss is chance: without a tolerance one in eight retrainings with 20 good labels more was refused."""
CONFIDENCE = 0.9
"""Share of the bootstrap samples in which a candidate must be worse to be refused."""
SAMPLES = 1000
"""Of the bootstrap; more do not change the first two digits of the share."""
MIN_ROWS = 50
"""Seeds that both models held out; a comparison on fewer says nothing."""


@dataclass(frozen=True)
class LabelFigures:
    """F1 of one label by both models, on the same seeds."""

    label: str
    rows: int
    """Seeds that carry it."""
    candidate_f1: float
    active_f1: float


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate may replace the active model, the figures of both, and one line for each objection."""

    passed: bool
    rows: int
    """Seeds that both models held out."""
    candidate_f1: float
    """Macro-F1 over all labels."""
    active_f1: float
    candidate_ece: float
    """Expected calibration error, mean over all labels."""
    active_ece: float
    objections: tuple[str, ...]
    labels: tuple[LabelFigures, ...] = ()
    """The topics in their order, then the source types; none where nothing can be compared."""


@dataclass(frozen=True)
class _Predictions:
    """What one of the models predicts for the compared seeds."""

    carried: NDArray[np.bool_]
    """Topics at or above their threshold and the likeliest source type, (rows, labels)."""
    probability: Floats
    """(rows, labels)."""


def compare(seeds: Sequence[Seed], candidate: HeldOutModel, active: HeldOutModel, random_seed: int = 0) -> Verdict:
    """Compares two models on the seeds that both have held out, whatever else each was trained on."""
    row_of = {key_of(seed): row for row, seed in enumerate(seeds)}
    if candidate.topics != active.topics:
        return _other_topics(candidate, active)
    labels = _truth(seeds, candidate.topics)
    known = sorted(set(row_of) & set(candidate.rows.keys.tolist()))
    common = sorted(set(known) & set(active.rows.keys.tolist()))
    truth = labels[[row_of[key] for key in common]]
    ours, theirs = _predictions(candidate, common), _predictions(active, common)
    objections = [
        *_below_min_f1(_predictions(candidate, known), labels[[row_of[key] for key in known]], (*candidate.topics, *SOURCE_TYPES)),
        *_too_few(len(common)),
    ]
    if len(common) >= MIN_ROWS:
        objections += _worse(ours, theirs, truth, np.random.default_rng(random_seed))
    return _verdict(ours, theirs, truth, objections, (*candidate.topics, *SOURCE_TYPES))


def _verdict(ours: _Predictions, theirs: _Predictions, truth: NDArray[np.bool_], objections: list[str], labels: Sequence[str]) -> Verdict:
    return Verdict(
        passed=not objections,
        rows=len(truth),
        candidate_f1=_once(_macro_f1, ours, truth),
        active_f1=_once(_macro_f1, theirs, truth),
        candidate_ece=_once(_ece, ours, truth),
        active_ece=_once(_ece, theirs, truth),
        objections=tuple(objections),
        labels=tuple(_of_label(name, column, ours, theirs, truth) for column, name in enumerate(labels)) if len(truth) else (),
    )


def _of_label(label: str, column: int, ours: _Predictions, theirs: _Predictions, truth: NDArray[np.bool_]) -> LabelFigures:
    candidate, active = (f1(truth[:, column], one.carried[:, column]) for one in (ours, theirs))
    return LabelFigures(str(label), int(truth[:, column].sum()), float(candidate), float(active))


def _other_topics(candidate: HeldOutModel, active: HeldOutModel) -> Verdict:
    """The verdict on a model of other topics, with which nothing can be compared: whoever promotes it has to insist."""
    both = f"expected the topics of the active model ({', '.join(active.topics)}), got {', '.join(candidate.topics)}"
    return Verdict(passed=False, rows=0, candidate_f1=0.0, active_f1=0.0, candidate_ece=0.0, active_ece=0.0, objections=(both,))


def _truth(seeds: Sequence[Seed], topics: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each seed carries each topic and is of each source type, (seeds, labels)."""
    source = np.eye(len(SOURCE_TYPES), dtype=bool)[source_targets(seeds)]
    return np.hstack([topic_targets(seeds, topics) == 1, source])


def _predictions(model: HeldOutModel, keys: Sequence[int]) -> _Predictions:
    rows = model.rows.select(keys)
    topics = rows.topics >= np.array([threshold.value for threshold in model.thresholds], np.float32)
    likeliest = np.zeros(rows.source.shape, bool)
    likeliest[np.arange(len(keys)), rows.source.argmax(axis=1)] = True
    return _Predictions(np.hstack([topics, likeliest]), np.hstack([rows.topics, rows.source]))


def _too_few(rows: int) -> list[str]:
    return [f"expected {MIN_ROWS} held-out rows that both models share, got {rows}"] if rows < MIN_ROWS else []


def _below_min_f1(predictions: _Predictions, truth: NDArray[np.bool_], labels: Sequence[str]) -> list[str]:
    reached = {label: f1(truth[:, column], predictions.carried[:, column]) for column, label in enumerate(labels)}
    return [f"{label}: expected an F1 of {MIN_F1:.2f} or more, got {value:.3f}" for label, value in reached.items() if value < MIN_F1]


def _worse(ours: _Predictions, theirs: _Predictions, truth: NDArray[np.bool_], random: np.random.Generator) -> list[str]:
    """Paired bootstrap over rows: an objection where the candidate is worse by more than TOLERANCE in CONFIDENCE of the samples."""
    rows = len(truth)
    times = random.multinomial(rows, np.full(rows, 1 / rows), SAMPLES).astype(np.float32)
    lower_f1 = _macro_f1(theirs, truth, times) - _macro_f1(ours, truth, times) > TOLERANCE
    higher_ece = _ece(ours, truth, times) - _ece(theirs, truth, times) > TOLERANCE
    return [
        f"{figure} is worse by more than {TOLERANCE} in {worse.mean():.0%} of {SAMPLES} bootstrap samples"
        for figure, worse in (("macro-F1", lower_f1), ("calibration", higher_ece))
        if worse.mean() >= CONFIDENCE
    ]


Figure = Callable[[_Predictions, NDArray[np.bool_], Floats], Floats]
"""One number for each sample, (samples,): `times` (samples, rows) is how often a row is in a sample."""


def _once(figure: Figure, predictions: _Predictions, truth: NDArray[np.bool_]) -> float:
    """A figure of the rows as they are, 0 where there are none."""
    return float(figure(predictions, truth, np.ones((1, len(truth)), np.float32))[0]) if len(truth) else 0.0


def _macro_f1(predictions: _Predictions, truth: NDArray[np.bool_], times: Floats) -> Floats:
    """Mean F1 over all labels, for each sample."""
    hits = times @ (predictions.carried & truth).astype(np.float32)
    total = times @ (predictions.carried.astype(np.float32) + truth)
    figure: Floats = (2 * hits / np.maximum(1, total)).mean(axis=1)
    return figure


def _ece(predictions: _Predictions, truth: NDArray[np.bool_], times: Floats) -> Floats:
    """Expected calibration error, mean over all labels, for each sample."""
    return np.asarray(calibration_errors(predictions.probability, truth, times).mean(axis=1), np.float32)
