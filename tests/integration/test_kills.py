"""Kill anything, and every URL still ends once: nothing lost, nothing twice, and the identity holds."""

from __future__ import annotations

import os
import signal
import time

import pytest

from benchmarks.running_service import serving
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

VICTIMS = ("parse", "fetch", "label-child", "label", "keeper", "dispatcher", "server")


def kill_one(line: RunningService, role: str) -> None:
    """One process of the role, as soon as there is one."""
    line.until(lambda: bool(line.pids(role)), 30)
    os.kill(line.pids(role)[0], signal.SIGKILL)


def kill_everything_once(tmp_path, count: int, patience: float, lease: str) -> None:
    # Given
    quick = {"PRESSMARK_LEASE": lease, "PRESSMARK_BACKOFF": "1"}
    with serving(pages(count)) as site, RunningService(tmp_path, {**site.settings(), **quick}) as line:
        line.up()
        line.enqueue(site.urls())
        # When: one of each is killed while pages are on their way, and at last the supervisor itself
        for number, victim in enumerate(VICTIMS, start=1):
            line.until(lambda goal=count * number // 12: line.settled() >= goal, patience)
            kill_one(line, victim)
        line.until(lambda: line.settled() >= count * 8 // 12, patience)
        line.process.kill()
        line.process.wait()
        line.up()
        line.until(lambda: line.settled() == count, patience)
        # Then
        told = line.queues()
        assert told["ledger"]["stored"] == count, told
        assert told["balanced"] is True
        stored = line.results()
        assert len(stored) == count
        assert {result["url"] for result in stored} == set(site.urls())
        assert line.down() == 0


@pytest.mark.timeout(280)
def test_whatever_is_killed_every_url_ends_once(tmp_path):
    kill_everything_once(tmp_path, 180, patience=120, lease="20")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_thousand_urls_survive_the_kill_of_everything(tmp_path):
    kill_everything_once(tmp_path, 2000, patience=900, lease="120")


def test_stopping_under_load_hands_back_in_time_and_the_next_start_goes_on(tmp_path):
    # Given
    with serving(pages(120, delay=0.5)) as site, RunningService(tmp_path, {**site.settings(), "PRESSMARK_LEASE": "600"}) as line:
        line.up()
        line.enqueue(site.urls())
        line.until(lambda: line.settled() >= 20, 60)
        # When
        begun = time.monotonic()
        assert line.down() == 0
        took = time.monotonic() - begun
        line.up()
        # Then: long before a lease could have run out
        line.until(lambda: line.settled() == 120, 120)
        assert took < 60  # it takes ten, and more on a busy machine
        assert line.queues()["balanced"] is True
        assert line.down() == 0
