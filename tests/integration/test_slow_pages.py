"""Pages that never answer and pages that are slow hold a slot each, and nobody else."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from benchmarks.running_service import Served, serving
from tests.integration.parts.press import article, pages
from tests.integration.parts.service import RunningService

COUNT = 400


def mixed() -> dict[tuple[str, str], Served]:
    """1 % never answer, 5 % take five seconds, spread evenly."""
    world = {}
    for number, (place, page) in enumerate(pages(COUNT).items()):
        delay = 3600.0 if number % 100 == 50 else 5.0 if number % 20 == 10 else page.delay
        world[place] = replace(page, delay=delay)
    return world


def throughput(folder, world, wanted: int) -> float:
    """Pages a second until `wanted` are stored, once everything is warm.

    `wanted` are those that answer at once: a page that takes five seconds may come five seconds after the last of them.
    """
    warm = {("warm.test", f"/{number}.html"): Served(article(10_000 + number)) for number in range(40)}
    with serving({**warm, **world}) as site, RunningService(folder, site.settings()) as line:
        line.up()
        line.enqueue(site.urls()[:40])
        line.until(lambda: line.settled() == 40, 120)
        begun = time.monotonic()
        line.enqueue(site.urls()[40:])
        line.until(lambda: line.stored() >= 40 + wanted, 300)
        return wanted / (time.monotonic() - begun)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_slow_pages_and_silent_ones_cost_their_neighbours_less_than_a_fifth(tmp_path):
    # Given
    quick = COUNT * 94 // 100
    # When
    without = throughput(tmp_path / "without", pages(COUNT), quick)
    with_them = throughput(tmp_path / "with", mixed(), quick)
    # Then
    assert with_them > 0.8 * without, f"{without:.1f} pages a second without, {with_them:.1f} with them"


def paused(line: RunningService) -> None:
    line.call("pause", "store")
    time.sleep(FIVE_MINUTES)
    line.call("resume", "store")


def stopped(line: RunningService) -> None:
    end = time.monotonic() + FIVE_MINUTES
    while time.monotonic() < end:
        signalled(line, signal.SIGSTOP)
        time.sleep(0.5)
    signalled(line, signal.SIGCONT)


def signalled(line: RunningService, number: int) -> None:
    for pid in line.pids("keeper"):
        with suppress(ProcessLookupError):  # the supervisor has just ended it
            os.kill(pid, number)


FIVE_MINUTES = 300.0
STILL = {"pause": paused, "SIGSTOP": stopped}


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", list(STILL))
def test_a_keeper_that_stands_still_for_five_minutes_costs_nothing(tmp_path, how):
    # Given: more URLs than the window holds, on their way
    with serving(pages(1000)) as site, RunningService(tmp_path, site.settings()) as line:
        line.up()
        line.enqueue(site.urls())
        line.until(lambda: line.settled() >= 200, 120)
        # When: no keeper does anything for longer than a lease, though the supervisor starts one after the other
        STILL[how](line)
        line.until(lambda: line.settled() == 1000, 300)
        # Then
        told = line.queues()
        assert told["ledger"]["stored"] == 1000, told
        assert told["balanced"] is True
        assert max(count for (_, path), count in site.asked.items() if path != "/robots.txt") <= 2
