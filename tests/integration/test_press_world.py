"""Outlets of every dialect are followed through virtual time: each article is found once, soon, and with fewer requests."""

from __future__ import annotations

import json
import sys
from statistics import median

import pytest

from tests.integration.parts.press_world import DAY, World, fixed, outlets
from tests.integration.parts.steps import Clock, balanced
from worker.storage.for_sources import ForSources
from worker.storage.ledger import Ledger


def through(engine, settings, count: int, days: int, busiest: float = 200.0) -> tuple[World, Ledger, float, float]:
    """The world after so many days; the last one is measured."""
    clock = Clock()
    ledger = Ledger(engine, settings, now=clock, chance=lambda: 0.5)
    lead = ledger.take_lead(ledger.leadership(), "test")
    world = World(ledger, lead, ForSources(engine, settings, now=clock), clock, outlets(count, days, clock.at, busiest))
    world.run((days - 1) * DAY)
    for outlet in world.outlets.values():
        outlet.requests = outlet.unchanged = 0
    since = clock.at
    world.run(DAY)
    until = clock.at
    world.run(1.1 * DAY)  # what was published last is found within the longest interval
    return world, ledger, since, until


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_article_of_a_small_world_is_found_once(engine, settings):
    # Given seven outlets, one of each dialect, for a day
    world, ledger, since, until = through(engine, settings, count=7, days=1, busiest=40.0)
    # Then nothing is missed, and nothing was fetched twice (the world itself sees to that)
    assert world.missed(until) == []
    assert balanced(ledger)
    # And half of the articles are found within half an hour, on the first day that they are followed
    assert median(world.delays(since)) < 1800


@pytest.mark.soak
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_world_of_two_hundred_outlets_for_a_week(engine, settings, tmp_path):
    world, ledger, since, until = through(engine, settings, count=200, days=7)
    delays, requests = world.delays(since), sum(outlet.requests for outlet in world.outlets.values())
    by_clock, by_clock_requests = fixed(world, since, until)
    figures = {
        "delay, median, minutes": round(median(delays) / 60, 1),
        "delay, worst, hours": round(delays[-1] / 3600, 1),
        "requests of a day": round(requests / 2.1),
        "delay by the clock, median, minutes": round(median(by_clock) / 60, 1),
        "requests of a day by the clock": by_clock_requests,
    }
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    sys.stderr.write(f"{figures}\n")
    assert world.missed(until) == []
    assert balanced(ledger)
    assert requests / 2.1 < by_clock_requests
