"""Train a model: the first level on all seeds, stacking and thresholds on first-level scores for seeds that were held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier.errors import BadSeeds
from classifier.features.word_vectors import read_vectors
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model.first_level import ArticleScores, FirstLevel, Regularisation, fit_first_level, source_targets, topic_targets
from classifier.model.linear import Floats
from classifier.model.model import Model, TrainingDistribution
from classifier.model.stacking import StackingExamples, fit_stacking
from classifier.model.thresholds import Threshold, choose_threshold
from classifier.seeds import augment
from classifier.seeds.dataset import Seed
from classifier.seeds.folds import assign
from classifier.text.document import ParsedText, parse_text
from classifier.text.language import profiles

MIN_SEEDS = 60
"""With fewer some fold would lack a label."""
MIN_LABEL_SEEDS = 5
"""Of each label: with fewer most folds would lack it."""
SOURCE_THRESHOLD = 0.6
"""Below it about every third source type is wrong out of fold."""
OUTLIERS = 0.005
"""Share of the seeds that would themselves be out of distribution."""

Progress = Callable[[str, int, int], None]
"""Is called with the name of a step, its number from 1, and the number of steps."""
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class HeldOutPredictions:
    """Predictions for each seed by a first level and a stacking that had not seen it; rows in the order of the seeds."""

    topics: Floats
    """Probabilities, (seeds, topics)."""
    source: Floats
    """Probabilities, (seeds, source types)."""
    primary: Floats
    """The probability that each topic is the main one, (seeds, topics)."""
    fold: Indices
    known_words: Floats
    """Share of each seed's words that are in the vocabulary of the other folds, (seeds,)."""


def train(
    seeds: Sequence[Seed], progress: Progress = lambda *_: None, regularisation: Regularisation | None = None
) -> tuple[Model, HeldOutPredictions]:
    """The model for `seeds`, and held-out predictions for them. Raises BadSeeds where there are too few.

    On one machine the same seeds give the same bits.
    """
    _refuse_too_few(seeds)
    with threadpool_limits(1):  # sums in another order give other last bits
        return _train(seeds, progress, regularisation or Regularisation())


def _refuse_too_few(seeds: Sequence[Seed]) -> None:
    if len(seeds) < MIN_SEEDS:
        raise BadSeeds(f"expected at least {MIN_SEEDS} seeds to train, got {len(seeds)}")
    counts = Counter(name for seed in seeds for name in (*seed.topics, seed.source_type))
    missing = [f"{counts[name]} of {name}" for name in (*TOPICS, *SOURCE_TYPES) if counts[name] < MIN_LABEL_SEEDS]
    if missing:
        raise BadSeeds(f"expected at least {MIN_LABEL_SEEDS} seeds of every label to train, got {', '.join(missing)}")


def _train(seeds: Sequence[Seed], progress: Progress, regularisation: Regularisation) -> tuple[Model, HeldOutPredictions]:
    texts = [parse_text(seed.title, seed.text) for seed in seeds]
    fold = assign(seeds)
    steps = int(fold.max()) + 2
    fit = _fitter(seeds, texts, regularisation)
    examples = []
    for number in range(steps - 1):
        progress("fold", number + 1, steps)
        examples.append(examples_of(fit(np.flatnonzero(fold != number)), seeds, texts, np.flatnonzero(fold == number)))
    progress("all seeds", steps, steps)
    first_level = fit(np.arange(len(seeds)))
    held_out = predict_held_out(examples, fold)
    distribution = _distribution(seeds, texts, first_level.score(texts).articles.vectors)
    model = Model(first_level, fit_stacking(concatenated(examples)), _thresholds(seeds, held_out), SOURCE_THRESHOLD, distribution)
    return model, held_out


