"""Read and count what a model is fitted to: topics, seeds and feature rows; figures of every article, counted once, and their labels."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.features.counts import CountedArticles, Indices, SentenceCounts, concatenated
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.word_vectors import WordVectors
from classifier.label_set import DEFAULT, LabelSet, read_label_set
from classifier.labels import SOURCE_TYPES, SourceType
from classifier.lexicon.lexicon import Lexicon
from classifier.seeds.dataset import Seed, digest, read_seeds
from classifier.text.document import ParsedText, parse_text
from classifier.training.feature_rows import FeatureRows, OtherFeatures, read_feature_rows

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Material:
    """What a folder of seeds holds."""

    label_set: LabelSet
    seeds: list[Seed]
    rows: FeatureRows | None
    """None where there are none, or none of these features."""

    @property
    def digest(self) -> str:
        """SHA-256 over all that training reads."""
        topics = "" if self.label_set == DEFAULT else json.dumps(self.label_set.to_dict(), ensure_ascii=False)
        return digest(self.seeds, (self.rows.digest if self.rows else "") + topics)


def read_material(folder: Path) -> Material:
    """All that is in a folder of seeds; raises BadCall, BadSeeds. Feature rows that do not fit cost a warning, and training goes on."""
    label_set = read_label_set(folder)
    seeds = read_seeds(folder)
    try:
        rows = read_feature_rows(folder, label_set)
    except OtherFeatures as error:
        log.warning("%s; training goes on without them", error)
        rows = None
    return Material(label_set, seeds, rows)


@dataclass(frozen=True)
class Targets:
    """The labels of some articles, a row for each."""

    topics: NDArray[np.int8]
    """1 where an article carries a topic, 0 where not, UNKNOWN where its labels do not say, (articles, topics)."""
    sources: NDArray[np.int64]
    """Position in SOURCE_TYPES, (articles,)."""
    primary: NDArray[np.int8]
    """The same for an article's main topic."""

    def __getitem__(self, rows: Indices) -> Targets:
        return Targets(self.topics[rows], self.sources[rows], self.primary[rows])


@dataclass(frozen=True)
class Paragraphs:
    """Labelled paragraphs, which teach the model of sentences."""

    counts: SentenceCounts
    topics: NDArray[np.int8]
    """1 where a paragraph carries a topic, (paragraphs, topics)."""
    article: Indices
    """The article that each is from, (paragraphs,)."""


@dataclass(frozen=True)
class Corpus:
    """Seeds, and behind them the feature rows of real texts."""

    label_set: LabelSet
    encoder: Encoder
    """Counts with the terms of MIN_ARTICLES articles or more; each fold has a smaller vocabulary."""
    counted: CountedArticles
    targets: Targets
    paragraphs: Paragraphs
    seeds: int
    """How many of the articles are seeds."""
    source_only: NDArray[np.bool_]
    """Feature rows that say nothing of topics (RowNotes), (articles,)."""

    def __len__(self) -> int:
        return len(self.counted)

    def is_real(self, rows: Indices) -> NDArray[np.bool_]:
        """Whether each of `rows` is a feature row of a real text."""
        return rows >= self.seeds


def count_corpus(
    seeds: Sequence[Seed],
    texts: Sequence[ParsedText],
    vectors: WordVectors,
    lexicon: Lexicon,
    *,
    label_set: LabelSet = DEFAULT,
    rows: FeatureRows | None = None,
) -> Corpus:
    """The corpus of `seeds`, whose parsed texts are `texts`, and of `rows`, which have the label set's topics."""
    encoder = Encoder(learn_vocabulary(texts, rows.term_counts() if rows else None), vectors, lexicon)
    counted, targets = encoder.count(texts), targets_of(seeds, label_set)
    if rows is not None:
        counted = concatenated([counted, rows.counted(encoder.vocabulary, len(encoder.lexicon.groups))])
        targets = Targets(
            np.concatenate([targets.topics, rows.topics]),
            np.concatenate([targets.sources, rows.sources]),
            np.concatenate([targets.primary, rows.primary]),
        )
    source_only = np.concatenate([np.zeros(len(seeds), bool), rows.notes.source_only if rows is not None else np.zeros(0, bool)])
    return Corpus(label_set, encoder, counted, targets, _paragraphs(seeds, encoder, label_set), len(seeds), source_only)


def _paragraphs(seeds: Sequence[Seed], encoder: Encoder, label_set: LabelSet) -> Paragraphs:
    """Those that people labelled; where there is none at all, every paragraph with the topics of its article."""
    every = [(row, paragraph) for row, seed in enumerate(seeds) for paragraph in seed.paragraphs]
    labelled = [(row, paragraph) for row, paragraph in every if paragraph.topics is not None]
    labelled = labelled or [(row, replace(paragraph, topics=seeds[row].topics)) for row, paragraph in every]
    counts = encoder.count([parse_text("", paragraph.text) for _, paragraph in labelled]).articles
    topics = np.array([[topic in (paragraph.topics or ()) for topic in label_set.topics] for _, paragraph in labelled], np.int8)
    return Paragraphs(counts, topics.reshape(len(labelled), len(label_set.topics)), np.array([row for row, _ in labelled], np.int64))


def targets_of(articles: Sequence[Seed], label_set: LabelSet = DEFAULT) -> Targets:
    """The labels of articles."""
    primary = np.array([[topic == article.primary for topic in label_set.topics] for article in articles], np.int8)
    return Targets(topic_targets(articles, label_set.topics), source_targets(articles), primary.reshape(len(articles), -1))


def topic_targets(articles: Sequence[Seed], topics: Sequence[str] = DEFAULT.topics) -> NDArray[np.int8]:
    """1 where an article carries a topic, (articles, topics)."""
    return np.array([[topic in article.topics for topic in topics] for article in articles], np.int8).reshape(len(articles), len(topics))


def source_targets(articles: Sequence[Seed]) -> NDArray[np.int64]:
    """The position of each article's source type in SOURCE_TYPES, (articles,)."""
    return np.array([SOURCE_TYPES.index(SourceType(article.source_type)) for article in articles], np.int64)
