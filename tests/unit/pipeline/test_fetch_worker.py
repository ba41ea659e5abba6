"""A chunk's items are each settled exactly once, whatever the clock, the pages and the operator do."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from worker.errors import Unavailable
from worker.fetch.client import Answer
from worker.messages import Failed, HostReport, Http, Page, Returned, URLRequest
from worker.pipeline import fetch_worker
from worker.pipeline.fetch_worker import FetchWorker
from worker.sandbox import waiting_items
from worker.sandbox.parse_queue import LARGE
from worker.sandbox.waiting_pages import EXPECTED, PageRoom

PATIENCE = 60.0


class SlowReader:
    """Reads at once, but waits at the items in `slow` until `go`."""

    def __init__(self, slow=()) -> None:
        self.slow = frozenset(slow)
        self.go = threading.Event()
        self.begun: list[int] = []

    def fetch(self, request: URLRequest) -> Failed:
        self.begun.append(request.item_id)
        if request.item_id in self.slow:
            self.go.wait(PATIENCE)
        return Failed(request.item_id, request.token, "no-text")


class SlowParser:
    """Every page is there at once; each waits at its parser until `go`."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.fetched: list[int] = []

    def fetch(self, request: URLRequest) -> Answer:
        self.fetched.append(request.item_id)
        return Answer(Page(request.url, request.url, 200, b""), Http(), HostReport("a.test:80", ok=True))

    def parse(self, request: URLRequest, answer: Answer) -> Failed:
        self.go.wait(PATIENCE)
        return Failed(request.item_id, request.token, "no-text")


class Record:
    """A worker, and what came out of it."""

    def __init__(self, reader, *, threads=4, away=0, finish_within=5.0, paced=False) -> None:
        self.taken, self.outcomes, self._away = [], [], away
        self.worker = FetchWorker(reader, self._announce, self.outcomes.append, threads, 1, "w1", finish_within, paced=paced)

    def _announce(self, taken) -> None:
        if self._away:
            self._away -= 1
            raise Unavailable("Redis is away")
        self.taken.append(taken)

    def returned(self) -> list[int]:
        return sorted(outcome.leases[0][0] for outcome in self.outcomes if isinstance(outcome, Returned))

    def failed(self) -> list[int]:
        return sorted(outcome.item_id for outcome in self.outcomes if isinstance(outcome, Failed))


def requests(*numbers: int) -> list[URLRequest]:
    return [URLRequest(number, 7, f"http://a.test/{number}") for number in numbers]


def test_every_item_is_announced_before_the_first_is_read_and_settled_once():
    # Given
    record = Record(SlowReader())
    # When
    record.worker.work(requests(1, 2, 3))
    # Then
    assert [taken.leases for taken in record.taken] == [[(1, 7), (2, 7), (3, 7)]]
    assert record.failed() == [1, 2, 3]
    assert record.worker.running == 0


def test_an_announcement_that_redis_refuses_is_made_again_before_anything_is_read():
    # Given
    record = Record(SlowReader(), away=1)
    # When
    record.worker.work(requests(1))
    # Then
    assert len(record.taken) == 1
    assert record.failed() == [1]


def test_a_chunk_that_could_never_be_announced_is_left_alone(monkeypatch):
    # Given
    monkeypatch.setattr(fetch_worker, "START_WITHIN", 0.05)
    reader = SlowReader()
    record = Record(reader, away=10**6)
    # When
    record.worker.work(requests(1))
    # Then
    assert reader.begun == []
    assert record.outcomes == []


def test_what_could_not_start_in_time_is_handed_back(monkeypatch):
    # Given: one thread, held by a slow page
    monkeypatch.setattr(fetch_worker, "LOOK", 0.02)
    reader = SlowReader(slow={1})
    record = Record(reader, threads=1)
    with ThreadPoolExecutor(1) as slot:
        # When: the time to start is over once the first has begun, however long that took
        slot.submit(record.worker.work, requests(1, 2, 3))
        end = time.monotonic() + PATIENCE
        while reader.begun != [1]:
            assert time.monotonic() < end
            time.sleep(0.01)
        monkeypatch.setattr(fetch_worker, "START_WITHIN", 0.0)
        while record.returned() != [2, 3]:
            assert time.monotonic() < end
            time.sleep(0.01)
        reader.go.set()
    # Then
    assert record.failed() == [1]


