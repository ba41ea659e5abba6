"""Learning curve: what more seeds would bring, told apart by where the judged texts come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadSeeds
from classifier.labels import TOPICS
from classifier.model.model import Model
from classifier.model.thresholds import Threshold
from classifier.predict import judge
from classifier.seeds.dataset import Seed
from classifier.seeds.folds import FOLDS, assign
from classifier.text.document import parse_text
from classifier.training.evaluate import figures
from classifier.training.held_out import HeldRows
from classifier.training.train import Progress, train

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Of the seeds outside the judging fold, each trained on anew: together less CPU than the model itself, whose point is free."""
JUDGING = FOLDS - 1
"""The fold whose seeds judge: whole authors that taught none of the points, and many small ones, since the largest are dealt first."""
FEWEST = 30
"""Texts of one origin under which a point is noise."""
OTHERS = "other texts"


@dataclass(frozen=True)
class Point:
    """Macro-F1 on `articles` texts of one origin by a model of `seeds` seeds; over the labels that stand on any of them."""

    origin: str
    seeds: int
    articles: int
    topics: float
    source_type: float


def learning_curve(
    seeds: Sequence[Seed], model: Model, rows: HeldRows, others: Sequence[Seed] = (), progress: Progress = lambda *_: None
) -> list[Point]:
    """Points by origin and size: seeds of held-out authors by their `origin`, and `others`, texts that taught nothing.

    `rows` are the predictions out of fold for `seeds`, in their order: of the judging fold they are those of a model of all other
    folds. `others` are judged by the whole `model` too. The same seeds give the same points.
    """
    fold = assign(seeds)
    judging = [seed for seed, place in zip(seeds, fold, strict=True) if place == JUDGING]
    inner = np.flatnonzero(fold == JUDGING)
    points = _by_origin(judging, len(seeds) - len(judging), np.hstack([rows.topics[inner], rows.source[inner]]), model.cuts)
    points += _of_model(others, OTHERS, len(seeds), model)
    for number, taught in enumerate(samples := _samples(seeds, fold), start=1):
        progress("curve", number, len(samples))
        try:
            smaller = train(taught)[0]
        except BadSeeds:
            continue  # too few of some label
        points += _of_model(judging, None, len(taught), smaller) + _of_model(others, OTHERS, len(taught), smaller)
    return sorted(points, key=lambda point: (point.origin == OTHERS, point.origin, point.seeds))


def _samples(seeds: Sequence[Seed], fold: NDArray[np.int64]) -> list[list[Seed]]:
    """Seeds outside the judging fold, in chance's order: each sample holds the smaller ones."""
    order = np.random.default_rng(0).permutation(np.flatnonzero(fold != JUDGING))
    return [[seeds[i] for i in sorted(order[: round(share * len(order))].tolist())] for share in SHARES]


def _of_model(texts: Sequence[Seed], origin: str | None, taught: int, model: Model) -> list[Point]:
    judgement = judge(model, [parse_text(text.title, text.text) for text in texts]) if texts else None
    if judgement is None:
        return []
    return _by_origin(texts, taught, np.hstack([judgement.topics, judgement.source]), model.cuts, origin)


def _by_origin(
    texts: Sequence[Seed], taught: int, probability: NDArray[Any], cuts: Sequence[Threshold], origin: str | None = None
) -> list[Point]:
    """A point for each origin with enough texts, `probability` (texts, 7); all texts are of `origin` where it is given."""
    topics, source = np.hsplit(probability, [len(TOPICS)])
    origins = np.array([origin or text.origin for text in texts])
    points = []
    for name in np.unique(origins).tolist():
        places = np.flatnonzero(origins == name).tolist()
        if len(places) >= FEWEST:
            found = figures([texts[i] for i in places], topics[places], source[places], [None] * len(places), cuts)
            points.append(Point(name, taught, len(places), _macro(found["topics"]), _macro(found["source_type"])))
    return points


def _macro(found: dict[str, Any]) -> float:
    """Mean F1 of the labels that occur."""
    return round(float(np.mean([row["f1"] for row in found["labels"].values() if row["support"]])), 3)
