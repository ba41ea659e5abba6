"""Turn parsed texts into feature matrices: TF-IDF of terms, and dense features from word vectors, lexicon matches and clause roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.features import clause_role, speakers, style
from classifier.features.clause_role import ClauseRoles
from classifier.features.columns import Columns
from classifier.features.counts import CountedArticles, Indices, SentenceCounts
from classifier.features.style import style_rows
from classifier.features.word_table import Reading, WordTable
from classifier.features.word_vectors import WordVectors
from classifier.lexicon.lexicon import Lexicon, read_speaker_lexicon, read_subject_lexicon
from classifier.text.document import ParsedText
from classifier.text.tokens import terms

STYLE_COLUMNS = Columns({"style": style.NAMES, "speakers": speakers.NAMES})
"""What is told of how an article is written: its habits, and who speaks in it."""

FEATURES, SPEAKERS, SUBJECTS = 0, 1, 2
"""Positions of the lexicons in a word table: the one whose counts are features, the one that tells who speaks, and the one of subjects."""

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

    def single_words(self) -> NDArray[np.bool_]:
        """Whether each term is one word: no pair, no word beginning, (terms,)."""
        return np.array([" " not in term and "*" not in term for term in self.terms], bool)


def learn_vocabulary(articles: Sequence[ParsedText], others: Mapping[str, int] | None = None) -> Vocabulary:
    """The terms of MIN_ARTICLES of `articles` or more, weighted as by scikit-learn's smooth idf.

    `others` says of some terms how many articles have them that are not among `articles`.
    """
    counts = Counter(others or {})
    for article in articles:
        counts.update({term for sentence in article.sentences for term in terms(sentence.words)})
    kept = sorted(term for term, count in counts.items() if count >= MIN_ARTICLES)
    found = np.array([counts[term] for term in kept], np.float64)
    return Vocabulary.of(kept, inverse_frequency(found, len(articles)))


def inverse_frequency(found: NDArray[np.float64], articles: int) -> Floats:
    """The weight of a term that `found` of `articles` articles have, as by scikit-learn's smooth idf."""
    return (np.log((1 + articles) / (1 + found)) + 1).astype(np.float32)


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

    def __getstate__(self) -> dict[str, object]:
        """Without the table of words, which is made anew."""
        return {name: value for name, value in vars(self).items() if name != "words"}

    @cached_property
    def words(self) -> WordTable:
        """What is known of each word; its lexicons are FEATURES, SPEAKERS and SUBJECTS."""
        lexicons = self.lexicon, self.speaker_lexicon, self.clause_roles.subjects
        return WordTable(self.vocabulary.index, self.vectors.rows, lexicons)

    def count(self, texts: Sequence[ParsedText]) -> CountedArticles:
        """All that the models read of `texts`."""
        reading = self.words.read([sentence for parsed in texts for sentence in parsed.sentences])
        lexicon, clause_roles = self._lexicon_counts(reading)
        counts = SentenceCounts(
            vectors=self.vectors.sums(*reading.vector_rows()),
            lexicon=lexicon,
            clause_roles=clause_roles,
            words=reading.lengths.astype(np.float32),
        )
        lengths = np.array([len(parsed.sentences) for parsed in texts], np.int64)
        term_counts, known = self._term_counts(reading, lengths)
        return CountedArticles(
            sentences=counts,
            articles=counts.sums(lengths),
            terms=term_counts,
            known=known,
            styles=np.hstack([style_rows(texts), self._speakers(texts, reading)]),
            lengths=lengths,
            has_headline=np.array([parsed.has_headline for parsed in texts], bool),
        )

    def _term_counts(self, reading: Reading, lengths: Indices) -> tuple[sparse.csr_array, Floats]:
        """Counts of the vocabulary's terms, (articles, terms), and of the words that are in it, (articles,)."""
        article_of = np.repeat(np.arange(len(lengths)), lengths)
        words, sentence = reading.words()
        others, sentence_of_others = reading.pairs_and_beginnings()
        columns, articles = np.concatenate([words, others]), article_of[np.concatenate([sentence, sentence_of_others])]
        shape = len(lengths), len(self.vocabulary.terms)
        cells, counts = np.unique(articles * shape[1] + columns, return_counts=True)
        starts = np.searchsorted(cells, np.arange(len(lengths) + 1) * shape[1])
        matrix = sparse.csr_array((counts.astype(np.float32), cells % max(1, shape[1]), starts), shape=shape)
        return matrix, np.bincount(article_of[sentence], minlength=len(lengths)).astype(np.float32)

    def _lexicon_counts(self, reading: Reading) -> tuple[Floats, Floats]:
        """Counts of lexicon matches, and of the topics' matches by clause role, a row for each sentence."""
        column = {name: position for position, name in enumerate(clause_role.NAMES)}
        topical = np.array([topic is not None for topic in self.clause_roles.topics], bool)
        counts, matches = reading.matches(FEATURES, topical)
        every_subject = np.ones(len(self.clause_roles.subjects.groups), bool)
        _, named = reading.of_sentences(np.array(list(matches), np.int64)).matches(SUBJECTS, every_subject)
        roles = np.zeros((len(counts), len(column)), np.float32)
        for number, (row, found) in enumerate(matches.items()):
            for _, role in self.clause_roles.classify(reading.sentences[row], found, named.get(number, ())):
                roles[row, column[role]] += 1
        return counts, roles

    def _speakers(self, texts: Sequence[ParsedText], reading: Reading) -> Floats:
        """The shares of sentences by speaker, (articles, len(speakers.NAMES))."""
        counts, _ = reading.matches(SPEAKERS, np.zeros(len(self.speaker_lexicon.groups), bool))
        return speakers.shares(texts, reading, counts, self.speaker_lexicon.groups)

    def tf_idf(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Counts of terms as sublinear TF-IDF, each row of length one."""
        matrix = counts.copy()
        matrix.data = (1 + np.log(matrix.data)) * self.vocabulary.idf[matrix.indices]
        norms = np.sqrt(matrix.multiply(matrix).sum(axis=1))
        return sparse.csr_array(sparse.diags_array(1 / np.maximum(norms, SMALLEST_NORM)) @ matrix).astype(np.float32)

    def dense(self, raw: SentenceCounts) -> Floats:
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
