from __future__ import annotations

import numpy as np

from classifier.seeds.augment import MOST, merged, recipes
from classifier.text.document import parse_text


def test_a_mixture_is_any_article_and_then_only_some_that_carry_nothing() -> None:
    topics = np.array([[1, 0, 0, 0]] * 10 + [[0, 0, 0, 0]] * 10, np.int8)
    for recipe in recipes(topics):
        assert 2 <= len(recipe) <= MOST + 1
        assert (topics[recipe[1:]] == 0).all()


def test_the_same_seeds_are_mixed_alike() -> None:
    topics = np.eye(4, dtype=np.int8)[[0, 1, 2, 3]] * np.array([[1], [0], [0], [1]], np.int8)
    assert [recipe.tolist() for recipe in recipes(topics)] == [recipe.tolist() for recipe in recipes(topics)]


def test_without_articles_that_carry_nothing_there_is_nothing_to_mix_in() -> None:
    assert recipes(np.ones((5, 4), np.int8)) == []


def test_a_merged_reading_has_all_sentences_under_the_first_headline() -> None:
    one, two = parse_text("A headline", "First. Second."), parse_text("", "Third.")
    assert [sentence.words for sentence in merged([one, two]).sentences] == [["a", "headline"], ["first"], ["second"], ["third"]]
    assert merged([one, two]).has_headline
