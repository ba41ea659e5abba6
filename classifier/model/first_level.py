"""First look: linear heads on sentences and on whole articles, whose scores the stack weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.features import style
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.speakers import speakers
from classifier.features.word_vectors import WordVectors
from classifier.labels import SOURCE_TYPES, TOPICS, SourceType
from classifier.lexicon.lexicon import Lexicon
from classifier.model.linear import Floats, LinearModel, fit_classes, fit_labels
from classifier.model.pooling import pool
from classifier.seeds.dataset import Seed
from classifier.text.document import ParsedText, parse_text

SPREAD_FLOOR = 0.05
"""Added to the spread of a form feature, so that one that hardly varies in the seeds is not blown up."""


@dataclass(frozen=True)
class Strengths:
    """Inverse regularisation (scikit-learn's C) of the heads; docs/decisions/classifier-models.md has the figures."""

    sentence: float = 0.3
    article: float = 0.3
    terms: float = 3.0
    source_terms: float = 3.0
    source_dense: float = 0.1
    source_form: float = 0.05


@dataclass(frozen=True)
class Measures:
    """What the heads say of some articles, a row an article."""

    topics: Floats
    """Features of the topic stack, (articles, topics, features)."""
    source: Floats
    """Features of the source stack, (articles, features)."""
    known: Floats
    """Share of each article's words that stand in the vocabulary."""
    vectors: Floats
    """Mean word vector of each article, of length one."""


@dataclass(frozen=True)
class FirstLevelScores:
    """The measures of some articles, and the log-odds of their sentences for evidence, (sentences, topics)."""

    measures: Measures
    sentences: Floats


@dataclass(frozen=True)
class FirstLevel:
    """The fitted heads with all that their features need."""

    encoder: Encoder
    sentence: LinearModel
    article: LinearModel
    terms: LinearModel
    source_terms: LinearModel
    source_dense: LinearModel
    source_form: LinearModel
    form_mean: Floats
    form_spread: Floats

    def look(self, texts: Sequence[ParsedText]) -> FirstLevelScores:
        """Applies every head to `texts`."""
        rows = self.encoder.rows(texts)
        articles = rows.summed(len(texts))
        weighted, dense = self.encoder.weighted(articles), self.encoder.dense(articles)
        sentences = self.sentence.scores(self.encoder.dense(rows))
        whole = np.stack([self.article.scores(dense), self.terms.scores(weighted)], axis=2)
        habits = habit_rows(self.encoder, dense, forms(texts), self.form_mean, self.form_spread)
        told = ((self.source_terms, weighted), (self.source_dense, dense), (self.source_form, habits))
        measures = Measures(
            topics=np.concatenate([pool(texts, sentences), whole], axis=2),
            source=np.hstack([*(head.scores(x) for head, x in told), speakers(texts, self.encoder.voices)]),
            known=(articles.known / np.maximum(articles.words, 1)).astype(np.float32),
            vectors=unit(articles.vectors),
        )
        return FirstLevelScores(measures, sentences)


def unit(vectors: Floats) -> Floats:
    """Rows brought to length one; a row of nothing stays nothing."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def forms(texts: Sequence[ParsedText]) -> Floats:
    """The form of each article, (articles, len(form.NAMES))."""
    return np.stack([style.style(parsed) for parsed in texts]) if texts else np.zeros((0, len(style.NAMES)), np.float32)


def habit_rows(encoder: Encoder, dense: Floats, noted: Floats, mean: Floats, spread: Floats) -> Floats:
    """Standardised form beside the rates of the cues that tell of a source."""
    groups = len(encoder.cues.groups)
    rates = dense[:, encoder.vectors.size + groups : encoder.vectors.size + 2 * groups]
    telling = [column for column, name in enumerate(encoder.cues.groups) if name.startswith("source.")]
    return np.hstack([(noted - mean) / spread, 2 * rates[:, telling]]).astype(np.float32)


def fit_first_level(
    seeds: Sequence[Seed], texts: Sequence[ParsedText], vectors: WordVectors, cues: Lexicon, strengths: Strengths
) -> FirstLevel:
    """Heads fitted to `seeds`, whose texts are `texts`."""
    encoder = Encoder(learn_vocabulary(texts), vectors, cues)
    articles = encoder.rows(texts).summed(len(texts))
    weighted, dense = encoder.weighted(articles), encoder.dense(articles)
    topics, sources = topic_targets(seeds), source_targets(seeds)
    noted = forms(texts)
    mean, spread = noted.mean(axis=0), noted.std(axis=0) + SPREAD_FLOOR
    habits = habit_rows(encoder, dense, noted, mean, spread)
    return FirstLevel(
        encoder=encoder,
        sentence=_fit_sentences(seeds, encoder, strengths.sentence),
        article=fit_labels(dense, topics, strengths.article),
        terms=fit_labels(weighted, topics, strengths.terms),
        source_terms=fit_classes(weighted, sources, strengths.source_terms),
        source_dense=fit_classes(dense, sources, strengths.source_dense),
        source_form=fit_classes(habits, sources, strengths.source_form),
        form_mean=mean,
        form_spread=spread,
    )


def _fit_sentences(seeds: Sequence[Seed], encoder: Encoder, strength: float) -> LinearModel:
    """The head of sentences, taught by labelled paragraphs."""
    labelled = [paragraph for seed in seeds for paragraph in seed.paragraphs if paragraph.topics is not None]
    rows = encoder.rows([parse_text("", paragraph.text) for paragraph in labelled]).summed(len(labelled))
    targets = np.array([[topic in (paragraph.topics or ()) for topic in TOPICS] for paragraph in labelled], np.int8)
    return fit_labels(encoder.dense(rows), targets, strength)


def topic_targets(seeds: Sequence[Seed]) -> NDArray[np.int8]:
    """1 where an article carries a topic, (articles, topics)."""
    return np.array([[topic in seed.topics for topic in TOPICS] for seed in seeds], np.int8)


def source_targets(seeds: Sequence[Seed]) -> NDArray[np.int64]:
    """The place of each article's source type in SOURCE_TYPES."""
    return np.array([SOURCE_TYPES.index(SourceType(seed.source_type)) for seed in seeds], np.int64)