def _fitter(seeds: Sequence[Seed], texts: Sequence[ParsedText], regularisation: Regularisation) -> Callable[[Indices], FirstLevel]:
    """What fits a first level to some of the seeds; word vectors and lexicon are read once."""
    vectors, lexicon = read_vectors(), read_feature_lexicon()

    def fit(rows: Indices) -> FirstLevel:
        chosen = rows.tolist()
        return fit_first_level([seeds[row] for row in chosen], [texts[row] for row in chosen], vectors, lexicon, regularisation)

    return fit


def examples_of(first_level: FirstLevel, seeds: Sequence[Seed], texts: Sequence[ParsedText], rows: Indices) -> StackingExamples:
    """The scores of a first level for the seeds in `rows`, which it has not seen, alone and mixed."""
    unseen_texts = [texts[row] for row in rows.tolist()]
    unseen = [seeds[row] for row in rows.tolist()]
    topics = topic_targets(unseen)
    mixtures = augment.mixtures(topics)
    mixed_texts = [augment.joined([unseen_texts[row] for row in mixture]) for mixture in mixtures]
    return StackingExamples(
        mixtures=first_level.score(mixed_texts).articles.topics,
        articles=first_level.score(unseen_texts).articles,
        topics=topics,
        sources=source_targets(unseen),
        primary=np.array([[topic == seed.primary for topic in TOPICS] for seed in unseen], np.int8),
        mixture_topics=np.array([topics[mixture].max(axis=0) for mixture in mixtures], np.int8).reshape(-1, len(TOPICS)),
    )


def concatenated(examples: Sequence[StackingExamples]) -> StackingExamples:
    """All examples as one."""
    articles = [part.articles for part in examples]
    return StackingExamples(
        articles=ArticleScores(
            topics=np.concatenate([part.topics for part in articles]),
            source=np.concatenate([part.source for part in articles]),
            known_words=np.concatenate([part.known_words for part in articles]),
            vectors=np.concatenate([part.vectors for part in articles]),
        ),
        topics=np.concatenate([part.topics for part in examples]),
        sources=np.concatenate([part.sources for part in examples]),
        primary=np.concatenate([part.primary for part in examples]),
        mixtures=np.concatenate([part.mixtures for part in examples]),
        mixture_topics=np.concatenate([part.mixture_topics for part in examples]),
    )


def predict_held_out(examples: Sequence[StackingExamples], fold: Indices) -> HeldOutPredictions:
    """Predictions for each fold by a stacking fitted to the others; `examples` has one entry for each fold."""

    def empty(width: int) -> Floats:
        return np.zeros((len(fold), width), np.float32)

    held_out = HeldOutPredictions(empty(len(TOPICS)), empty(len(SOURCE_TYPES)), empty(len(TOPICS)), fold, known_words=empty(1)[:, 0])
    for number, part in enumerate(examples):
        stacking = fit_stacking(concatenated([*examples[:number], *examples[number + 1 :]]))
        rows = np.flatnonzero(fold == number)
        held_out.topics[rows] = stacking.topic_probabilities(part.articles)
        held_out.source[rows] = stacking.source_probabilities(part.articles)
        held_out.primary[rows] = stacking.primary_probabilities(part.articles)
        held_out.known_words[rows] = part.articles.known_words
    return held_out


def _thresholds(seeds: Sequence[Seed], held_out: HeldOutPredictions) -> list[Threshold]:
    truth = topic_targets(seeds) == 1
    return [choose_threshold(held_out.topics[:, column], truth[:, column]) for column in range(len(TOPICS))]


def _distribution(seeds: Sequence[Seed], texts: Sequence[ParsedText], vectors: Floats) -> TrainingDistribution:
    """The mean vectors and languages of the seeds; the limit leaves only OUTLIERS of them out of distribution of the others."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    comparable = vectors.any(axis=1)  # scripts without word vectors have mean vectors of zeros
    min_cosine = float(np.quantile(cosines[comparable].max(axis=1), OUTLIERS))
    return TrainingDistribution(vectors, round(min_cosine, 4), profiles([seed.language for seed in seeds], texts))
