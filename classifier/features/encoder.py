"""Readings turned into numbers: weighted terms, static word vectors, cues; one row a sentence, summed to one row an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.features.clause_role import NAMES, ClauseRoles
from classifier.features.word_vectors import WordVectors
from classifier.lexicon.lexicon import Lexicon, read_fields, read_voices
from classifier.text.document import ParsedText, Sentence
from classifier.text.tokens import terms

Floats = NDArray[np.float32]
MIN_ARTICLES = 3
"""A term must stand in so many articles: names that one author invented teach nothing about the next outlet."""


@dataclass(frozen=True)
class Vocabulary:
    """The known terms with their weights (inverse document frequency), columns in the order of the sorted terms."""

    terms: list[str]
    idf: Floats
    index: dict[str, int]

    @classmethod
    def of(cls, terms_: list[str], idf: Floats) -> Vocabulary:
        """The vocabulary of sorted `terms_`."""
        return cls(terms_, idf, {term: column for column, term in enumerate(terms_)})


def learn_vocabulary(articles: Sequence[ParsedText]) -> Vocabulary:
    """The terms that stand in MIN_ARTICLES of `articles` or more, weighted as in scikit-learn's smooth idf."""
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update({term for sentence in article.sentences for term in terms(sentence.words)})
    kept = sorted(term for term, count in counts.items() if count >= MIN_ARTICLES)
    found = np.array([counts[term] for term in kept], np.float64)
    return Vocabulary.of(kept, (np.log((1 + len(articles)) / (1 + found)) + 1).astype(np.float32))


@dataclass(frozen=True)
class Rows:
    """Raw features, a row a sentence: counts of terms, sums of word vectors, counts of cues and of how they stand,
    and how many words were known."""

    counts: sparse.csr_array
    vectors: Floats
    cues: Floats
    standing: Floats
    words: Floats
    known: Floats
    article: NDArray[np.int64]
    """Which article each row belongs to."""

    def summed(self, articles: int) -> Rows:
        """The same, a row an article."""
        rows = len(self.article)
        join = sparse.csr_array((np.ones(rows, np.float32), (self.article, np.arange(rows))), shape=(articles, rows))
        return Rows(
            join @ self.counts,
            join @ self.vectors,
            join @ self.cues,
            join @ self.standing,
            join @ self.words,
            join @ self.known,
            np.arange(articles),
        )


class Encoder:
    """Makes Rows of texts with a fixed vocabulary, word vectors and cue book."""

    def __init__(self, vocabulary: Vocabulary, vectors: WordVectors, cues: Lexicon) -> None:
        self.vocabulary = vocabulary
        self.vectors = vectors
        self.cues = cues
        self.standing = ClauseRoles(cues, read_fields())
        self.voices = read_voices()

    def rows(self, texts: Sequence[ParsedText]) -> Rows:
        """A row for each sentence of `texts`, in order."""
        read = [sentence for parsed in texts for sentence in parsed.sentences]
        sentences = [sentence.words for sentence in read]
        article = [i for i, parsed in enumerate(texts) for _ in parsed.sentences]
        known = [sum(word in self.vocabulary.index for word in words) for words in sentences]
        return Rows(
            self._counts(sentences),
            self.vectors.sums(sentences),
            *self._cues(read),
            np.array([len(words) for words in sentences], np.float32),
            np.array(known, np.float32),
            np.array(article, np.int64),
        )

    def _counts(self, sentences: Sequence[list[str]]) -> sparse.csr_array:
        index = self.vocabulary.index
        columns: list[int] = []
        ends = [0]
        for words in sentences:
            columns.extend(index[term] for term in terms(words) if term in index)
            ends.append(len(columns))
        matrix = sparse.csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(sentences), len(index)))
        matrix.sum_duplicates()
        return matrix

    def _cues(self, sentences: Sequence[Sentence]) -> tuple[Floats, Floats]:
        """Counts of cues, and of the topical ones by how they stand, a row a sentence."""
        counts = np.zeros((len(sentences), len(self.cues.groups)), np.float32)
        standing = np.zeros((len(sentences), len(NAMES)), np.float32)
        for row, sentence in enumerate(sentences):
            found = self.cues.find(sentence.words)
            for group, _, _ in found:
                counts[row, group] += 1
            for _, column in self.standing.judge(sentence, found):
                standing[row, column] += 1
        return counts, standing

    def weighted(self, rows: Rows) -> sparse.csr_array:
        """Terms as sublinear tf-idf of length one."""
        matrix = rows.counts.copy()
        matrix.data = (1 + np.log(matrix.data)) * self.vocabulary.idf[matrix.indices]
        norms = np.sqrt(matrix.multiply(matrix).sum(axis=1))
        return sparse.csr_array(sparse.diags_array(1 / np.maximum(norms, 1e-9)) @ matrix).astype(np.float32)

    def dense(self, rows: Rows) -> Floats:
        """Mean word vectors of length one beside cues: log(1 + count), log(1 + per 100 words), and log(1 + count) by how they stand."""
        norms = np.linalg.norm(rows.vectors, axis=1, keepdims=True)
        rate = rows.cues * (100 / np.maximum(rows.words, 20))[:, None]
        return np.hstack(
            [rows.vectors / np.maximum(norms, 1e-9) * VECTOR_SCALE, np.log1p(rows.cues), np.log1p(rate), np.log1p(rows.standing)]
        ).astype(np.float32)


VECTOR_SCALE = 3.0
"""Brings the vectors' share of a regularised model level with that of the cues."""
