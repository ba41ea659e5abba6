"""Second look: the heads' scores weighed into calibrated probabilities, on predictions for articles that the heads had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import SOURCE_TYPES
from classifier.model.first_level import Measures
from classifier.model.linear import Floats, LinearModel, sigmoid, softmax

TERMS = len(SOURCE_TYPES)
"""The first columns of the source features are the terms head's."""
STRENGTH = 0.1
"""Inverse regularisation of the stack; its inputs are few and standardised."""


@dataclass(frozen=True)
class Stacking:
    """Weights of the second level, on features as the heads give them (the scaling is folded in)."""

    topics: list[LinearModel]
    """One head of one label for each topic."""
    source: LinearModel
    primary: LinearModel

    def topic_scores(self, measures: Measures) -> Floats:
        """Log-odds of each topic, (articles, topics)."""
        return np.hstack([head.scores(measures.topics[:, place]) for place, head in enumerate(self.topics)])

    def topic_probabilities(self, measures: Measures) -> Floats:
        """Calibrated probabilities, (articles, topics)."""
        return np.asarray(sigmoid(self.topic_scores(measures)))

    def source_probabilities(self, measures: Measures) -> Floats:
        """Calibrated probabilities, (articles, source types)."""
        return np.asarray(softmax(self.source.scores(measures.source)))

    def primary_probabilities(self, measures: Measures) -> Floats:
        """How likely each topic is the article's main one, (articles, topics)."""
        features = primary_features(measures, self.topic_scores(measures))
        return np.asarray(sigmoid(self.primary.scores(features.reshape(-1, features.shape[2])).reshape(features.shape[:2])))


def primary_features(measures: Measures, scores: Floats) -> Floats:
    """What tells the main topic: the pooled scores, the article's own score, and its lead over the next topic."""
    others = np.stack([np.delete(scores, place, axis=1).max(axis=1) for place in range(scores.shape[1])], axis=1)
    return np.concatenate([measures.topics, scores[:, :, None], (scores - others)[:, :, None]], axis=2)


@dataclass(frozen=True)
class Lesson:
    """What the stack learns from: features taken out of fold, and the truth."""

    measures: Measures
    topics: NDArray[np.int8]
    """1 where an article carries a topic, (articles, topics)."""
    sources: NDArray[np.int64]
    primary: NDArray[np.int8]
    """1 for an article's main topic, (articles, topics)."""
    mixed: Floats
    """Features of the topic stack of mixed articles, (mixtures, topics, features)."""
    mixed_topics: NDArray[np.int8]


def fit_stacking(lesson: Lesson) -> Stacking:
    """The stack for one lesson; mixtures teach it that a long article is no likelier to carry a topic than its sentences are."""
    measures = lesson.measures
    features = np.concatenate([measures.topics, lesson.mixed])
    truth = np.concatenate([lesson.topics, lesson.mixed_topics])
    heads = [_fit_one(features[:, place], truth[:, place]) for place in range(truth.shape[1])]
    scores = np.hstack([head.scores(measures.topics[:, place]) for place, head in enumerate(heads)])
    told = primary_features(measures, scores)
    main = _fit_one(told.reshape(-1, told.shape[2]), lesson.primary.reshape(-1))
    sources = np.concatenate([measures.source, _without_terms(measures.source)])
    return Stacking(heads, _fit_one(sources, np.tile(lesson.sources, 2)), main)


def _without_terms(source: Floats) -> Floats:
    """The same articles as if the terms head were silent.

    Authors of seeds repeat their words and outlets do not: a stack that may lean on terms alone does, and fails in the world.
    Telling it everything twice, once without them, is dropout (Srivastava et al. 2014) for one head.
    """
    silent = source.copy()
    silent[:, :TERMS] = source[:, :TERMS].mean(axis=0)
    return silent


def _fit_one(x: Any, y: Any) -> LinearModel:
    """A head of one label where `y` has two values, else of one label a class."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit((x - mean) / spread, y)
    return _unscaled(model, mean, spread)


def _unscaled(model: Any, mean: Any, spread: Any) -> LinearModel:
    """The fitted weights for features that were not standardised."""
    weights = (model.coef_ / spread).T
    bias = model.intercept_ - (model.coef_ / spread) @ mean
    return LinearModel(weights.astype(np.float32), bias.astype(np.float32))
