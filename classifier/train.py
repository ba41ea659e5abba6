"""Model trained: heads on all seeds, stack and thresholds on predictions for seeds held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier.base import Base, Measures, Strengths, fit_base, source_targets, topic_targets
from classifier.cues import read_book
from classifier.dataset import Seed
from classifier.decide import choose_cut
from classifier.errors import BadSeeds
from classifier.folds import assign
from classifier.heads import Floats
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model import Familiar, Model
from classifier.reading import read
from classifier.stack import Stack, fit_stack
from classifier.vectors import read_vectors

FEWEST = 60
"""Seeds; with fewer some fold would lack a label."""
SOURCE_SURE = 0.6
"""Under it about every third source type is wrong out of fold."""
STRANGEST = 0.005
"""The share of the seeds that would themselves be called strange."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class HeldOut:
    """Predictions for each seed by heads and a stack that had not seen it."""

    topics: Floats
    source: Floats
    primary: Floats
    fold: NDArray[np.int64]


def train(seeds: Sequence[Seed], progress: Progress = lambda *_: None, strengths: Strengths | None = None) -> tuple[Model, HeldOut]:
    """The model for `seeds` and its predictions for them out of fold; the same seeds give the same bits. Raises BadSeeds."""
    _refuse_too_few(seeds)
    with threadpool_limits(1):  # sums in another order give other last bits
        return _train(seeds, progress, strengths or Strengths())


def _refuse_too_few(seeds: Sequence[Seed]) -> None:
    if len(seeds) < FEWEST:
        raise BadSeeds(f"expected at least {FEWEST} seeds to train, got {len(seeds)}")
    counts = Counter(name for seed in seeds for name in (*seed.topics, seed.source_type))
    missing = [name for name in (*TOPICS, *SOURCE_TYPES) if counts[name] < 5]
    if missing:
        raise BadSeeds(f"expected at least 5 seeds of every label to train, too few of {', '.join(missing)}")


def _train(seeds: Sequence[Seed], progress: Progress, strengths: Strengths) -> tuple[Model, HeldOut]:
    readings = [read(seed.title, seed.text) for seed in seeds]
    vectors, cues = read_vectors(), read_book()
    fold = assign(seeds)
    steps = int(fold.max()) + 2
    held: list[tuple[NDArray[np.int64], Measures]] = []
    for number in range(steps - 1):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        progress("fold", number + 1, steps)
        part = fit_base([seeds[i] for i in inside.tolist()], [readings[i] for i in inside.tolist()], vectors, cues, strengths)
        held.append((outside, part.measure([readings[i] for i in outside.tolist()])))
    progress("all seeds", steps, steps)
    base = fit_base(seeds, readings, vectors, cues, strengths)
    return _finish(seeds, base, base.measure(readings), joined(held, len(seeds)), fold)


def joined(held: list[tuple[NDArray[np.int64], Measures]], count: int) -> Measures:
    """The folds' measures in the order of the seeds; without sentences, whose order would be lost."""
    parts = {}
    for name in ("topics", "source", "known", "vectors"):
        first = getattr(held[0][1], name)
        parts[name] = np.zeros((count, *first.shape[1:]), np.float32)
        for rows, measures in held:
            parts[name][rows] = getattr(measures, name)
    return Measures(**parts, sentences=np.zeros((0, len(TOPICS)), np.float32), rows=held[0][1].rows)


def _finish(seeds: Sequence[Seed], base: Base, seen: Measures, held: Measures, fold: NDArray[np.int64]) -> tuple[Model, HeldOut]:
    topics, sources = topic_targets(seeds), source_targets(seeds)
    primary = np.array([[topic == seed.primary for topic in TOPICS] for seed in seeds], np.int8)
    stack = fit_stack(held, topics, sources, primary)
    out = _held_out(held, topics, sources, primary, fold)
    cuts = [choose_cut(out.topics[:, place], topics[:, place] == 1) for place in range(len(TOPICS))]
    return Model(base, stack, cuts, SOURCE_SURE, _familiar(seen, held)), out


def _held_out(
    held: Measures, topics: NDArray[np.int8], sources: NDArray[np.int64], primary: NDArray[np.int8], fold: NDArray[np.int64]
) -> HeldOut:
    """Predictions of stacks that were fitted without the fold they judge."""
    out = HeldOut(
        np.zeros(topics.shape, np.float32), np.zeros((len(topics), len(SOURCE_TYPES)), np.float32), np.zeros(topics.shape, np.float32), fold
    )
    for number in range(int(fold.max()) + 1):
        inside, outside = fold != number, np.flatnonzero(fold == number)
        stack: Stack = fit_stack(chosen(held, np.flatnonzero(inside)), topics[inside], sources[inside], primary[inside])
        judged = chosen(held, outside)
        out.topics[outside] = stack.topic_probabilities(judged)
        out.source[outside] = stack.source_probabilities(judged)
        out.primary[outside] = stack.primary_probabilities(judged)
    return out


def chosen(measures: Measures, rows: NDArray[np.int64]) -> Measures:
    """The measures of some articles."""
    by_article = {"topics", "source", "known", "vectors"}
    parts = {f.name: getattr(measures, f.name)[rows] if f.name in by_article else getattr(measures, f.name) for f in fields(measures)}
    return Measures(**parts)


def _familiar(seen: Measures, held: Measures) -> Familiar:
    """Limits such that hardly a seed would be strange to a model that had not seen it."""
    vectors = seen.vectors.astype(np.float16)
    likeness = vectors.astype(np.float32) @ vectors.astype(np.float32).T
    np.fill_diagonal(likeness, -1)
    least_near = float(np.quantile(likeness.max(axis=1), STRANGEST))
    return Familiar(vectors, round(least_near, 4), round(float(np.quantile(held.known, STRANGEST)) * 0.9, 4))
