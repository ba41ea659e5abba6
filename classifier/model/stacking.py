"""Fit and apply the stacking: logistic regression that turns first-level scores into calibrated probabilities.

It is fitted to scores for articles that the first level had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.features.columns import Columns
from classifier.model.first_level import SOURCE_COLUMNS, TOPIC_COLUMNS, ArticleScores
from classifier.model.linear import Floats, LinearModel, certain, sigmoid, softmax

TOPIC_C, SOURCE_C, PRIMARY_C = 0.3, 0.1, 0.1
"""Inverse regularisation; the features are few and standardised. Topics on folds of the teaching rows by outlet at .03, .1, .3, 1: .791,
.814, .823, .813; log-loss of the source type at .03, .1, 1: .379, .382, .384, of the seeds' .243, .236, .234."""
REAL_WEIGHT = 6.0
"""Of a real article, where a seed has 1: it shows how scores are to be trusted on outlets that nobody here wrote. Topics on folds of the
teaching rows by outlet at 3, 6, 12, 30: .799, .800, .797, .794."""
REAL_SOURCE_WEIGHT = 4.0
"""The same for the source type: .785, .792, .792, .795 at 2, 3, 4, 6, but above 4 praise of an office's kind, which few of these rows
have, is taken for the office's own."""
SILENT = "praise"
"""Share of speakers that the stacking hears only where no real article teaches: beside `plain_praise` it cost .003 of log-loss on them."""
STEPS = 1000
"""Steps of the solver at most, many times what it takes, since scikit-learn warns where it is stopped."""
SMALLEST_SPREAD = 1e-6
"""Added to a standard deviation, so that a constant feature divides by no zero."""

NO_OTHER = -10.0
"""Log-odds that stand for another topic where there is none, or none above it: a probability of 1 in 20,000."""

PRIMARY_COLUMNS = Columns({**TOPIC_COLUMNS.blocks, "topic": ("score", "margin")})
"""What decides the main topic: the topic's features, its score, and how far that is above the next topic's."""


@dataclass(frozen=True)
class Stacking:
    """Linear models on first-level scores as they are: the standardisation is part of the weights."""

    topics: list[LinearModel]
    """One for each topic, on TOPIC_COLUMNS."""
    source: LinearModel
    """On SOURCE_COLUMNS."""
    primary: LinearModel
    """On PRIMARY_COLUMNS, the same for every topic."""

    def topic_scores(self, articles: ArticleScores) -> Floats:
        """Log-odds of each topic, (articles, topics)."""
        return _topic_scores(self.topics, articles)

    def topic_probabilities(self, articles: ArticleScores) -> Floats:
        """Calibrated probabilities, (articles, topics)."""
        return sigmoid(self.topic_scores(articles))

    def source_probabilities(self, articles: ArticleScores) -> Floats:
        """Calibrated probabilities, (articles, source types)."""
        return softmax(self.source.scores(articles.source))

    def primary_probabilities(self, articles: ArticleScores) -> Floats:
        """The probability that each topic is the article's main one, (articles, topics)."""
        features = _primary_features(articles, self.topic_scores(articles))
        return sigmoid(self.primary.scores(features.reshape(-1, features.shape[2])).reshape(features.shape[:2]))


def _topic_scores(models: list[LinearModel], articles: ArticleScores) -> Floats:
    return np.hstack([model.scores(articles.topics[:, topic]) for topic, model in enumerate(models)])


def _primary_features(articles: ArticleScores, scores: Floats) -> Floats:
    """Features of shape (articles, topics, PRIMARY_COLUMNS) from the topics' log-odds `scores`, (articles, topics)."""
    best_other = np.stack([np.delete(scores, topic, axis=1).max(axis=1, initial=NO_OTHER) for topic in range(scores.shape[1])], axis=1)
    blocks = {block: articles.topics[:, :, TOPIC_COLUMNS.block(block)] for block in TOPIC_COLUMNS.blocks}
    return PRIMARY_COLUMNS.join({**blocks, "topic": np.stack([scores, scores - best_other], axis=2)})


