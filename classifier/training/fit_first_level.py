"""Fit the first level: its vocabulary and its linear models, to some articles of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.features.counts import CountedArticles, Indices, SentenceCounts
from classifier.features.encoder import MIN_ARTICLES, Encoder, Vocabulary, inverse_frequency
from classifier.model.first_level import FirstLevel, source_style
from classifier.model.linear import LinearModel, fit_classes, fit_labels
from classifier.training.corpus import Corpus

REAL_WEIGHT = 3.0
"""Of a real article, where a seed has 1: three and a half times as many seeds teach, and outlets are what is to be learned. On
folds of the teaching rows by outlet, 1, 2, 4: topics .787, .797, .803, log-loss of the source type .441, .426, .417."""
RUN = 3
"""Sentences, as many as a paragraph of the seeds has."""
RUN_WEIGHT = 0.3
"""Of such a run: there are as many as paragraphs of seeds. With them topics .787 to .796; at 1 those with topics lose."""
SPREAD_FLOOR = 0.05
"""Added to the standard deviation of a style feature, so that one that hardly varies in the seeds is not scaled up."""


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
class Fold:
    """A first level, and what restricts the corpus's figures to its vocabulary."""

    first_level: FirstLevel
    columns: Indices
    """Its terms among those of the corpus."""
    single_words: NDArray[np.bool_]
    """Of the corpus's terms."""

    def restricted(self, counted: CountedArticles) -> CountedArticles:
        """Articles counted with the corpus's vocabulary, for this first level."""
        return counted.with_terms(self.columns, self.single_words)


def fit_first_level(corpus: Corpus, rows: Indices, regularisation: Regularisation) -> Fold:
    """The linear models fitted to the articles `rows` of the corpus."""
    columns, encoder = _encoder(corpus, rows)
    single_words = corpus.encoder.vocabulary.single_words()
    counted = corpus.counted[rows].with_terms(columns, single_words)
    targets, weights = corpus.targets[rows], np.where(corpus.is_real(rows), REAL_WEIGHT, 1.0)
    tf_idf, dense = encoder.tf_idf(counted.terms), encoder.dense(counted.articles)
    mean, spread = counted.styles.mean(axis=0), counted.styles.std(axis=0) + SPREAD_FLOOR
    style = source_style(encoder, dense, (counted.styles - mean) / spread)
    first_level = FirstLevel(
        encoder=encoder,
        sentence=_fit_sentences(corpus, rows, encoder, regularisation.sentence),
        article=fit_labels(dense, targets.topics, regularisation.article, weights),
        terms=fit_labels(tf_idf, targets.topics, regularisation.terms, weights),
        source_terms=fit_classes(tf_idf, targets.sources, regularisation.source_terms, weights),
        source_dense=fit_classes(dense, targets.sources, regularisation.source_dense, weights),
        source_style=fit_classes(style, targets.sources, regularisation.source_style, weights),
        style_mean=mean,
        style_spread=spread,
    )
    return Fold(first_level, columns, single_words)


def _encoder(corpus: Corpus, rows: Indices) -> tuple[Indices, Encoder]:
    """The columns of the terms that MIN_ARTICLES of the chosen articles have, and the encoder with only these."""
    found = np.asarray((corpus.counted.terms[rows] > 0).sum(axis=0), np.float64).ravel()
    columns = np.flatnonzero(found >= MIN_ARTICLES)
    terms = [corpus.encoder.vocabulary.terms[column] for column in columns.tolist()]
    vocabulary = Vocabulary.of(terms, inverse_frequency(found[columns], len(rows)))
    return columns, Encoder(vocabulary, corpus.encoder.vectors, corpus.encoder.lexicon)


def _fit_sentences(corpus: Corpus, rows: Indices, encoder: Encoder, c: float) -> LinearModel:
    """The model of sentences, fitted to the labelled paragraphs of the chosen articles.

    Runs of sentences of real articles that carry no topic teach it too: no paragraph of theirs does.
    """
    paragraphs = corpus.paragraphs
    chosen = np.flatnonzero(np.isin(paragraphs.article, rows))
    without = rows[corpus.is_real(rows) & ~corpus.source_only[rows] & ~(corpus.targets.topics[rows] > 0).any(axis=1)]
    runs = _runs(corpus.counted[without])
    features = np.concatenate([encoder.dense(paragraphs.counts[chosen]), encoder.dense(runs)])
    of_runs = np.repeat(corpus.targets.topics[without], -(-corpus.counted.lengths[without] // RUN), axis=0)
    targets = np.concatenate([paragraphs.topics[chosen], of_runs])
    weights = np.concatenate([np.ones(len(chosen)), np.full(len(runs.words), RUN_WEIGHT)])
    return fit_labels(features, targets, c, weights)


def _runs(articles: CountedArticles) -> SentenceCounts:
    """The sums over each RUN sentences of each article."""
    lengths = [min(RUN, length - start) for length in articles.lengths.tolist() for start in range(0, length, RUN)]
    return articles.sentences.sums(np.array(lengths, np.int64))