def test_a_page_that_waits_too_long_for_its_parser_goes_back_before_its_lease_runs_out(monkeypatch):
    # Given
    monkeypatch.setattr(fetch_worker, "LOOK", 0.02)
    reader = SlowReader(slow={1})
    record = Record(reader)
    with ThreadPoolExecutor(1) as slot:
        # When: the time to end is over once the other has ended, however long that took
        work = slot.submit(record.worker.work, requests(1, 2))
        end = time.monotonic() + PATIENCE
        while record.failed() != [2]:
            assert time.monotonic() < end
            time.sleep(0.01)
        monkeypatch.setattr(fetch_worker, "END_WITHIN", 0.0)
        work.result(PATIENCE)
        reader.go.set()
    # Then
    assert record.returned() == [1]
    assert record.failed() == [2]


def test_a_worker_that_stops_lets_finish_what_can_and_hands_back_the_rest_once(monkeypatch):
    # Given
    monkeypatch.setattr(fetch_worker, "LOOK", 0.02)
    reader = SlowReader(slow={1})
    record = Record(reader, threads=1, finish_within=0.2)
    with ThreadPoolExecutor(1) as slot:
        # When
        work = slot.submit(record.worker.work, requests(1, 2))
        while not reader.begun:
            time.sleep(0.01)
        record.worker.stop()
        work.result(PATIENCE)
        handed_back = record.returned()
        reader.go.set()
    # Then: the late answer is dropped
    assert handed_back == [1, 2]
    assert record.failed() == []


def test_pages_that_wait_for_the_parser_keep_no_other_page_from_being_fetched():
    # Given: one fetch thread, one parser that is busy
    reader = SlowParser()
    record = Record(reader, threads=1)
    with ThreadPoolExecutor(1) as slot:
        # When
        work = slot.submit(record.worker.work, requests(1, 2, 3))
        end = time.monotonic() + PATIENCE
        while reader.fetched != [1, 2, 3]:
            assert time.monotonic() < end
            time.sleep(0.01)
        reader.go.set()
        work.result(PATIENCE)
    # Then
    assert record.failed() == [1, 2, 3]


@pytest.mark.parametrize("slots", [1, 8])
def test_many_chunks_share_the_threads_and_none_waits_for_anothers_straggler(slots):
    # Given
    reader = SlowReader(slow={0})
    record = Record(reader, threads=4)
    with ThreadPoolExecutor(slots + 1) as pool:
        slow = pool.submit(record.worker.work, requests(0))
        # When
        for number in range(1, slots + 1):
            pool.submit(record.worker.work, requests(*range(number * 100, number * 100 + 5))).result(PATIENCE)
        # Then
        assert len(record.failed()) == slots * 5
        assert not slow.done()
        reader.go.set()


def test_no_page_is_fetched_while_pages_that_wait_fill_the_room_and_a_stop_returns_it():
    # Given
    reader = SlowParser()
    record = Record(reader)
    record.worker.room = PageRoom(0)
    chunk = threading.Thread(target=lambda: record.worker.work(requests(1)))
    chunk.start()
    # When
    record.worker.stop()
    chunk.join(PATIENCE)
    # Then
    assert (reader.fetched, record.returned()) == ([], [1])


def test_the_room_is_free_again_once_every_page_is_read():
    # Given
    reader = SlowParser()
    reader.go.set()
    record = Record(reader)
    record.worker.room = PageRoom(EXPECTED)
    # When
    record.worker.work(requests(1, 2, 3))
    # Then
    assert record.failed() == [1, 2, 3]


