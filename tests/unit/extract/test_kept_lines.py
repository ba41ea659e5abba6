"""The boilerplate filter must keep lines of articles that begin or sound like boilerplate, in the region's languages."""

from __future__ import annotations

from pathlib import Path

from worker.extract.lines.boilerplate_filter import without_boilerplate

LINES = (Path(__file__).parents[2] / "pages" / "spared.txt").read_text(encoding="utf-8").splitlines()
BEFORE = "The river rose by seventy centimetres overnight, and the market was moved to the hill by noon."
AFTER = "Officials said on Friday that the gauge would be read every hour until the end of the month."


def test_a_line_of_an_article_that_sounds_like_boilerplate_is_kept() -> None:
    # Given each line between two paragraphs, when boilerplate is removed, then all three are left
    lost = [line for line in LINES if without_boilerplate([BEFORE, line, AFTER], title="Another matter") != [BEFORE, line, AFTER]]
    assert len(LINES) >= 60
    assert lost == []
