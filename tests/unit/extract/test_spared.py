"""The price of the sieve: article lines in the region's languages that begin or sound like furniture must stay."""

from __future__ import annotations

from pathlib import Path

from worker.extract.lines.boilerplate_filter import kept

LINES = (Path(__file__).parents[2] / "pages" / "spared.txt").read_text(encoding="utf-8").splitlines()
BEFORE = "The river rose by seventy centimetres overnight, and the market was moved to the hill by noon."
AFTER = "Officials said on Friday that the gauge would be read every hour until the end of the month."
LOST_MOST = 0
"""Of them, what the sieve takes so far; it only ever falls."""


def test_a_line_of_the_article_that_sounds_like_furniture_stays() -> None:
    # Given each line between two paragraphs, when the sieve has done its work, then all three are there
    lost = [line for line in LINES if kept([BEFORE, line, AFTER], title="Another matter") != [BEFORE, line, AFTER]]
    assert len(LINES) >= 60
    assert len(lost) <= LOST_MOST, "\n".join(lost)
