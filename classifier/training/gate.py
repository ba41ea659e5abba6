"""The gate: whether a candidate may take the place of the active model, judged on the same held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model.first_level import source_targets, topic_targets
from classifier.model.linear import Floats
from classifier.model.thresholds import Threshold, f1
from classifier.seeds.dataset import Seed
from classifier.training.evaluate import calibration_errors
from classifier.training.held_out import HeldRows, key_of

LABELS = (*map(str, TOPICS), *map(str, SOURCE_TYPES))
FLOOR = 0.75
"""F1 of each label under which nobody would read the labels: every label of the first shipped model stands 0.1 above."""
TOLERANCE = 0.01
"""Worse by less than this is luck: with none, one in eight retrainings with 20 good labels more was refused."""
CONFIDENCE = 0.9
"""Share of the bootstrap samples in which the candidate must be worse to be refused."""
SAMPLES = 1000
FEWEST = 50
"""Common rows under which a comparison says nothing."""


@dataclass(frozen=True)
class Verdict:
    """What the gate found: `passed`, the figures, and a line for each objection."""

    passed: bool
    rows: int
    candidate_f1: float
    active_f1: float
    candidate_ece: float
    active_ece: float
    objections: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One of the two models on the common rows: decisions (rows, 7) and probabilities (rows, 7)."""

    decided: NDArray[np.bool_]
    probability: NDArray[np.float32]


def judge(
    seeds: Sequence[Seed], candidate: tuple[HeldRows, Sequence[Threshold]], active: tuple[HeldRows, Sequence[Threshold]], chance: int = 0
) -> Verdict:
    """Compares on the seeds that both have held out, whatever else each was trained on; `chance` seeds the bootstrap."""
    truth = _truth(seeds)
    places = {key_of(seed): number for number, seed in enumerate(seeds)}
    common = sorted(set(places) & set(candidate[0].keys.tolist()) & set(active[0].keys.tolist()))
    rows = truth[[places[key] for key in common]]
    ours, theirs = _side(*candidate, common), _side(*active, common)
    whole = _side(*candidate, known := sorted(set(places) & set(candidate[0].keys.tolist())))
    objections = [*_under_floors(whole, truth[[places[key] for key in known]]), *_few(len(common))]
    if len(common) >= FEWEST:
        objections += _worse(ours, theirs, rows, np.random.default_rng(chance))
    return Verdict(not objections, len(common), *_figures(ours, theirs, rows), objections=tuple(objections))


def _figures(ours: Side, theirs: Side, truth: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    if not len(truth):
        return 0.0, 0.0, 0.0, 0.0
    once = np.ones((1, len(truth)), np.float32)
    return tuple(float(figure(side, truth, once)[0]) for figure in (_macro_f1, _ece) for side in (ours, theirs))  # type: ignore[return-value]


def _truth(seeds: Sequence[Seed]) -> NDArray[np.bool_]:
    source = np.eye(len(SOURCE_TYPES), dtype=bool)[source_targets(seeds)]
    return np.hstack([topic_targets(seeds) == 1, source])


def _side(held: HeldRows, cuts: Sequence[Threshold], keys: Sequence[int]) -> Side:
    place = {key: number for number, key in enumerate(held.keys.tolist())}
    picked = [place[key] for key in keys]
    topics, source = held.topics[picked], held.source[picked]
    yes = topics >= np.array([cut.threshold for cut in cuts], np.float32)
    likeliest = np.eye(len(SOURCE_TYPES), dtype=bool)[source.argmax(axis=1)] if picked else np.zeros(source.shape, bool)
    return Side(np.hstack([yes, likeliest]), np.hstack([topics, source]))


def _few(rows: int) -> list[str]:
    return [f"expected {FEWEST} held-out rows that both models share, there are {rows}"] if rows < FEWEST else []


def _under_floors(side: Side, truth: NDArray[np.bool_]) -> list[str]:
    found = []
    for place, label in enumerate(LABELS):
        reached = f1(truth[:, place], side.decided[:, place])
        if reached < FLOOR:
            found.append(f"{label}: F1 {reached:.3f} is under its floor of {FLOOR:.2f}")
    return found


def _worse(ours: Side, theirs: Side, truth: NDArray[np.bool_], random: np.random.Generator) -> list[str]:
    """Paired bootstrap over rows: refused where the candidate is worse by more than the tolerance in 90 % of the samples."""
    rows = len(truth)
    times = random.multinomial(rows, np.full(rows, 1 / rows), SAMPLES).astype(np.float32)
    lost = _macro_f1(theirs, truth, times) - _macro_f1(ours, truth, times) > TOLERANCE
    blurred = _ece(ours, truth, times) - _ece(theirs, truth, times) > TOLERANCE
    return [
        f"{what} is worse by more than {TOLERANCE} in {worse.mean():.0%} of {SAMPLES} bootstrap samples"
        for what, worse in (("macro-F1", lost), ("calibration", blurred))
        if worse.mean() >= CONFIDENCE
    ]


def _macro_f1(side: Side, truth: NDArray[np.bool_], times: Floats) -> Floats:
    """Over the four topics and the three source types, for each sample: `times` (samples, rows) says how often a row is in it."""
    hits = times @ (side.decided & truth).astype(np.float32)
    total = times @ (side.decided.astype(np.float32) + truth)
    figure: Floats = (2 * hits / np.maximum(1, total)).mean(axis=1)
    return figure


def _ece(side: Side, truth: NDArray[np.bool_], times: Floats) -> Floats:
    """The expected calibration error, mean over the labels, for each sample."""
    return np.asarray(calibration_errors(side.probability, truth, times).mean(axis=1))
