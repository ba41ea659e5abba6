from __future__ import annotations

import numpy as np

from classifier.seeds.augment import MAX_ADDED, mixtures


def test_a_mixture_is_any_article_and_then_only_articles_without_topic() -> None:
    topics = np.array([[1, 0, 0, 0]] * 10 + [[0, 0, 0, 0]] * 10, np.int8)
    for mixture in mixtures(topics):
        assert 2 <= len(mixture) <= MAX_ADDED + 1
        assert (topics[mixture[1:]] == 0).all()


def test_the_same_seeds_give_the_same_mixtures() -> None:
    topics = np.eye(4, dtype=np.int8)[[0, 1, 2, 3]] * np.array([[1], [0], [0], [1]], np.int8)
    assert [mixture.tolist() for mixture in mixtures(topics)] == [mixture.tolist() for mixture in mixtures(topics)]


def test_without_articles_that_carry_no_topic_there_are_no_mixtures() -> None:
    assert mixtures(np.ones((5, 4), np.int8)) == []
