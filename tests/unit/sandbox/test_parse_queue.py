"""Very large pages wait for the others, one at a time, but not for ever, and not where nothing else is to be done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from worker.sandbox.parse_queue import LARGE, LARGE_WAITS, QUIET, REST, ParseQueue

PATIENCE = 60.0


class Worker:
    """Counts the ordinary pages that it has in hand; its clock moves by hand, and by a step whenever it is read."""

    def __init__(self) -> None:
        self.others = 0
        self.at = 0.0
        self.step = 0.0
        self.stopping = threading.Event()
        self.done: list[str] = []
        self.queue = ParseQueue(lambda: self.others, 2, self.stopping, self._clock)

    def _clock(self) -> float:
        self.at += self.step
        return self.at

    def add(self, name: str, size: int = 1000) -> None:
        self.others += size < LARGE
        self.queue.add(lambda: self._parse(name, size), size)

    def _parse(self, name: str, size: int) -> None:
        self.done.append(name)
        self.others -= size < LARGE

    def run(self, count: int) -> list[str]:
        for _ in range(count):
            self.queue.run_next()
        return self.done


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_ordinary_pages_come_in_the_order_in_which_they_came(worker):
    for name in "abc":
        worker.add(name)
    assert worker.run(3) == ["a", "b", "c"]


def test_a_large_page_waits_for_those_that_came_after_it(worker):
    worker.add("large", LARGE)
    for name in "abc":
        worker.add(name, LARGE - 1)
    worker.step = QUIET
    assert worker.run(4) == ["a", "b", "c", "large"]


def test_a_large_page_waits_for_pages_that_are_still_being_fetched(worker):
    worker.add("large", LARGE)
    worker.others += 1  # another one is under way
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(worker.queue.run_next)
        worker.others -= 1
        worker.add("fetched meanwhile")
        turn.result(PATIENCE)
        assert worker.done == ["fetched meanwhile"]
        worker.step = QUIET
        pool.submit(worker.queue.run_next).result(PATIENCE)
    assert worker.done == ["fetched meanwhile", "large"]


def test_a_large_page_that_has_waited_long_enough_goes_first_but_never_two_at_once(worker):
    # Given
    for number in range(2):
        worker.add(f"large {number}", LARGE)
    for name in "ab":
        worker.add(name)
    worker.at = LARGE_WAITS
    # When: during the parse of the first a second process asks
    first = worker.queue._large[0]
    worker.queue._large[0] = (first[0], lambda: (worker.queue.run_next(), first[1]()))
    worker.queue.run_next()
    # Then
    assert worker.done == ["a", "large 0"]
    assert worker.run(2) == ["a", "large 0", "large 1", "b"]


def test_a_large_page_does_not_begin_in_the_moment_between_two_messages(worker):
    # Given: the last page of a message is read, and the next message comes a little later
    worker.add("large", LARGE)
    worker.add("a")
    worker.run(1)
    with ThreadPoolExecutor(1) as pool:
        # When
        turn = pool.submit(worker.queue.run_next)
        worker.at += QUIET * 0.9
        worker.add("of the next message")
        # Then
        turn.result(PATIENCE)
        assert worker.done == ["a", "of the next message"]
        worker.step = QUIET
        pool.submit(worker.queue.run_next).result(PATIENCE)
    assert worker.done == ["a", "of the next message", "large"]


def test_after_a_large_page_others_have_their_turn_for_several_times_as_long(worker):
    # Given: two large pages that have waited long enough, and a worker that has always something else in hand
    for number in range(2):
        worker.add(f"large {number}", LARGE)
    for number in range(20):
        worker.add(f"page {number}")
    worker.at = LARGE_WAITS
    # When: every page takes a second of work and several looks at the clock
    worker.step = 0.25
    worker.run(20)
    # Then
    first, second = worker.done.index("large 0"), worker.done.index("large 1")
    assert first == 0
    assert second > REST / 2


def test_one_process_stays_free_for_others_while_large_pages_are_parsed(worker):
    # Given: nothing but large pages for a while, and two processes
    for number in range(2):
        worker.add(f"large {number}", LARGE)
    worker.step = QUIET
    asked = worker.queue._large[0]
    with ThreadPoolExecutor(1) as pool:

        def parse_first() -> None:
            turn = pool.submit(worker.queue.run_next)  # the second process asks while the first parses
            worker.add("a")
            turn.result(PATIENCE)
            asked[1]()

        worker.queue._large[0] = (asked[0], parse_first)
        # When
        worker.queue.run_next()
    # Then
    assert worker.done == ["a", "large 0"]
    assert worker.run(1) == ["a", "large 0", "large 1"]


def test_a_worker_that_stops_does_not_let_a_large_page_wait(worker):
    worker.add("large", LARGE)
    worker.others += 5
    worker.stopping.set()
    assert worker.run(1) == ["large"]


def test_a_page_that_raises_gives_its_place_back(worker):
    def broken() -> None:
        raise ValueError("no page")

    for _ in range(300):  # more than there are places
        worker.queue.add(broken, LARGE)
        with pytest.raises(ValueError, match="no page"):
            worker.queue.run_next()
    worker.add("next", LARGE)
    assert worker.run(1) == ["next"]
