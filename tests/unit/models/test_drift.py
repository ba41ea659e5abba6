"""Drift: a rate, a vocabulary or a spread of scores that moves beyond chance is told, and a quiet week is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.models.drift import Reference, stability, warnings
from worker.storage.label_counts import LabelCounts

QUIET = (80, 5, 3, 2, 1, 1, 1, 2, 2, 3)
REFERENCE = Reference.of(
    {
        "unknown_words": {"en": {"articles": 900, "mean": 0.09, "p95": 0.16}},
        "topics": {"trade": {"yes": 0.2, "unsure": 0.05, "mean_probability": 0.22, "scores": [0.1] * 10}},
    }
)


def week(articles: int, trade: int = 0, unsure: int = 0, unsupported: int = 0, words: float = 0.1) -> LabelCounts:
    scores = tuple(articles * part // 100 for part in QUIET)
    return LabelCounts(
        articles, {"trade": trade}, {"trade": unsure}, {"trade": 0.2}, unsupported, {"trade": scores}, {"en": (articles, words)}
    )


def test_a_rate_within_chance_is_no_news() -> None:
    assert warnings(week(400, trade=90), week(1600, trade=330), REFERENCE) == []


def test_a_rate_that_doubles_is_told_with_both_figures() -> None:
    (line,) = warnings(week(400, trade=160), week(1600, trade=320), REFERENCE)
    assert "trade is 40% of this week's articles, 20%" in line


def test_a_topic_that_no_article_of_before_could_have_is_no_drift() -> None:
    before = LabelCounts(1600, {"fisheries": 300}, {}, {"fisheries": 0.2}, scores={"fisheries": week(1600).scores["trade"]})
    assert warnings(week(400, trade=160), before, None) == []


def test_too_few_articles_say_nothing() -> None:
    assert warnings(week(50, trade=50, unsure=50, words=0.9), week(1600, trade=10), REFERENCE) == []
    assert warnings(week(400, trade=300), week(50), REFERENCE) == []


def test_a_model_in_doubt_asks_for_reviews() -> None:
    (line,) = warnings(week(400, unsure=150), week(0), None)
    assert "in doubt" in line


def test_doubt_is_measured_by_what_held_out_seeds_show_where_that_is_known() -> None:
    assert warnings(week(400, unsure=56), week(0), REFERENCE) == []
    (line,) = warnings(week(400, unsure=64), week(0), REFERENCE)
    assert "16% of this week's decisions on trade are in doubt, 5% of those on held-out seeds" in line


def test_unknown_languages_are_told() -> None:
    (line,) = warnings(week(400, unsupported=100), week(0), None)
    assert "language" in line


def test_more_unknown_words_than_nearly_all_seeds_have_are_told_once() -> None:
    (line,) = warnings(week(400, words=0.2), week(1600, words=0.1), REFERENCE)
    assert "20% of the words of this week's articles in en" in line
    assert "19 of 20 seeds (16%)" in line


def test_a_vocabulary_that_grows_by_a_quarter_is_told_without_a_reference_too() -> None:
    assert warnings(week(400, words=0.12), week(1600, words=0.1), None) == []
    (line,) = warnings(week(400, words=0.13), week(1600, words=0.1), None)
    assert "10% in the four weeks before" in line


def test_words_are_compared_within_one_language_and_where_there_are_enough_articles() -> None:
    khmer = replace(week(400), unknown_words={"km": (300, 0.8), "en": (90, 0.5)})
    assert warnings(khmer, week(1600), REFERENCE) == []


def test_scores_that_gather_elsewhere_are_told_though_the_rate_is_the_same() -> None:
    doubtful = replace(week(400), scores={"trade": (0, 200, 160, 40, 0, 0, 0, 0, 0, 0)})
    (line,) = warnings(doubtful, week(1600), REFERENCE)
    assert "spread otherwise" in line


def test_the_index_is_nothing_for_equals_and_finite_for_empty_bins() -> None:
    assert stability([0.5, 0.5], [0.5, 0.5]) == 0
    assert stability([1.0, 0.0], [0.0, 1.0]) == pytest.approx(2 * 0.999 * 6.9078, abs=0.01)
