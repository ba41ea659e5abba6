"""Every feed and sitemap that was found broken, or hard, in the wild is read right."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from worker.intake import feeds, sitemaps

SHARED = Path(os.environ.get("PRESSMARK_TEST_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FIELD = SHARED / "cases" / "field"
"""A line of `cases.jsonl` for each: its kind, its file, the addresses that are expected."""
INDEXES = {"sitemap-sm-index"}
"""Cases that expect what the sitemaps hold that they name."""
ORIGIN = "http://127.0.0.1:18451/f/"


def cases(kind: str) -> list[dict[str, object]]:
    file = FIELD / "cases.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [case for case in map(json.loads, lines) if case["kind"] == kind and case["id"] not in INDEXES]


def test_the_cases_are_there(shared: Path) -> None:
    assert len(cases("feed")) >= 45
    assert len(cases("sitemap")) >= 6
    assert shared.is_dir()


@pytest.mark.parametrize("case", cases("feed"), ids=lambda case: str(case["id"]))
def test_a_feed_from_the_field_gives_its_addresses(case: dict[str, object]) -> None:
    body = (FIELD / str(case["file"])).read_bytes()
    assert feeds.links(body, ORIGIN + str(case["file"])).urls == case["expected"]


@pytest.mark.parametrize("case", cases("sitemap"), ids=lambda case: str(case["id"]))
def test_a_sitemap_from_the_field_gives_its_addresses(case: dict[str, object]) -> None:
    body = (FIELD / str(case["file"])).read_bytes()
    assert sitemaps.links(body, ORIGIN + str(case["file"])).urls == case["expected"]