@dataclass(frozen=True)
class StackingExamples:
    """What the stacking is fitted to: scores by first levels that had not seen the articles, and the articles' labels."""

    articles: ArticleScores
    topics: NDArray[np.int8]
    """1 where an article carries a topic, 0 where not, negative where that is unknown, (articles, topics)."""
    sources: NDArray[np.int64]
    """Position in SOURCE_TYPES, (articles,)."""
    primary: NDArray[np.int8]
    """The same for an article's main topic."""
    real: NDArray[np.bool_]
    """Whether each article is a real one and no seed, (articles,)."""
    mixtures: Floats
    """Topic features of mixed articles (classifier.seeds.augment), none where there are real ones, (mixtures, topics, TOPIC_COLUMNS)."""
    mixture_topics: NDArray[np.int8]
    """1 where a mixture carries a topic, (mixtures, topics)."""


def fit_stacking(examples: StackingExamples) -> Stacking:
    """The stacking for some examples.

    Mixtures are among them so that a long article gets no higher probability than its sentences justify, where no real one shows that.
    """
    articles = examples.articles
    features = np.concatenate([articles.topics, examples.mixtures])
    targets = np.concatenate([examples.topics, examples.mixture_topics])
    weight = np.where(examples.real, REAL_WEIGHT, 1.0)
    weights = np.concatenate([weight, np.ones(len(examples.mixtures))])
    topics = [fit_standardised(features[:, topic], targets[:, topic], weights, TOPIC_C) for topic in range(targets.shape[1])]
    primary = _primary_features(articles, _topic_scores(topics, articles))
    by_topic = np.repeat(weight, primary.shape[1])
    primary_model = fit_standardised(primary.reshape(-1, primary.shape[2]), examples.primary.reshape(-1), by_topic, PRIMARY_C)
    return Stacking(topics, _fit_sources(articles.source, examples), primary_model)


def _fit_sources(source: Floats, examples: StackingExamples) -> LinearModel:
    """The model of the source type. Where no real article says how far terms are to be trusted, that trust is held down.

    Authors of seeds repeat their words and outlets do not. So every seed is learned twice then, once as if the scores of its terms
    were the same for all: dropout (Srivastava et al. 2014) of one block of features.
    """
    constant = source.copy()
    if examples.real.any():
        constant[:, SOURCE_COLUMNS.position("speakers", SILENT)] = 0
        return fit_standardised(constant, examples.sources, np.where(examples.real, REAL_SOURCE_WEIGHT, 1.0), SOURCE_C)
    terms = SOURCE_COLUMNS.block("terms")
    constant[:, terms] = source[:, terms].mean(axis=0)
    return fit_standardised(np.concatenate([source, constant]), np.tile(examples.sources, 2), np.ones(2 * len(source)), SOURCE_C)


def fit_standardised(x: Floats, y: NDArray[np.integer], weights: NDArray[np.float64], c: float) -> LinearModel:
    """One label where `y` has two values, else one label for each value; on features as they are. Negative ones are left out."""
    from sklearn.linear_model import LogisticRegression

    known = np.flatnonzero(y >= 0)
    x, y = x[known], y[known]
    if y.min() == y.max():
        return LinearModel(np.zeros((x.shape[1], 1), np.float32), np.array([certain(y)], np.float32))
    mean, spread = x.mean(axis=0), x.std(axis=0) + SMALLEST_SPREAD
    model = LogisticRegression(C=c, max_iter=STEPS).fit((x - mean) / spread, y, sample_weight=weights[known])
    return _unscaled(model.coef_, model.intercept_, mean, spread)


def _unscaled(weights: NDArray[np.floating], bias: NDArray[np.floating], mean: Floats, spread: Floats) -> LinearModel:
    """The model fitted to standardised features, for features as they are."""
    unscaled = weights / spread
    return LinearModel(unscaled.T.astype(np.float32), (bias - unscaled @ mean).astype(np.float32))
