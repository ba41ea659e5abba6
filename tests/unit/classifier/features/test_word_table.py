"""What is counted by whole arrays is what is counted sentence by sentence."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from classifier.features import word_table
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.seeds.dataset import Seed
from classifier.text.document import ParsedText, parse_text
from classifier.text.tokens import terms


@pytest.fixture(scope="module")
def texts(few_seeds: list[Seed]) -> list[ParsedText]:
    odd = [
        parse_text("", ""),
        parse_text("", "Mines."),
        parse_text("a", "ទាហាន ៣ នាក់។ Border-crossing re-opened, says H.E. X."),
        parse_text("", "\n"),
    ]
    return [*(parse_text(seed.title, seed.text) for seed in few_seeds[:40]), *odd]


@pytest.fixture(scope="module")
def encoder(texts: list[ParsedText]) -> Encoder:
    return Encoder(learn_vocabulary(texts), read_vectors(), read_feature_lexicon())


def test_terms_are_those_of_each_sentence(encoder: Encoder, texts: list[ParsedText]) -> None:
    counted = encoder.count(texts)
    for row, parsed in enumerate(texts):
        expected = Counter(term for sentence in parsed.sentences for term in terms(sentence.words) if term in encoder.vocabulary.index)
        found = counted.terms[[row]].toarray()[0]
        assert {encoder.vocabulary.terms[column]: found[column] for column in np.flatnonzero(found)} == expected


def test_matches_are_those_that_the_lexicon_finds(encoder: Encoder, texts: list[ParsedText]) -> None:
    sentences = [sentence for parsed in texts for sentence in parsed.sentences]
    reading = encoder.words.read(sentences)
    for number, lexicon in enumerate(encoder.words.lexicons):
        counts, by_sentence = reading.matches(number, np.ones(len(lexicon.groups), bool))
        for row, sentence in enumerate(sentences):
            assert by_sentence.get(row, []) == sorted(lexicon.find(sentence.words), key=lambda match: (match.group, match.start, match.end))
            assert counts[row].sum() == len(by_sentence.get(row, []))


def test_vectors_are_the_sums_over_words(encoder: Encoder, texts: list[ParsedText]) -> None:
    found = encoder.count(texts).sentences.vectors
    matrix = encoder.vectors.matrix.astype(np.float64)
    for vector, sentence in zip(found, (sentence for parsed in texts for sentence in parsed.sentences), strict=True):
        expected = sum((matrix[list(encoder.vectors.rows(word))].sum(axis=0) for word in sentence.words), np.zeros(encoder.vectors.size))
        assert vector == pytest.approx(expected, abs=1e-3)


def test_a_full_table_forgets_and_counts_the_same(encoder: Encoder, texts: list[ParsedText], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = encoder.count(texts)
    small = Encoder(encoder.vocabulary, encoder.vectors, encoder.lexicon)
    monkeypatch.setattr(word_table, "CACHED_WORDS", 30)
    for start in range(0, len(texts), 4):
        counted = small.count(texts[start : start + 4])
        chosen = expected[np.arange(start, min(start + 4, len(texts)))]
        assert (counted.terms != chosen.terms).nnz == 0
        assert np.array_equal(counted.sentences.vectors, chosen.sentences.vectors)
        assert np.array_equal(counted.styles, chosen.styles)
