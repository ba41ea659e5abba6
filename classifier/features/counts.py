"""Hold what is counted in articles, by sentence and by article: figures from which no sentence can be read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class SentenceCounts:
    """Counts and sums before they are scaled, a row for each sentence, paragraph or article."""

    vectors: Floats
    """Sums of word vectors, (rows, numbers of a vector)."""
    lexicon: Floats
    """Counts of lexicon matches, (rows, groups)."""
    clause_roles: Floats
    """Counts of clause roles, (rows, len(clause_role.NAMES))."""
    words: Floats
    """Number of words, (rows,)."""

    def __getitem__(self, rows: Indices) -> SentenceCounts:
        return SentenceCounts(self.vectors[rows], self.lexicon[rows], self.clause_roles[rows], self.words[rows])

    def with_groups(self, groups: int) -> SentenceCounts:
        """The same with as many lexicon groups, of which those behind the counted ones have no matches."""
        more = np.zeros((len(self.words), groups - self.lexicon.shape[1]), self.lexicon.dtype)
        return SentenceCounts(self.vectors, np.hstack([self.lexicon, more]), self.clause_roles, self.words)

    def sums(self, lengths: Indices) -> SentenceCounts:
        """The sums over runs of neighbouring rows; `lengths` (runs,) says how many rows each run has."""
        rows = len(self.words)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        join = sparse.csr_array((np.ones(rows, np.float32), np.arange(rows), ends), shape=(len(lengths), rows))
        return SentenceCounts(join @ self.vectors, join @ self.lexicon, join @ self.clause_roles, join @ self.words)


@dataclass(frozen=True)
class CountedArticles:
    """All that the models read of some articles."""

    sentences: SentenceCounts
    """Those of every article in order, (sentences, …)."""
    articles: SentenceCounts
    """Sums over the whole article, (articles, …)."""
    terms: sparse.csr_array
    """Counts of the vocabulary's terms, (articles, terms)."""
    known: Floats
    """Number of words in the vocabulary, (articles,)."""
    styles: Floats
    """Style, and who speaks, (articles, STYLE_COLUMNS of the encoder)."""
    lengths: Indices
    """Sentences of each article in `sentences`, (articles,)."""
    has_headline: NDArray[np.bool_]
    """Whether the first of its sentences is the headline, (articles,)."""

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, rows: Indices) -> CountedArticles:
        return CountedArticles(
            sentences=self.sentences[self._sentences_of(rows)],
            articles=self.articles[rows],
            terms=self.terms[rows],
            known=self.known[rows],
            styles=self.styles[rows],
            lengths=self.lengths[rows],
            has_headline=self.has_headline[rows],
        )

    def _sentences_of(self, rows: Indices) -> Indices:
        ends = np.cumsum(self.lengths)
        return np.concatenate([np.arange(ends[row] - self.lengths[row], ends[row]) for row in rows] or [np.zeros(0, np.int64)])

    def joined(self, groups: Sequence[Indices]) -> CountedArticles:
        """One article for each group of articles: all their sentences under the headline of the first. Its style is that of the first."""
        rows = np.concatenate([*groups, np.zeros(0, np.int64)]).astype(np.int64)
        sizes = np.array([len(group) for group in groups], np.int64)
        firsts = rows[np.cumsum(sizes) - sizes]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        join = sparse.csr_array((np.ones(len(rows), np.float32), rows, ends), shape=(len(groups), len(self)))
        return CountedArticles(
            sentences=self.sentences[self._sentences_of(rows)],
            articles=self.articles[rows].sums(sizes),
            terms=sparse.csr_array(join @ self.terms),
            known=join @ self.known,
            styles=self.styles[firsts],
            lengths=np.asarray(join @ self.lengths, np.int64),
            has_headline=self.has_headline[firsts],
        )

    def with_terms(self, columns: Indices, words: NDArray[np.bool_]) -> CountedArticles:
        """The same articles for a vocabulary that has only some of the terms; `words` says which of all terms are single words."""
        terms = sparse.csr_array(self.terms[:, columns])
        known = terms @ words[columns].astype(np.float32)
        return CountedArticles(self.sentences, self.articles, terms, known, self.styles, self.lengths, self.has_headline)


def concatenated(parts: Sequence[CountedArticles]) -> CountedArticles:
    """The articles of all parts, which have the same columns."""
    return CountedArticles(
        sentences=_stacked([part.sentences for part in parts]),
        articles=_stacked([part.articles for part in parts]),
        terms=sparse.csr_array(sparse.vstack([part.terms for part in parts])),
        known=np.concatenate([part.known for part in parts]),
        styles=np.concatenate([part.styles for part in parts]),
        lengths=np.concatenate([part.lengths for part in parts]),
        has_headline=np.concatenate([part.has_headline for part in parts]),
    )


def _stacked(parts: Sequence[SentenceCounts]) -> SentenceCounts:
    return SentenceCounts(
        vectors=np.concatenate([part.vectors for part in parts]),
        lexicon=np.concatenate([part.lexicon for part in parts]),
        clause_roles=np.concatenate([part.clause_roles for part in parts]),
        words=np.concatenate([part.words for part in parts]),
    )
