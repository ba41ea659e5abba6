"""Counted articles can be chosen, joined and counted with a smaller vocabulary, and then are what the joined text would give."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.features.counts import CountedArticles, concatenated
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.text.document import parse_text

TEXTS = [
    parse_text("Rice exports rise", "Rice exports rose. Tariffs fell, the ministry said."),
    parse_text("", "A museum opened its doors today to visitors."),
    parse_text("Deminers at work", "Deminers cleared 40 mines. Rice exports rose. The museum opened."),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(learn_vocabulary(TEXTS * 3), read_vectors(), read_feature_lexicon())


@pytest.fixture(scope="module")
def counted(encoder: Encoder) -> CountedArticles:
    return encoder.count(TEXTS)


def same(one: CountedArticles, other: CountedArticles) -> bool:
    pairs = [(one.sentences.vectors, other.sentences.vectors), (one.articles.lexicon, other.articles.lexicon)]
    pairs += [(one.terms.toarray(), other.terms.toarray()), (one.known, other.known), (one.styles, other.styles)]
    return all(np.allclose(a, b, atol=1e-4) for a, b in pairs) and one.lengths.tolist() == other.lengths.tolist()


def test_chosen_articles_are_those_articles(encoder: Encoder, counted: CountedArticles) -> None:
    assert same(counted[np.array([2, 0])], encoder.count([TEXTS[2], TEXTS[0]]))


def test_parts_put_together_are_the_whole(encoder: Encoder, counted: CountedArticles) -> None:
    assert same(concatenated([encoder.count(TEXTS[:1]), encoder.count(TEXTS[1:])]), counted)


def test_a_joined_article_has_all_sentences_under_the_first_headline(counted: CountedArticles) -> None:
    [joined] = [counted.joined([np.array([0, 1])])]
    assert joined.lengths.tolist() == [4]
    assert joined.has_headline.tolist() == [True]
    assert np.allclose(joined.articles.words, counted.articles.words[:2].sum())
    assert np.allclose(joined.terms.toarray(), counted.terms.toarray()[:2].sum(axis=0))


def test_a_smaller_vocabulary_counts_only_its_terms(encoder: Encoder, counted: CountedArticles) -> None:
    words = encoder.vocabulary.single_words()
    columns = np.array([encoder.vocabulary.index["exports"], encoder.vocabulary.index["rice exports"]])
    smaller = counted.with_terms(columns, words)
    assert smaller.terms.toarray().tolist() == [[2, 2], [0, 0], [1, 1]]
    assert smaller.known.tolist() == [2, 0, 1], "the pair is no word"
