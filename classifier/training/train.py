"""Model trained: heads on all seeds, stack and thresholds on predictions for seeds held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier.errors import BadSeeds
from classifier.features.word_vectors import read_vectors
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.lexicon.lexicon import read_book
from classifier.model.first_level import FirstLevel, Measures, Strengths, fit_first_level, source_targets, topic_targets
from classifier.model.linear import Floats
from classifier.model.model import Model, TrainingDistribution
from classifier.model.stacking import Lesson, fit_stacking
from classifier.model.thresholds import choose_threshold
from classifier.seeds import augment
from classifier.seeds.dataset import Seed
from classifier.seeds.folds import assign
from classifier.text.document import ParsedText, parse_text
from classifier.text.language import profiles

FEWEST = 60
"""Seeds; with fewer some fold would lack a label."""
SOURCE_SURE = 0.6
"""Under it about every third source type is wrong out of fold."""
STRANGEST = 0.005
"""The share of the seeds that would themselves be called strange."""

Progress = Callable[[str, int, int], None]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class HeldOut:
    """Predictions for each seed by heads and a stack that had not seen it; rows in the order of the seeds."""

    topics: Floats
    source: Floats
    primary: Floats
    fold: Places
    known: Floats
    """Share of each seed's words that stand in the vocabulary of the other folds."""


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
    texts = [parse_text(seed.title, seed.text) for seed in seeds]
    fold = assign(seeds)
    steps = int(fold.max()) + 2
    vectors, cues = read_vectors(), read_book()

    def fit(places: Places) -> FirstLevel:
        return fit_first_level([seeds[i] for i in places.tolist()], [texts[i] for i in places.tolist()], vectors, cues, strengths)

    lessons = []
    for number in range(steps - 1):
        progress("fold", number + 1, steps)
        lessons.append(lesson_of(fit(np.flatnonzero(fold != number)), seeds, texts, np.flatnonzero(fold == number)))
    progress("all seeds", steps, steps)
    base = fit(np.arange(len(seeds)))
    held = held_out(lessons, fold)
    truth = topic_targets(seeds) == 1
    cuts = [choose_threshold(held.topics[:, place], truth[:, place]) for place in range(len(TOPICS))]
    familiar = _familiar(seeds, texts, base.look(texts).measures)
    return Model(base, fit_stacking(joined(lessons)), cuts, SOURCE_SURE, familiar), held


def lesson_of(heads: FirstLevel, seeds: Sequence[Seed], texts: Sequence[ParsedText], places: Places) -> Lesson:
    """What heads say of seeds that they have not seen, alone and mixed."""
    unseen = [texts[i] for i in places.tolist()]
    told = [seeds[i] for i in places.tolist()]
    topics = topic_targets(told)
    recipes = augment.recipes(topics)
    mixed = heads.look([augment.merged([unseen[i] for i in recipe]) for recipe in recipes])
    return Lesson(
        measures=heads.look(unseen).measures,
        topics=topics,
        sources=source_targets(told),
        primary=np.array([[topic == seed.primary for topic in TOPICS] for seed in told], np.int8),
        mixed=mixed.measures.topics,
        mixed_topics=np.array([topics[recipe].max(axis=0) for recipe in recipes], np.int8).reshape(-1, len(TOPICS)),
    )


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """All lessons as one."""

    def join(arrays: Sequence[Any]) -> Any:
        return np.concatenate(arrays)

    measures = [lesson.measures for lesson in lessons]
    return Lesson(
        Measures(*(join([getattr(m, name) for m in measures]) for name in ("topics", "source", "known", "vectors"))),
        *(join([getattr(lesson, name) for lesson in lessons]) for name in ("topics", "sources", "primary", "mixed", "mixed_topics")),
    )


def held_out(lessons: Sequence[Lesson], fold: Places) -> HeldOut:
    """Predictions of stacks that learned from every fold but the one they judge."""

    def empty(width: int) -> Floats:
        return np.zeros((len(fold), width), np.float32)

    held = HeldOut(empty(len(TOPICS)), empty(len(SOURCE_TYPES)), empty(len(TOPICS)), fold, known=empty(1)[:, 0])
    for number, lesson in enumerate(lessons):
        stack = fit_stacking(joined([*lessons[:number], *lessons[number + 1 :]]))
        places = np.flatnonzero(fold == number)
        held.topics[places] = stack.topic_probabilities(lesson.measures)
        held.source[places] = stack.source_probabilities(lesson.measures)
        held.primary[places] = stack.primary_probabilities(lesson.measures)
        held.known[places] = lesson.measures.known
    return held


def _familiar(seeds: Sequence[Seed], texts: Sequence[ParsedText], seen: Measures) -> TrainingDistribution:
    """The seeds' places and languages; the limit is such that hardly a seed would be strange to the others."""
    vectors = seen.vectors
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    placed = vectors.any(axis=1)  # scripts without word vectors have no place
    least_near = float(np.quantile(likeness[placed].max(axis=1), STRANGEST))
    return TrainingDistribution(vectors, round(least_near, 4), profiles([seed.language for seed in seeds], texts))
