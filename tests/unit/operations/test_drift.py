"""The drift report: every stretch of time as shares, in the shape of `status --json`."""

from __future__ import annotations

from worker.models.drift import Reference
from worker.operations.drift import compare
from worker.storage.label_counts import LabelCounts

QUIET = (80, 5, 3, 2, 1, 1, 1, 2, 2, 3)
KEPT = {
    "unknown_words": {"en": {"articles": 900, "mean": 0.09, "p95": 0.16}},
    "topics": {"trade": {"yes": 0.2, "unsure": 0.05, "mean_probability": 0.22, "scores": [0.1] * 10}},
}


def week(articles: int, trade: int = 0) -> LabelCounts:
    scores = tuple(articles * part // 100 for part in QUIET)
    return LabelCounts(articles, {"trade": trade}, {"trade": 0}, {"trade": 0.2}, 0, {"trade": scores}, {"en": (articles, 0.1)})


def test_the_report_gives_shares_of_all_stretches() -> None:
    # When
    found = compare(week(400, trade=100), week(200, trade=40), Reference.of(KEPT)).to_dict()
    # Then
    assert list(found) == ["week", "weeks_before", "training", "score_shift", "warnings"]
    trade = found["week"]["topics"]["trade"]
    assert (trade["yes"], trade["unsure"], trade["scores"][0]) == (0.25, 0.0, 0.8)
    assert found["week"]["unknown_words"] == {"en": {"articles": 400, "mean": 0.1}}
    assert found["training"] == KEPT
    assert found["score_shift"]["weeks_before"] == {"trade": 0.0}
    assert found["score_shift"]["training"]["trade"] > 1


def test_a_model_without_a_reference_and_weeks_without_articles_are_null() -> None:
    found = compare(week(400, trade=100), LabelCounts(0), None).to_dict()
    assert (found["training"], found["weeks_before"]["articles"]) == (None, 0)
    assert found["score_shift"] == {"weeks_before": None, "training": None}
