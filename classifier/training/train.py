"""Train a model: the first level on all articles, stacking and thresholds on first-level scores for articles that were held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from classifier.child_process import Progress
from classifier.errors import BadSeeds
from classifier.features.counts import Indices
from classifier.features.word_vectors import read_vectors
from classifier.label_set import DEFAULT, LabelSet
from classifier.labels import SOURCE_TYPES
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model.first_level import ArticleScores, outsiders_in
from classifier.model.linear import Floats
from classifier.model.model import Model, TrainingDistribution, is_contradicted
from classifier.model.stacking import REAL_WEIGHT, StackingExamples, fit_stacking
from classifier.model.thresholds import Threshold, choose_threshold
from classifier.seeds import augment, folds
from classifier.seeds.dataset import Seed
from classifier.text.document import parse_text
from classifier.text.language import profiles
from classifier.training.corpus import Corpus, count_corpus
from classifier.training.feature_rows import FeatureRows
from classifier.training.fit_first_level import Fold, Regularisation, fit_first_level

MIN_SEEDS = 60
"""With fewer some fold would lack a label."""
MIN_LABEL_SEEDS = 5
"""Of each label: with fewer most folds would lack it."""
SURE_RIGHT = 0.95
"""Share of the source types called `sure` that are to be right, on held-out real articles: two in a hundred more than is promised, since
a bound that was chosen on some outlets does a little worse on others."""
SOURCE_THRESHOLDS = np.linspace(0.6, 0.9, 31)
"""Probabilities from which a source type may be `sure`: below the first about every third is wrong on held-out seeds, too; above the
last only half of the articles would be sure."""
OUTLIERS = 0.005
"""Share of the articles that would themselves be out of distribution."""
UNUSUAL = 0.25
"""Share of the articles that are unusual: doubt begins there."""


@dataclass(frozen=True)
class HeldOutPredictions:
    """Predictions for each article by a first level and a stacking that had not seen it; rows in the order of the corpus."""

    topics: Floats
    """Probabilities, (articles, topics)."""
    source: Floats
    """Probabilities, (articles, source types)."""
    primary: Floats
    """The probability that each topic is the main one, (articles, topics)."""
    fold: Indices
    known_words: Floats
    """Share of each article's words that are in the vocabulary of the other folds, (articles,)."""

    def __getitem__(self, rows: Indices) -> HeldOutPredictions:
        return HeldOutPredictions(self.topics[rows], self.source[rows], self.primary[rows], self.fold[rows], self.known_words[rows])


@dataclass(frozen=True)
class Trained:
    """A model, and held-out predictions for what it was trained on."""

    model: Model
    seeds: HeldOutPredictions
    """For the seeds, in their order."""
    real: HeldOutPredictions
    """For the feature rows that teach, in their order."""


def train(
    seeds: Sequence[Seed],
    progress: Progress = lambda *_: None,
    regularisation: Regularisation | None = None,
    label_set: LabelSet = DEFAULT,
    rows: FeatureRows | None = None,
) -> Trained:
    """The model for `seeds` and for the feature rows that teach. Raises BadSeeds where there are too few seeds.

    On one machine the same seeds and rows give the same bits.
    """
    _refuse_too_few(seeds, label_set)
    with threadpool_limits(1):  # sums in another order give other last bits
        texts = [parse_text(seed.title, seed.text) for seed in seeds]
        corpus = count_corpus(seeds, texts, read_vectors(), read_feature_lexicon(label_set), label_set=label_set, rows=rows)
        fold = np.concatenate([folds.assign(seeds), folds.assign_names(rows.notes.outlet.tolist()) if rows else np.zeros(0, np.int64)])
        languages = profiles([seed.language for seed in seeds], texts)
        return _train(corpus, fold, languages, progress, regularisation or Regularisation())


def _refuse_too_few(seeds: Sequence[Seed], label_set: LabelSet) -> None:
    if len(seeds) < MIN_SEEDS:
        raise BadSeeds(f"expected at least {MIN_SEEDS} seeds to train, got {len(seeds)}")
    counts = Counter(name for seed in seeds for name in (*seed.topics, seed.source_type))
    missing = [f"{counts[name]} of {name}" for name in (*label_set.topics, *SOURCE_TYPES) if counts[name] < MIN_LABEL_SEEDS]
    if missing:
        raise BadSeeds(f"expected at least {MIN_LABEL_SEEDS} seeds of every label to train, got {', '.join(missing)}")