class PacedReader:
    """A host that may be asked every `pace` seconds, and answers one at a time; `bad` items fail for its sake."""

    def __init__(self, pace: float, bad: tuple[int, ...] = ()) -> None:
        self.pace, self.bad, self.free_at = pace, bad, 0.0
        self.fetched: list[tuple[int, float]] = []
        self.at_once = self.most_at_once = 0

    def fetch(self, request: URLRequest) -> Answer | Returned | Failed:
        now = time.monotonic()
        if now < self.free_at:
            return Returned([(request.item_id, request.token)], self.free_at - now)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.fetched.append((request.item_id, now))
        time.sleep(0.01)
        self.free_at = time.monotonic() + self.pace
        self.at_once -= 1
        if request.item_id in self.bad:
            return Failed(request.item_id, request.token, "http-429", host=HostReport("a.test:80", ok=False, retry_after=60.0))
        return Answer(Page(request.url, request.url, 200, b""), Http(), HostReport("a.test:80", ok=True))

    def parse(self, request: URLRequest, answer: Answer) -> Failed:
        return Failed(request.item_id, request.token, "no-text")


def test_the_urls_of_a_paced_host_are_fetched_one_after_the_other_at_its_pace():
    # Given
    reader = PacedReader(0.05)
    record = Record(reader, paced=True)
    # When
    record.worker.work(requests(1, 2, 3, 4))
    # Then none is returned, none is early, and they are never two at once
    assert [number for number, _ in reader.fetched] == [1, 2, 3, 4]
    assert record.failed() == [1, 2, 3, 4]
    assert all(later - earlier >= 0.06 for (_, earlier), (_, later) in pairwise(reader.fetched))
    assert reader.most_at_once == 1


def test_where_a_paced_host_is_in_trouble_the_rest_is_returned_unasked():
    reader = PacedReader(0.01, bad=(2,))
    record = Record(reader, paced=True)
    record.worker.work(requests(1, 2, 3, 4))
    assert [number for number, _ in reader.fetched] == [1, 2]
    assert record.returned() == [3, 4]


def test_urls_of_a_paced_host_that_have_not_begun_are_returned_when_the_worker_stops():
    reader = PacedReader(5.0)
    record = Record(reader, paced=True)
    threading.Timer(0.3, record.worker.stop).start()
    record.worker.work(requests(1, 2, 3))
    assert [number for number, _ in reader.fetched] == [1]
    assert record.returned() == [2, 3]


class LargeAtSeven(SlowParser):
    """The page of item 7 is very large, and waits at its parser until `go`; the others are read at once."""

    def fetch(self, request: URLRequest) -> Answer:
        body = b"x" * LARGE if request.item_id == 7 else b""
        return Answer(Page(request.url, request.url, 200, body), Http(), HostReport("a.test:80", ok=True))

    def parse(self, request: URLRequest, answer: Answer) -> Failed:
        if request.item_id == 7:
            self.go.wait(PATIENCE)
        return Failed(request.item_id, request.token, "no-text")


def until(true) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_message_ends_while_its_large_page_waits_and_the_page_is_settled_later():
    # Given
    reader = LargeAtSeven()
    record = Record(reader)
    # When: this returns although page 7 is not read
    record.worker.work(requests(6, 7, 8))
    # Then
    assert record.failed() == [6, 8]
    assert record.worker.running == 1
    reader.go.set()
    until(lambda: record.failed() == [6, 7, 8])
    until(lambda: record.worker.running == 0)
    assert record.returned() == []


def test_a_large_page_that_outlives_its_message_goes_back_before_its_lease_runs_out(monkeypatch):
    # Given
    monkeypatch.setattr(fetch_worker, "END_WITHIN", 0.3)
    monkeypatch.setattr(waiting_items, "LOOK", 0.02)
    reader = LargeAtSeven()
    record = Record(reader)
    # When
    record.worker.work(requests(6, 7))
    until(lambda: record.returned() == [7])
    reader.go.set()
    # Then
    assert record.failed() == [6]
    assert record.worker.running == 0


@pytest.mark.parametrize("finishes", [True, False])
def test_a_worker_that_stops_lets_a_large_page_finish_or_returns_it(finishes):
    # Given
    reader = LargeAtSeven()
    record = Record(reader, finish_within=PATIENCE if finishes else 0.2)
    record.worker.work(requests(6, 7))
    # When
    record.worker.stop()
    if finishes:
        threading.Timer(0.2, reader.go.set).start()
    record.worker.finish()
    reader.go.set()
    # Then
    assert record.failed() == ([6, 7] if finishes else [6])
    assert record.returned() == ([] if finishes else [7])
