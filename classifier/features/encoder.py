"""Turn parsed texts into feature matrices: TF-IDF of terms, and dense features from word vectors, lexicon matches and clause roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.features import clause_role
from classifier.features.clause_role import ClauseRoles
from classifier.features.columns import Columns
from classifier.features.word_vectors import WordVectors
from classifier.lexicon.lexicon import Lexicon, read_speaker_lexicon, read_subject_lexicon
from classifier.text.document import ParsedText, Sentence
from classifier.text.tokens import terms

Floats = NDArray[np.float32]
MIN_ARTICLES = 3
"""Articles that must have a term: names that one author invented say nothing of the next outlet."""
VECTOR_SCALE = 3.0
"""Length of a mean word vector; makes its numbers as large as the lexicon counts beside it, so that both are regularised alike."""
MIN_RATE_WORDS = 20
"""Words from which rates are computed as they are; in a shorter text one match would count as a very high rate."""
SMALLEST_NORM = 1e-9
"""Divides a row of zeros, which stays zero; any other row is far longer."""


@dataclass(frozen=True)
class Vocabulary:
    """The known terms, sorted, with their weights (inverse document frequency); a column for each."""

    terms: list[str]
    idf: Floats
    index: dict[str, int]
    """The column of each term."""

    @classmethod
    def of(cls, terms_: list[str], idf: Floats) -> Vocabulary:
        """The vocabulary of sorted `terms_`."""
        return cls(terms_, idf, {term: column for column, term in enumerate(terms_)})


def learn_vocabulary(articles: Sequence[ParsedText]) -> Vocabulary:
    """The terms of MIN_ARTICLES of `articles` or more, weighted as by scikit-learn's smooth idf."""
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update({term for sentence in article.sentences for term in terms(sentence.words)})
    kept = sorted(term for term, count in counts.items() if count >= MIN_ARTICLES)
    found = np.array([counts[term] for term in kept], np.float64)
    return Vocabulary.of(kept, (np.log((1 + len(articles)) / (1 + found)) + 1).astype(np.float32))


@dataclass(frozen=True)
class RawFeatures:
    """Counts and sums before they are scaled, a row for each sentence or for each article."""

    terms: sparse.csr_array
    """Counts of the vocabulary's terms, (rows, terms)."""
    vectors: Floats
    """Sums of word vectors, (rows, numbers of a vector)."""
    lexicon: Floats
    """Counts of lexicon matches, (rows, groups)."""
    clause_roles: Floats
    """Counts of clause roles, (rows, len(clause_role.NAMES))."""
    words: Floats
    """Number of words, (rows,)."""
    known: Floats
    """Number of words in the vocabulary, (rows,)."""
    article: NDArray[np.int64]
    """The article of each row, (rows,)."""

    def per_article(self, articles: int) -> RawFeatures:
        """The sums over the sentences of each of `articles` articles, a row for each."""
        rows = len(self.article)
        join = sparse.csr_array((np.ones(rows, np.float32), (self.article, np.arange(rows))), shape=(articles, rows))
        return RawFeatures(
            terms=join @ self.terms,
            vectors=join @ self.vectors,
            lexicon=join @ self.lexicon,
            clause_roles=join @ self.clause_roles,
            words=join @ self.words,
            known=join @ self.known,
            article=np.arange(articles),
        )


class Encoder:
    """Makes feature matrices with a fixed vocabulary, word vectors and lexicon."""

    def __init__(self, vocabulary: Vocabulary, vectors: WordVectors, lexicon: Lexicon) -> None:
        self.vocabulary = vocabulary
        self.vectors = vectors
        self.lexicon = lexicon
        self.clause_roles = ClauseRoles(lexicon, read_subject_lexicon())
        self.speaker_lexicon = read_speaker_lexicon()
        self.dense_columns = Columns(
            {
                "word_vector": tuple(map(str, range(vectors.size))),
                "lexicon_count": lexicon.groups,
                "lexicon_rate": lexicon.groups,
                "clause_role": clause_role.NAMES,
            }
        )

    def count(self, texts: Sequence[ParsedText]) -> RawFeatures:
        """A row for each sentence of `texts`, in order."""
        sentences = [sentence for parsed in texts for sentence in parsed.sentences]
        words = [sentence.words for sentence in sentences]
        lexicon, clause_roles = self._lexicon_counts(sentences)
        return RawFeatures(
            terms=self._term_counts(words),
            vectors=self.vectors.sums(words),
            lexicon=lexicon,
            clause_roles=clause_roles,
            words=np.array(list(map(len, words)), np.float32),
            known=np.array([sum(word in self.vocabulary.index for word in sentence) for sentence in words], np.float32),
            article=np.array([article for article, parsed in enumerate(texts) for _ in parsed.sentences], np.int64),
        )

    def _term_counts(self, sentences: Sequence[list[str]]) -> sparse.csr_array:
        index = self.vocabulary.index
        columns: list[int] = []
        ends = [0]
        for words in sentences:
            columns.extend(index[term] for term in terms(words) if term in index)
            ends.append(len(columns))
        matrix = sparse.csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(sentences), len(index)))
        matrix.sum_duplicates()
        return matrix

    def _lexicon_counts(self, sentences: Sequence[Sentence]) -> tuple[Floats, Floats]:
        """Counts of lexicon matches, and of the topics' matches by clause role, a row for each sentence."""
        column = {name: position for position, name in enumerate(clause_role.NAMES)}
        counts = np.zeros((len(sentences), len(self.lexicon.groups)), np.float32)
        roles = np.zeros((len(sentences), len(column)), np.float32)
        for row, sentence in enumerate(sentences):
            matches = self.lexicon.find(sentence.words)
            for match in matches:
                counts[row, match.group] += 1
            for _, role in self.clause_roles.classify(sentence, matches):
                roles[row, column[role]] += 1
        return counts, roles

    def tf_idf(self, raw: RawFeatures) -> sparse.csr_array:
        """Terms as sublinear TF-IDF, each row of length one."""
        matrix = raw.terms.copy()
        matrix.data = (1 + np.log(matrix.data)) * self.vocabulary.idf[matrix.indices]
        norms = np.sqrt(matrix.multiply(matrix).sum(axis=1))
        return sparse.csr_array(sparse.diags_array(1 / np.maximum(norms, SMALLEST_NORM)) @ matrix).astype(np.float32)

    def dense(self, raw: RawFeatures) -> Floats:
        """The features of `dense_columns`, a row for each of `raw`: mean word vectors of length VECTOR_SCALE, and logarithms.

        Those are log(1 + count) and log(1 + matches in 100 words) of the lexicon, and log(1 + count) of the clause roles.
        """
        norms = np.linalg.norm(raw.vectors, axis=1, keepdims=True)
        rate = raw.lexicon * (100 / np.maximum(raw.words, MIN_RATE_WORDS))[:, None]
        return self.dense_columns.join(
            {
                "word_vector": raw.vectors / np.maximum(norms, SMALLEST_NORM) * VECTOR_SCALE,
                "lexicon_count": np.log1p(raw.lexicon),
                "lexicon_rate": np.log1p(rate),
                "clause_role": np.log1p(raw.clause_roles),
            }
        )