def _train(
    corpus: Corpus, fold: Indices, languages: dict[str, tuple[str, ...]], progress: Progress, regularisation: Regularisation
) -> Trained:
    steps = int(fold.max()) + 2
    examples = []
    for number in range(steps - 1):
        progress("fold", number + 1, steps)
        fitted = fit_first_level(corpus, np.flatnonzero(fold != number), regularisation)
        examples.append(examples_of(fitted, corpus, np.flatnonzero(fold == number)))
    progress("all articles", steps, steps)
    whole = fit_first_level(corpus, np.arange(len(corpus)), regularisation)
    held_out = predict_held_out(examples, fold)
    vectors = whole.first_level.score_counted(whole.restricted(corpus.counted)).articles.vectors
    distribution = _distribution(vectors, languages)
    stacking = fit_stacking(concatenated(examples))
    sure = _source_threshold(corpus, held_out)
    model = Model(whole.first_level, stacking, _thresholds(corpus, held_out), sure, distribution, label_set=corpus.label_set)
    seeds = np.arange(len(corpus)) < corpus.seeds
    return Trained(model, held_out[np.flatnonzero(seeds)], held_out[np.flatnonzero(~seeds)])


def examples_of(fold: Fold, corpus: Corpus, rows: Indices) -> StackingExamples:
    """The scores of a first level for the articles in `rows`, which it has not seen, alone and, where none is real, mixed."""
    real = corpus.is_real(rows)
    groups = [] if real.any() else [rows[mixture] for mixture in augment.mixtures(corpus.targets.topics[rows])]
    score, targets = fold.first_level.score_counted, corpus.targets[rows]
    articles = score(fold.restricted(corpus.counted[rows])).articles
    mixtures = score(fold.restricted(corpus.counted.joined(groups))).articles.topics if groups else articles.topics[:0]
    mixture_topics = [corpus.targets.topics[group].max(axis=0) for group in groups]
    return StackingExamples(
        mixtures=mixtures,
        articles=articles,
        topics=targets.topics,
        sources=targets.sources,
        primary=targets.primary,
        real=real,
        mixture_topics=np.array(mixture_topics, np.int8).reshape(-1, targets.topics.shape[1]),
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
        real=np.concatenate([part.real for part in examples]),
        mixtures=np.concatenate([part.mixtures for part in examples]),
        mixture_topics=np.concatenate([part.mixture_topics for part in examples]),
    )


def predict_held_out(examples: Sequence[StackingExamples], fold: Indices) -> HeldOutPredictions:
    """Predictions for each fold by a stacking fitted to the others; `examples` has one entry for each fold."""

    def empty(width: int) -> Floats:
        return np.zeros((len(fold), width), np.float32)

    topics = examples[0].topics.shape[1]
    held_out = HeldOutPredictions(empty(topics), empty(len(SOURCE_TYPES)), empty(topics), fold, known_words=empty(1)[:, 0])
    for number, part in enumerate(examples):
        stacking = fit_stacking(concatenated([*examples[:number], *examples[number + 1 :]]))
        rows = np.flatnonzero(fold == number)
        held_out.topics[rows] = stacking.topic_probabilities(part.articles)
        held_out.source[rows] = stacking.source_probabilities(part.articles)
        held_out.primary[rows] = stacking.primary_probabilities(part.articles)
        held_out.known_words[rows] = part.articles.known_words
    return held_out


def _thresholds(corpus: Corpus, held_out: HeldOutPredictions) -> list[Threshold]:
    real = corpus.is_real(np.arange(len(corpus)))
    weights = np.where(real, REAL_WEIGHT, 1.0)
    found = []
    for probability, truth in zip(held_out.topics.T, corpus.targets.topics.T, strict=True):
        known = np.flatnonzero(truth >= 0)
        found.append(choose_threshold(probability[known], truth[known] == 1, weights[known], real[known]))
    return found


def _source_threshold(corpus: Corpus, held_out: HeldOutPredictions) -> float:
    """The lowest of SOURCE_THRESHOLDS from which SURE_RIGHT of the real articles are right that may be `sure`, else the last; without any
    the first."""
    usable = corpus.is_real(np.arange(len(corpus))) & ~corpus.source_only & ~is_contradicted(held_out.source, outsiders_in(corpus.counted))
    real = np.flatnonzero(usable)
    if not len(real):
        return float(SOURCE_THRESHOLDS[0])
    probability = held_out.source[real].max(axis=1)
    right = held_out.source[real].argmax(axis=1) == corpus.targets.sources[real]
    enough = (value for value in SOURCE_THRESHOLDS.tolist() if right[probability >= value].mean() >= SURE_RIGHT)
    return round(next(enough, float(SOURCE_THRESHOLDS[-1])), 3)


def _distribution(vectors: Floats, languages: dict[str, tuple[str, ...]]) -> TrainingDistribution:
    """The mean vectors, and the cosines to the nearest other article that all but OUTLIERS and all but UNUSUAL of the articles reach."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    comparable = vectors.any(axis=1)  # scripts without word vectors have mean vectors of zeros
    smallest, usual = np.quantile(cosines[comparable].max(axis=1), (OUTLIERS, UNUSUAL))
    return TrainingDistribution(vectors, round(float(smallest), 4), round(float(usual), 4), languages)
