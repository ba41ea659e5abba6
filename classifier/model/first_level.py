"""Fit and apply the first level: linear models of sentences and of whole articles, whose scores the stacking combines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.features import speakers
from classifier.features.columns import Columns
from classifier.features.encoder import SMALLEST_NORM, Encoder, learn_vocabulary
from classifier.features.style import style_rows
from classifier.features.word_vectors import WordVectors
from classifier.labels import SOURCE_TYPES, TOPICS, SourceType
from classifier.lexicon.lexicon import Lexicon
from classifier.model import pooling
from classifier.model.linear import Floats, LinearModel, Matrix, fit_classes, fit_labels
from classifier.seeds.dataset import Seed
from classifier.text.document import ParsedText, parse_text

SPREAD_FLOOR = 0.05
"""Added to the standard deviation of a style feature, so that one that hardly varies in the seeds is not scaled up."""
RATE_SCALE = 2
"""Makes the lexicon rates as large as the standardised style features beside them, so that both are regularised alike."""

TOPIC_COLUMNS = Columns({"sentences": pooling.NAMES, "article": ("dense", "terms")})
"""What the stacking knows of an article for one topic: pooled scores of its sentences, and the scores of the whole article."""
SOURCE_COLUMNS = Columns(
    {
        "terms": tuple(map(str, SOURCE_TYPES)),
        "dense": tuple(map(str, SOURCE_TYPES)),
        "style": tuple(map(str, SOURCE_TYPES)),
        "speakers": speakers.NAMES,
    }
)
"""What the stacking knows of an article for the source type: the scores of three linear models, and who speaks."""


@dataclass(frozen=True)
class Regularisation:
    """Inverse regularisation (scikit-learn's C) of each linear model; docs/decisions/classifier-models.md has the figures."""

    sentence: float = 0.3
    article: float = 0.3
    terms: float = 3.0
    source_terms: float = 3.0
    source_dense: float = 0.1
    source_style: float = 0.05


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
    """Source type, on style features and lexicon rates (`_source_style`)."""
    style_mean: Floats
    """Of each style feature over the seeds, (len(style.NAMES),)."""
    style_spread: Floats
    """Standard deviation of each, plus SPREAD_FLOOR."""

    def score(self, texts: Sequence[ParsedText]) -> FirstLevelScores:
        """Applies every linear model to `texts`."""
        raw = self.encoder.count(texts)
        articles = raw.per_article(len(texts))
        tf_idf, dense = self.encoder.tf_idf(articles), self.encoder.dense(articles)
        sentences = self.sentence.scores(self.encoder.dense(raw))
        scores = ArticleScores(
            topics=self._topic_features(texts, sentences, tf_idf, dense),
            source=self._source_features(texts, tf_idf, dense),
            known_words=(articles.known / np.maximum(articles.words, 1)).astype(np.float32),
            vectors=unit(articles.vectors),
        )
        return FirstLevelScores(scores, sentences)

    def _topic_features(self, texts: Sequence[ParsedText], sentences: Floats, tf_idf: Matrix, dense: Floats) -> Floats:
        whole = np.stack([self.article.scores(dense), self.terms.scores(tf_idf)], axis=2)
        return TOPIC_COLUMNS.join({"sentences": pooling.pool(texts, sentences), "article": whole})

    def _source_features(self, texts: Sequence[ParsedText], tf_idf: Matrix, dense: Floats) -> Floats:
        style = _source_style(self.encoder, dense, style_rows(texts), self.style_mean, self.style_spread)
        return SOURCE_COLUMNS.join(
            {
                "terms": self.source_terms.scores(tf_idf),
                "dense": self.source_dense.scores(dense),
                "style": self.source_style.scores(style),
                "speakers": speakers.speakers(texts, self.encoder.speaker_lexicon),
            }
        )


def unit(vectors: Floats) -> Floats:
    """The rows scaled to length one; a row of zeros stays zero."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), SMALLEST_NORM), np.float32)


def _source_style(encoder: Encoder, dense: Floats, styles: Floats, mean: Floats, spread: Floats) -> Floats:
    """Standardised style features beside the rates of the lexicon groups that speak for a type of source, a row for each article."""
    groups = [encoder.dense_columns.position("lexicon_rate", name) for name in encoder.lexicon.groups if name.startswith("source.")]
    return np.hstack([(styles - mean) / spread, RATE_SCALE * dense[:, groups]]).astype(np.float32)


def fit_first_level(
    seeds: Sequence[Seed], texts: Sequence[ParsedText], vectors: WordVectors, lexicon: Lexicon, regularisation: Regularisation
) -> FirstLevel:
    """The linear models fitted to `seeds`; `texts` are those of the seeds, parsed."""
    encoder = Encoder(learn_vocabulary(texts), vectors, lexicon)
    articles = encoder.count(texts).per_article(len(texts))
    tf_idf, dense = encoder.tf_idf(articles), encoder.dense(articles)
    topics, sources = topic_targets(seeds), source_targets(seeds)
    styles = style_rows(texts)
    mean, spread = styles.mean(axis=0), styles.std(axis=0) + SPREAD_FLOOR
    return FirstLevel(
        encoder=encoder,
        sentence=_fit_sentences(seeds, encoder, regularisation.sentence),
        article=fit_labels(dense, topics, regularisation.article),
        terms=fit_labels(tf_idf, topics, regularisation.terms),
        source_terms=fit_classes(tf_idf, sources, regularisation.source_terms),
        source_dense=fit_classes(dense, sources, regularisation.source_dense),
        source_style=fit_classes(_source_style(encoder, dense, styles, mean, spread), sources, regularisation.source_style),
        style_mean=mean,
        style_spread=spread,
    )


def _fit_sentences(seeds: Sequence[Seed], encoder: Encoder, c: float) -> LinearModel:
    """The model of sentences, fitted to labelled paragraphs."""
    labelled = [paragraph for seed in seeds for paragraph in seed.paragraphs if paragraph.topics is not None]
    raw = encoder.count([parse_text("", paragraph.text) for paragraph in labelled]).per_article(len(labelled))
    targets = np.array([[topic in (paragraph.topics or ()) for topic in TOPICS] for paragraph in labelled], np.int8)
    return fit_labels(encoder.dense(raw), targets, c)


def topic_targets(seeds: Sequence[Seed]) -> NDArray[np.int8]:
    """1 where an article carries a topic, (articles, topics)."""
    return np.array([[topic in seed.topics for topic in TOPICS] for seed in seeds], np.int8)


def source_targets(seeds: Sequence[Seed]) -> NDArray[np.int64]:
    """The position of each article's source type in SOURCE_TYPES, (articles,)."""
    return np.array([SOURCE_TYPES.index(SourceType(seed.source_type)) for seed in seeds], np.int64)
