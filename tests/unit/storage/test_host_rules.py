"""A host's pace and its breaker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.config import Settings
from worker.messages import HostReport
from worker.storage.host_rules import BREAK_AFTER, CRAWL_DELAY_CAP, OPEN_LONGEST, SLOWEST, Host, reported

SETTINGS = Settings(host_interval=2.0)
GOOD = HostReport("press.test:443", ok=True)
BAD = HostReport("press.test:443", ok=False)
HOST = Host("press.test:443")


def after(host: Host, *reports: HostReport | None, now: float = 100.0, settings: Settings = SETTINGS) -> Host:
    for report in reports:
        host = reported(host, report, settings, now)
    return host


def test_the_next_request_waits_an_interval_from_the_end_of_the_answer():
    assert after(HOST, GOOD).free_at == 102.0


def test_a_host_that_told_nothing_is_paced_all_the_same():
    host = after(HOST, None)
    assert (host.free_at, host.answers) == (102.0, 0)


@pytest.mark.parametrize(("stated", "interval"), [(0.5, 2.0), (7.0, 7.0), (86400.0, CRAWL_DELAY_CAP)])
def test_a_crawl_delay_is_honoured_within_reason(stated, interval):
    assert after(HOST, replace(GOOD, crawl_delay=stated)).interval(SETTINGS) == interval


def test_a_host_that_struggles_is_asked_less_often_and_recovers():
    slow = after(HOST, BAD, BAD)
    assert slow.interval(SETTINGS) == 8.0
    assert after(HOST, *[BAD] * 50).slowdown == SLOWEST
    assert after(slow, *[GOOD] * 20).interval(SETTINGS) == 2.0


def test_what_a_host_asks_for_holds_and_is_capped():
    assert after(HOST, replace(BAD, retry_after=600.0)).free_at == 700.0
    assert after(HOST, replace(BAD, retry_after=1e9)).free_at == 100.0 + SETTINGS.retry_after_cap
    assert after(HOST, replace(BAD, retry_after=-5.0)).free_at == 104.0


def test_the_breaker_opens_after_ten_failures_for_longer_each_time_it_is_tried():
    host = after(HOST, *[BAD] * (BREAK_AFTER - 1))
    assert host.breaker(100.0) == "closed"
    host = after(host, BAD)
    assert (host.breaker(100.0), host.open_until) == ("open", 130.0)
    assert host.breaker(131.0) == "half-open"
    host = after(host, BAD, now=131.0)
    assert host.open_until == 131.0 + 60.0
    assert after(host, *[BAD] * 200, now=1e6).open_until <= 1e6 + OPEN_LONGEST
    assert after(host, GOOD, now=200.0).breaker(200.0) == "closed"


def test_stragglers_of_an_open_breaker_do_not_prolong_it():
    opened = after(HOST, *[BAD] * BREAK_AFTER)
    assert after(opened, BAD, BAD, now=101.0).open_until == opened.open_until


def test_without_an_interval_there_is_no_pace():
    free = Settings(host_interval=0.0)
    assert after(HOST, *[BAD] * 5, settings=free).free_at == 100.0
