"""A page that its parser does not survive is dead after three strikes, and its neighbours never notice."""

from __future__ import annotations

from benchmarks.running_service import Served, serving
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

HEAVY = f"<html><title>Heavy</title><body>{''.join(f'<p>Word {number}</p>' for number in range(45_000))}".encode()
"""A megabyte of small paragraphs: just below the limit of elements, and half a second of CPU on any machine of today."""


def test_a_page_beyond_its_cpu_is_poison_after_three_strikes_and_its_neighbours_are_stored(tmp_path):
    # Given
    world = {**pages(39), ("heavy.test", "/news/2026/heavy.html"): Served(HEAVY)}
    quick = {"PRESSMARK_PARSE_CPU": "0.4", "PRESSMARK_PARSE_TIMEOUT": "60", "PRESSMARK_BACKOFF": "0.1"}
    with serving(world) as site, RunningService(tmp_path, {**site.settings(), **quick}) as line:
        line.up()
        # When
        line.enqueue(site.urls())
        line.until(lambda: line.settled() == 40, 240)
        # Then
        told = line.queues()
        assert told["ledger"]["stored"] == 39
        assert [(group["reason"], group["count"]) for group in told["dead"]] == [("poison", 1)]
        assert told["balanced"] is True
        assert site.asked["heavy.test", "/news/2026/heavy.html"] == 3
