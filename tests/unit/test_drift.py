"""Drift: a label rate that moves beyond chance is told, and a quiet week is not."""

from worker.drift import document, warnings
from worker.storage.rates import Rates


def week(articles: int, trade: int = 0, unsure: int = 0, unsupported: int = 0) -> Rates:
    return Rates(articles, {"trade": trade}, {"trade": unsure}, {"trade": 0.2}, unsupported)


def test_a_rate_within_chance_is_no_news() -> None:
    assert warnings(week(400, trade=90), week(1600, trade=330)) == []


def test_a_rate_that_doubles_is_told_with_both_figures() -> None:
    (line,) = warnings(week(400, trade=160), week(1600, trade=320))
    assert "trade is 40% of this week's articles, 20%" in line


def test_too_few_articles_say_nothing() -> None:
    assert warnings(week(50, trade=50, unsure=50), week(1600, trade=10)) == []
    assert warnings(week(400, trade=300), week(50)) == []


def test_a_model_in_doubt_asks_for_reviews() -> None:
    (line,) = warnings(week(400, unsure=150), week(0))
    assert "in doubt" in line


def test_unknown_languages_are_told() -> None:
    (line,) = warnings(week(400, unsupported=100), week(0))
    assert "language" in line


def test_the_document_gives_shares_of_both_stretches() -> None:
    told = document(week(400, trade=100), week(0))
    assert told["week"]["topics"]["trade"] == {"yes": 0.25, "unsure": 0.0, "mean_probability": 0.2}
    assert told["weeks_before"]["articles"] == 0
