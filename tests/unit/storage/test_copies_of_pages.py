"""Near copies among real pages: every kind of edit is found, and no other page. `benchmarks/copies/compare.py` has all figures."""

from __future__ import annotations

from pathlib import Path

from benchmarks.copies.compare import judge, made
from benchmarks.extraction.sets import pages_of
from worker.storage.duplicates import NEAR

PAGES = 12
"""Pages that are copied, six times each: 2 seconds of CPU."""


def test_edited_leads_cut_tails_and_furniture_hide_no_copy(shared: Path) -> None:
    found = judge(made(pages_of(shared, "pages/fundus")[:PAGES]), NEAR)
    assert set(found.recall) == {"reprinted", "edited_lead", "cut_tail", "new_furniture", "all_three"}
    assert {kind: share for kind, share in found.recall.items() if share < 0.9} == {}
    assert found.wrong == []
