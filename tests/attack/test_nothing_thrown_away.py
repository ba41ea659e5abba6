"""Issue 10, point 10: what is done is delivered; what has to be fetched again after a stop or a loss has a bound.

`up` is stopped with pages in hand, its processes are killed, and Redis is emptied in full flight.
"""

from __future__ import annotations

import os
import signal
import time

from benchmarks.running_service import Served, Site, serving
from tests.integration.parts.press import article, pages
from tests.integration.parts.service import RunningService
from worker.pipeline.publisher import GROUP

IN_HAND = 12
"""Pages that answer in time, each of a host of its own; as many never answer."""
GRACE = 16.0
"""Seconds of PRESSMARK_STOP_GRACE here: pages in hand have 11 of them, and a busy machine needs a few to parse what came."""
ANSWER = 6.0
"""Seconds until a page answers whose server is slow."""
STOPPED = {"PRESSMARK_STOP_GRACE": f"{GRACE:g}", "PRESSMARK_FIRST_BYTE_TIMEOUT": "30"}
NEVER = 3600.0
"""Seconds until a page answers whose server hangs."""


def fetched_again(site: Site) -> dict[str, int]:
    """Pages that were asked for more than once, and how often more."""
    return {path: count - 1 for (_, path), count in site.asked.items() if path != "/robots.txt" and count > 1}


def asked(site: Site) -> int:
    """Pages that were asked for."""
    return sum(path != "/robots.txt" for _, path in site.asked)


def slow(delay: float, kind: str) -> dict[tuple[str, str], Served]:
    """Pages whose servers take their time."""
    return {(f"{kind}{number}.test", f"/{kind}/{number}.html"): Served(article(number), delay=delay) for number in range(IN_HAND)}


def test_only_pages_in_hand_that_do_not_finish_within_the_grace_are_fetched_again(tmp_path, figure):
    # Given: every page has been asked for, and none has come
    world = slow(ANSWER, "slow") | slow(NEVER, "never")
    with serving(world) as site, RunningService(tmp_path, {**site.settings(), **STOPPED}) as service:
        service.up()
        service.enqueue(site.urls())
        service.until(lambda: asked(site) == 2 * IN_HAND, 60)
        # When
        begun = time.monotonic()
        assert service.down() == 0
        took = time.monotonic() - begun
        site.pages = slow(0.0, "slow") | slow(0.0, "never")
        service.up()
        service.until(lambda: service.settled() == 2 * IN_HAND, 60)
        # Then
        again = fetched_again(site)
        figure(f"pages of {ANSWER:g} s fetched again after SIGTERM, of {IN_HAND}", sum("slow" in path for path in again))
        figure("seconds until up had ended", round(took, 1))
        assert service.queues()["balanced"] is True
        assert took < 4 * GRACE  # it neither hangs nor waits for what never answers; how long a busy machine needs besides is a figure
        assert again == dict.fromkeys((path for _, path in slow(0.0, "never")), 1)


IN_MESSAGES = 20
"""URLs that the fetch worker of this test holds at most: four messages of five."""
A_SECOND = 16
"""Pages that its eight threads finish in the second that an article waits for its group: each takes half a second."""
FEW = {"PRESSMARK_FETCH_THREADS": "8", "PRESSMARK_FETCH_SLOTS": "4", "PRESSMARK_CHUNK_SIZE": "5", "PRESSMARK_LEASE": "6"}
COSTS = {"fetch": IN_MESSAGES + A_SECOND, "label": 2 * GROUP, "keeper": 0, "dispatcher": 0}
"""Pages at most that have to be fetched again when a process is killed; a label worker holds a group, and may have taken the next."""


def test_a_killed_process_costs_no_more_than_what_it_held_and_had_not_sent(tmp_path, figure):
    # Given
    count = 120
    with serving(pages(count, delay=0.5)) as site, RunningService(tmp_path, {**site.settings(), **FEW}) as service:
        service.up()
        service.enqueue(site.urls())
        # When
        for number, role in enumerate(COSTS, start=1):
            service.until(lambda goal=number * count // 6: service.settled() >= goal, 60)
            os.kill(service.pids(role)[0], signal.SIGKILL)
        service.until(lambda: service.settled() == count, 120)
        # Then
        again = fetched_again(site)
        figure("pages fetched again after the kill of fetch worker, label worker, keeper and dispatcher", sum(again.values()))
        told = service.queues()
    assert told["ledger"]["stored"] == count
    assert told["balanced"] is True
    assert sum(again.values()) <= sum(COSTS.values())


def test_an_emptied_redis_costs_no_more_than_what_was_under_way(tmp_path, redis_server, figure):
    # Given
    count = 600
    with serving(pages(count)) as site:
        service = RunningService(tmp_path, {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url})
        with service:
            service.up()
            service.enqueue(site.urls())
            service.until(lambda: service.settled() >= count // 6, 60)
            # When
            under_way = service.queues()["ledger"]["running"]
            with redis_server.client() as client:
                client.flushall()
            service.until(lambda: service.settled() == count, 150)
            # Then
            again = fetched_again(site)
            figure("pages fetched again after an emptied Redis", len(again))
            figure("pages under way when Redis was emptied", under_way)
            told = service.queues()
    assert told["ledger"]["stored"] == count
    assert told["balanced"] is True
    assert len(again) <= under_way + 100  # what was sent between the two looks, at most a few chunks a tick
    assert max(again.values(), default=0) <= 1
