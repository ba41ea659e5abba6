"""Outlets of every dialect are followed through virtual time: each article is found once, soon, and with fewer requests."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from statistics import median

import pytest

from tests.integration.parts.press_world import DAY, World, fixed, outlets
from tests.integration.parts.steps import Clock, balanced
from worker.storage.for_sources import ForSources
from worker.storage.ledger import Ledger


@dataclass(frozen=True)
class Day:
    """One day of a world: from when to when, what was asked and what came of it."""

    since: float
    until: float
    requests: int
    unchanged: int


def started(engine, settings, count: int, days: int, busiest: float = 200.0) -> tuple[World, Ledger, Clock]:
    """A world whose outlets publish for so many days, at the beginning of the first."""
    clock = Clock()
    ledger = Ledger(engine, settings, now=clock, chance=lambda: 0.5)
    lead = ledger.take_lead(ledger.leadership(), "test")
    world = World(ledger, lead, ForSources(engine, settings, now=clock), clock, outlets(count, days, clock.at, busiest))
    return world, ledger, clock


def a_day(world: World, clock: Clock) -> Day:
    for outlet in world.outlets.values():
        outlet.requests = outlet.unchanged = 0
    since = clock.at
    world.run(DAY)
    all_of_them = world.outlets.values()
    return Day(since, clock.at, sum(one.requests for one in all_of_them), sum(one.unchanged for one in all_of_them))


def figures(world: World, day: Day) -> dict[str, object]:
    """What a day cost and how late it was, beside a poll of every outlet each ten minutes."""
    delays, (by_clock, by_clock_requests) = world.delays(day.since, day.until), fixed(world, day.since, day.until)
    return {
        "articles": len(delays),
        "delay, median, minutes": round(median(delays) / 60, 1),
        "delay, nine of ten, minutes": round(delays[len(delays) * 9 // 10] / 60, 1),
        "delay, worst, hours": round(delays[-1] / 3600, 1),
        "requests an outlet": round(day.requests / len(world.outlets), 1),
        "of them unchanged": round(day.unchanged / max(day.requests, 1), 2),
        "by the clock: delay, median, minutes": round(median(by_clock) / 60, 1),
        "by the clock: delay, worst, hours": round(by_clock[-1] / 3600, 1),
        "by the clock: requests an outlet": round(by_clock_requests / len(world.outlets), 1),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_article_of_a_small_world_is_found_once(engine, settings):
    # Given seven outlets, one of each dialect, for a day
    world, ledger, clock = started(engine, settings, count=7, days=1, busiest=40.0)
    day = a_day(world, clock)
    world.run(1.1 * DAY)  # what was published last is found within the longest interval
    # Then nothing is missed, and nothing was fetched twice (the world itself sees to that)
    assert world.missed(day.until) == []
    assert balanced(ledger)
    # And half of the articles are found within half an hour, on the first day that they are followed
    assert median(world.delays(day.since, day.until)) < 1800


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_world_of_two_hundred_outlets_for_the_first_day(engine, settings):
    """Some 13,000 articles: 3 minutes of CPU, of which nine tenths store them; beyond what a test may take by default."""
    world, ledger, clock = started(engine, settings, count=200, days=1)
    day = a_day(world, clock)
    world.run(1.1 * DAY)
    sys.stderr.write(json.dumps(figures(world, day), indent=1) + "\n")
    assert world.missed(day.until) == []
    assert balanced(ledger)
    assert day.requests < fixed(world, day.since, day.until)[1] / 2
