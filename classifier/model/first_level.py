"""Apply the first level: linear models of sentences and of whole articles, whose scores the stacking combines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classifier.features.columns import Columns
from classifier.features.counts import CountedArticles
from classifier.features.encoder import SMALLEST_NORM, STYLE_COLUMNS, Encoder
from classifier.labels import SOURCE_TYPES
from classifier.model import pooling
from classifier.model.linear import Floats, LinearModel, Matrix
from classifier.text.document import ParsedText

RATE_SCALE = 2
"""Makes the lexicon rates as large as the standardised style features beside them, so that both are regularised alike."""

TOPIC_COLUMNS = Columns({"sentences": pooling.NAMES, "article": ("dense", "terms")})
"""What the stacking knows of an article for one topic: pooled scores of its sentences, and the scores of the whole article."""
SOURCE_COLUMNS = Columns(
    {
        "terms": tuple(map(str, SOURCE_TYPES)),
        "dense": tuple(map(str, SOURCE_TYPES)),
        "style": tuple(map(str, SOURCE_TYPES)),
        "speakers": ("praise", "plain_praise"),
    }
)
"""What the stacking knows of an article for the source type: the scores of three linear models, and how much the outlet itself praises.

The guide decides by two sentences of praise. The other shares of speakers are part of the style, since they misled in the stacking
(docs/decisions/feature-rows.md).
"""


@dataclass(frozen=True)
class ArticleScores:
    """What the first level says of some articles, a row for each."""

    topics: Floats
    """Features of the topic stacking, (articles, topics, TOPIC_COLUMNS)."""
    source: Floats
    """Features of the source-type stacking, (articles, SOURCE_COLUMNS)."""
    known_words: Floats
    """Share of each article's words that are in the vocabulary, (articles,)."""
    vectors: Floats
    """Mean word vector of each article, of length one, (articles, numbers of a vector)."""


@dataclass(frozen=True)
class FirstLevelScores:
    """The scores of some articles, and those of their sentences, which evidence quotes."""

    articles: ArticleScores
    sentences: Floats
    """Log-odds of every sentence, in the order of the texts, (sentences, topics)."""
    source_sentences: Floats
    """How far each sentence speaks for each source type and against the others, (sentences, source types)."""
    outsiders: NDArray[np.bool_]
    """Whether an outsider speaks in each article, as an analyst or a villager does, (articles,)."""


@dataclass(frozen=True)
class FirstLevel:
    """The fitted linear models, with all that their features need."""

    encoder: Encoder
    sentence: LinearModel
    """Topics of a sentence, on dense features."""
    article: LinearModel
    """Topics of an article, on dense features."""
    terms: LinearModel
    """Topics of an article, on TF-IDF."""
    source_terms: LinearModel
    """Source type, on TF-IDF."""
    source_dense: LinearModel
    """Source type, on dense features."""
    source_style: LinearModel
    """Source type, on style features and lexicon rates (`source_style`)."""
    style_mean: Floats
    """Of each style feature over the seeds, (len(STYLE_COLUMNS),)."""
    style_spread: Floats
    """Standard deviation of each, plus a floor."""

    @cached_property
    def source_contrast(self) -> Floats:
        """What each dense feature says for each source type and against the others, (features, source types)."""
        return contrast(self.source_dense.weights)

    def score(self, texts: Sequence[ParsedText]) -> FirstLevelScores:
        """Applies every linear model to `texts`."""
        return self.score_counted(self.encoder.count(texts))

    def score_counted(self, counted: CountedArticles) -> FirstLevelScores:
        """Applies every linear model to articles that were counted with this vocabulary."""
        tf_idf, dense = self.encoder.tf_idf(counted.terms), self.encoder.dense(counted.articles)
        dense_sentences = self.encoder.dense(counted.sentences)
        sentences = self.sentence.scores(dense_sentences)
        scores = ArticleScores(
            topics=self._topic_features(counted, sentences, tf_idf, dense),
            source=self._source_features(counted, tf_idf, dense),
            known_words=(counted.known / np.maximum(counted.articles.words, 1)).astype(np.float32),
            vectors=unit(counted.articles.vectors),
        )
        return FirstLevelScores(scores, sentences, contrast(dense_sentences @ self.source_dense.weights), outsiders_in(counted))

    def _topic_features(self, counted: CountedArticles, sentences: Floats, tf_idf: Matrix, dense: Floats) -> Floats:
        whole = np.stack([self.article.scores(dense), self.terms.scores(tf_idf)], axis=2)
        pooled = pooling.pool(counted.lengths, counted.has_headline, sentences)
        return TOPIC_COLUMNS.join({"sentences": pooled, "article": whole})

    def _source_features(self, counted: CountedArticles, tf_idf: Matrix, dense: Floats) -> Floats:
        style = source_style(self.encoder, dense, (counted.styles - self.style_mean) / self.style_spread)
        return SOURCE_COLUMNS.join(
            {
                "terms": self.source_terms.scores(tf_idf),
                "dense": self.source_dense.scores(dense),
                "style": self.source_style.scores(style),
                "speakers": counted.styles[:, [STYLE_COLUMNS.position("speakers", name) for name in SOURCE_COLUMNS.blocks["speakers"]]],
            }
        )


def outsiders_in(counted: CountedArticles) -> NDArray[np.bool_]:
    """Whether an outsider speaks in each article, (articles,)."""
    return np.asarray(counted.styles[:, STYLE_COLUMNS.position("speakers", "outsider")] > 0)


def contrast(scores: Floats) -> Floats:
    """Scores of classes that exclude one another, each minus the mean of all: what speaks for all of them alike is taken out."""
    return np.asarray(scores - scores.mean(axis=-1, keepdims=True), np.float32)


def unit(vectors: Floats) -> Floats:
    """The rows scaled to length one; a row of zeros stays zero."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), SMALLEST_NORM), np.float32)


def source_groups(encoder: Encoder) -> list[str]:
    """The lexicon groups that speak for a type of source."""
    return [name for name in encoder.lexicon.groups if name.startswith("source.")]


def source_style(encoder: Encoder, dense: Floats, standardised: Floats) -> Floats:
    """Standardised style features beside the rates of `source_groups`, a row for each article."""
    groups = [encoder.dense_columns.position("lexicon_rate", name) for name in source_groups(encoder)]
    return np.hstack([standardised, RATE_SCALE * dense[:, groups]]).astype(np.float32)
