"""A12: the machine's slowness is no page's fault: a strike needs the page's CPU, its memory or its death as proof.

A child that has used next to no CPU when its wall clock ran out is the machine's trouble: that costs the page a try.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from tests.attack.parts import slow_reader
from worker.config import Settings
from worker.fetch.client import Answer
from worker.messages import Failed, Http, Outcome, Page, Returned, Struck, URLRequest
from worker.pipeline.fetch_item import ItemReader
from worker.reasons import Fate, Reason
from worker.sandbox.pool import ParsePool

WALL = 2.0
"""Seconds that a page may take here, by the clock on the wall."""


class NoFetcher:
    """The pages are here already."""

    def fetch(self, url, **_):
        raise AssertionError(url)


@pytest.fixture
def pool() -> Iterator[ParsePool]:
    """One child, so that a test knows which."""
    settings = replace(Settings(), parse_processes=1, parse_timeout=WALL, parse_cpu=1.0)
    with closing(ParsePool(settings, slow_reader.read)) as pool:
        pool.warm()
        yield pool


def page(body: bytes) -> Page:
    return Page(url="http://press.test/", final_url="http://press.test/", status=200, body=body)


def became_of(pool: ParsePool, body: bytes) -> Outcome:
    """The outcome of one page, as the fetch worker makes it."""
    return ItemReader(NoFetcher(), pool).parse(URLRequest(1, 1, "http://press.test/", kind="feed"), Answer(page(body), Http(), None))


def test_a_page_whose_child_got_no_cpu_is_tried_again_a_few_times_and_not_struck(pool):
    outcome = became_of(pool, b"stopped")
    assert isinstance(outcome, Failed)
    assert Reason.of(outcome.reason).fate is Fate.AGAIN, "the fifth such try ends as a dead letter that shows"
    assert "gave the parser too little CPU" in outcome.detail


@pytest.mark.parametrize("how", [b"spins", b"killed"])
def test_a_page_that_used_up_its_cpu_or_died_is_struck(pool, how):
    assert isinstance(became_of(pool, how), Struck)


def test_a_page_whose_child_was_ended_from_outside_is_handed_back(pool):
    assert isinstance(became_of(pool, b"ended"), Returned)


def test_the_next_page_finds_a_child_that_works(pool):
    became_of(pool, b"stopped")
    assert pool.links("feed", page(b"good")).urls


def test_a_child_that_is_started_while_celery_shuts_down_reads_pages(pool):
    # Given: the child is gone, and Celery has set its default timeout for sockets
    became_of(pool, b"killed")
    socket.setdefaulttimeout(5.0)
    # When
    try:
        links = pool.links("feed", page(b"good"))
    finally:
        socket.setdefaulttimeout(None)
    # Then
    assert links.urls


def test_a_child_that_stands_still_before_it_has_the_page_is_given_up(pool):
    # Given: the child between two pages
    child = int(pool.links("feed", page(b"good")).urls[0])
    os.kill(child, signal.SIGSTOP)
    # When
    outcomes: list[Outcome] = []
    asking = threading.Thread(target=lambda: outcomes.append(became_of(pool, b"good")), daemon=True)
    asking.start()
    asking.join(3 * WALL)
    # Then: another child reads it, or it is handed back
    stuck = asking.is_alive()
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGCONT)
    asking.join(3 * WALL)
    assert not stuck, f"a page waits for a stopped child for more than {3 * WALL:.0f} s"
    assert not isinstance(outcomes[0], Struck)
