"""The dispatcher on real servers: one leads, a forgetful Redis is noticed, and outages cost no URL anything."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.integration.conftest import NAMESPACE
from tests.integration.parts.samples import admit, delivered, entry, labelled
from worker.errors import Unavailable
from worker.messages import Returned, Taken, URLRequest
from worker.pipeline import dispatcher
from worker.pipeline.dispatcher import Dispatcher
from worker.queues import FETCH, URGENT
from worker.storage.database import writing
from worker.storage.ledger import Ledger

pytestmark = pytest.mark.parametrize(
    ("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True
)
"""Each server and each database once; what differs between them does not depend on the other."""


class Sent:
    """Where chunks go; may be told to fail."""

    def __init__(self) -> None:
        self.chunks: list[tuple[str, list[URLRequest]]] = []
        self.fails_after: int | None = None

    def __call__(self, queue: str, requests: list[URLRequest]) -> None:
        if self.fails_after is not None and len(self.chunks) >= self.fails_after:
            raise Unavailable("Redis is gone")
        self.chunks.append((queue, requests))

    @property
    def requests(self) -> list[URLRequest]:
        return [request for _, requests in self.chunks for request in requests]


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def make(depths, control, sent, settings):
    """Makes a dispatcher of a ledger."""

    def dispatcher_of(ledger: Ledger, settings=settings) -> Dispatcher:
        return Dispatcher(ledger, depths, control, sent, settings)

    return dispatcher_of


@pytest.fixture
def time_passes(monkeypatch):
    """The seconds that have passed, as the dispatchers see them; every tick is worth a beat."""
    now = [1000.0]

    def passed() -> float:
        now[0] += 0.6
        return now[0]

    monkeypatch.setattr(dispatcher, "passed", passed)
    monkeypatch.setattr(dispatcher, "STEP", float("inf"))
    return now


@pytest.fixture
def short_leases(engine, settings) -> Ledger:
    return Ledger(engine, replace(settings, lease=6.0))


def accept(ledger: Ledger, count: int, **more) -> None:
    ledger.accept([entry(number) for number in range(count)], ledger.open_job(), **more)


def test_what_is_accepted_is_sent_in_chunks_by_its_lane(ledger, make, depths, sent):
    accept(ledger, 45)
    ledger.accept([entry(99)], ledger.open_job(), lane="urgent")
    one = make(ledger)
    assert one.run_once() == 46
    assert [(queue, len(requests)) for queue, requests in sent.chunks] == [(URGENT, 1), (FETCH, 15), (FETCH, 15), (FETCH, 15)]
    assert one.run_once() == 0
    assert {depth.name: depth.in_per_min for depth in depths.all()} | {FETCH: 45, URGENT: 1} == {
        depth.name: depth.in_per_min for depth in depths.all()
    }


def test_never_more_is_sent_than_the_window_holds(ledger, make, settings, sent):
    accept(ledger, 50)
    narrow = replace(settings, window_min=30, window_max=30)
    one = make(ledger, narrow)
    assert [one.run_once(), one.run_once()] == [30, 0]
    ledger.keep(delivered(*(labelled(request) for request in sent.requests[:7])), admit)
    assert one.run_once() == 7


def test_one_leads_and_the_other_takes_over_when_it_shows_no_life(ledger, make, time_passes):
    # Given
    first, second = (make(ledger) for _ in range(2))
    first.run_once()
    accept(ledger, 1)
    # When the first lives, the second stands by
    for _ in range(20):
        assert second.run_once() == 0
        first._ledger.beat(first._held(), 0.1, 0.0)
    # When the first is silent
    taken_over = sum(second.run_once() for _ in range(20))
    # Then
    assert taken_over == 1
    accept(ledger, 2)
    assert first.run_once() == 0, "whoever led before stands by, and does no harm"
    assert second.run_once() == 1


def test_who_leaves_in_good_order_is_followed_at_once(ledger, make):
    first, second = (make(ledger) for _ in range(2))
    first.run_once()
    first._resign()
    accept(ledger, 1)
    assert second.run_once() == 1


def test_two_leaders_at_once_send_nothing_twice(ledger, make, sent):
    # Given two that both believe to lead
    first, second = (make(ledger) for _ in range(2))
    first.run_once()
    second._lead = ledger.take_lead(ledger.leadership(), "second")
    accept(ledger, 100)
    # When
    for _ in range(5):
        first.run_once()
        second.run_once()
    # Then
    ids = [request.item_id for request in sent.requests]
    assert len(ids) == len(set(ids)) == 100


def test_an_emptied_redis_is_noticed_and_everything_is_sent_again_for_free(ledger, make, control, sent, client):
    # Given
    accept(ledger, 10)
    one = make(ledger)
    one.run_once()
    ledger.keep(delivered(Taken([(r.item_id, r.token) for r in sent.requests], "w")), admit)
    # When
    client.flushall()
    assert one.run_once() == 10
    # Then
    assert [request.token for request in sent.requests[10:]] == [2] * 10
    assert not any(request.alone for request in sent.requests)
    assert control.epoch() == ledger.leadership().epoch


def test_what_could_not_be_sent_waits_again_at_once(ledger, make, sent):
    accept(ledger, 60)
    sent.fails_after = 1
    one = make(ledger)
    with pytest.raises(Unavailable):
        one.run_once()
    assert ledger.balance().states | {"running": 20, "waiting": 40} == ledger.balance().states
    sent.fails_after = None
    assert one.run_once() == 40


def test_a_paused_fetch_sends_nothing_and_the_workers_are_told(ledger, make, control):
    accept(ledger, 5)
    ledger.pause(stage="fetch")
    one = make(ledger)
    assert one.run_once() == 0
    assert control.paused() == {"fetch"}
    ledger.resume(stage="fetch")
    assert one.run_once() == 5


def test_a_nearly_full_disk_stops_the_sending_and_not_the_rest(ledger, make, settings):
    accept(ledger, 5)
    one = make(ledger, replace(settings, disk_free_min=1 << 50))
    assert one.run_once() == 0
    assert ledger.leadership().leader is not None
    assert make(ledger)._disk_is_full() is False


def test_nothing_is_sent_while_a_queue_of_articles_is_full(ledger, depths, control, sent, settings):
    accept(ledger, 3)
    full = ["label"]
    one = Dispatcher(ledger, depths, control, sent, settings, full=lambda: full)
    assert one.run_once() == 0
    full.clear()
    assert one.run_once() == 3


@pytest.mark.usefixtures("time_passes")
def test_a_keeper_that_is_away_for_an_hour_costs_no_lease(short_leases, make, sent, client):
    # Given everything fetched, and its outcomes on the stream for an hour
    accept(short_leases, 3)
    one = make(short_leases)
    one.run_once()
    an_hour_ago = int((time.time() - 3600) * 1000)
    client.xadd(f"{NAMESPACE}:results", {"m": "{}", "n": 0}, id=f"{an_hour_ago}-0")
    # When
    for _ in range(40):
        one.run_once()
    # Then
    assert short_leases.leadership().ticks > 6.0
    assert len(sent.requests) == 3
    # When the stream is empty again, what is lost comes back
    client.delete(f"{NAMESPACE}:results")
    for _ in range(40):
        one.run_once()
    assert len(sent.requests) >= 6


@pytest.mark.usefixtures("time_passes")
def test_a_message_that_waits_in_a_queue_for_an_hour_costs_no_lease(short_leases, make, sent, client):
    accept(short_leases, 3)
    one = make(short_leases)
    one.run_once()
    client.lpush(f"{NAMESPACE}:label", json.dumps({"headers": {"urls": 3, "sent": time.time() - 3600}, "body": ""}))
    for _ in range(40):
        one.run_once()
    assert len(sent.requests) == 3


def test_a_suspended_machine_is_one_second_late(ledger, make, sent, time_passes):
    accept(ledger, 3)
    one = make(ledger)
    one.run_once()
    time_passes[0] += 10 * 3600
    for _ in range(10):
        one.run_once()
    assert len(sent.requests) == 3


def test_a_clock_that_is_set_back_is_noticed(engine, make, settings, sent, monkeypatch):
    # Given something that waits for a minute from now
    ledger = Ledger(engine, settings, now=lambda: time.time())  # noqa: PLW0108 - looked up anew at each call
    accept(ledger, 1)
    one = make(ledger)
    one.run_once()
    ledger.keep(delivered(Returned([(sent.requests[0].item_id, 1)], after=60.0)), admit)
    due = ledger.trace(entry(0).key)[0].due
    # When the clock is set back by a day
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 86400)
    monkeypatch.setattr(dispatcher, "BEAT", 0.0)
    one.run_once()
    # Then it waits for a minute still
    assert ledger.trace(entry(0).key)[0].due == pytest.approx(due - 86400, abs=5)


def test_a_host_that_was_overlooked_is_found_by_the_sweep(engine, make, settings, monkeypatch):
    ledger = Ledger(engine, settings)
    accept(ledger, 1)
    with writing(engine) as connection:
        connection.execute(text("UPDATE hosts SET look_at = NULL"))
    one = make(ledger)
    monkeypatch.setattr(dispatcher, "SWEEP", float("inf"))
    monkeypatch.setattr(dispatcher, "MEND", float("inf"))
    assert one.run_once() == 0
    monkeypatch.setattr(dispatcher, "SWEEP", 0.0)
    assert one.run_once() == 1


def test_metrics_are_sampled(ledger, make):
    accept(ledger, 2)
    one = make(ledger)
    one.run_once()
    assert len(ledger.samples("running", 0.0)) == 1
    assert ledger.samples("waiting.fetch", 0.0)[0][1] == 0.0
