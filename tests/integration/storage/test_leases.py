"""What is due is leased within each host's pace, and leases run out on the engine's own clock."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy import event

from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.steps import HOUR, balanced, keep, leased, one, state
from worker.messages import HostReport, Taken
from worker.storage.leadership import LeadLost
from worker.storage.ledger import Ledger


def test_the_urls_of_a_paced_host_travel_together_and_no_others_until_they_are_back(paced, lead, clock):
    # Given a pace of two seconds
    paced.accept([entry(n) for n in range(8)] + [entry(9, "other.test:443")], paced.open_job())
    # When
    first = leased(paced, lead)
    again = leased(paced, lead)
    # Then those that ten seconds of it are enough for are under way
    assert sorted(request.url.split("/")[2] for request in first) == ["other.test"] + 5 * ["press.test"]
    assert again == []
    # And the rest follows when they are back
    keep(paced, *(labelled(request) for request in first))
    clock.at += 2.0
    assert len(leased(paced, lead)) == 3


def test_a_host_in_trouble_has_one_url_in_flight(paced, lead, clock):
    # Given
    paced.accept([entry(n) for n in range(3)], paced.open_job())
    first = leased(paced, lead)
    # When one of them fails for the host's sake
    keep(paced, failed(first[0], "timeout", report=HostReport("press.test:443", ok=False)), *(labelled(request) for request in first[1:]))
    paced.accept([entry(n) for n in range(10, 15)], paced.open_job())
    clock.at += 60.0
    # Then its next answer decides
    assert len(leased(paced, lead)) == 1


def test_a_slow_host_has_one_url_in_flight(engine, settings, clock, lead):
    slow = Ledger(engine, replace(settings, host_interval=8.0), now=clock, chance=lambda: 0.5)
    slow.accept([entry(n) for n in range(3)], slow.open_job())
    first = leased(slow, lead)
    again = leased(slow, lead)
    assert len(first) == 1
    assert again == []
    # When its answer has come, but not yet the pace's eight seconds
    keep(slow, labelled(first[0], report=HostReport("press.test:443", ok=True)))
    clock.at += 7.0
    assert leased(slow, lead) == []
    clock.at += 1.0
    assert len(leased(slow, lead)) == 1


def test_without_an_interval_a_host_has_many_in_flight(ledger, lead):
    ledger.accept([entry(n) for n in range(30)], ledger.open_job())
    assert len(leased(ledger, lead, room=20)) == 20
    assert len(leased(ledger, lead, room=20)) == 10


def test_no_host_crowds_out_another(ledger, lead):
    ledger.accept([entry(n, "big.test:443") for n in range(500)], ledger.open_job())
    ledger.accept([entry(n, "small.test:443") for n in range(5)], ledger.open_job())
    urls = [request.url for request in leased(ledger, lead, room=20)]
    assert sum("small.test" in url for url in urls) == 5


def test_a_paced_host_is_asked_for_its_most_urgent_url(paced, lead):
    job = paced.open_job()
    paced.accept([entry(1)], job, lane="bulk")
    paced.accept([entry(2)], job, lane="normal")
    assert [request.url for request in leased(paced, lead)] == [entry(2).url, entry(1).url]


def test_the_urgent_lane_goes_first_on_its_host_and_before_other_hosts(paced, lead):
    job = paced.open_job()
    paced.accept([entry(n, f"h{n}.test:443") for n in range(20)], job, lane="bulk")
    paced.accept([entry(100, "h19.test:443")], job, lane="urgent")
    lanes = [lane for lane, _ in paced.lease(lead, 5)]
    assert lanes[0] == "urgent"
    assert len(lanes) == 5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_tick_reads_more_of_the_items_than_it_has_to(ledger, lead, engine, tmp_path):
    # Given what the dispatcher asks at each tick
    ledger.accept([entry(1)], ledger.open_job())
    asked: list[tuple[str, tuple]] = []

    def note(_connection, _cursor, statement, parameters, *_: object) -> None:
        asked.append((statement, parameters if isinstance(parameters, tuple) else parameters[0]))

    event.listen(engine, "before_cursor_execute", note)
    leased(ledger, lead)
    ledger.reclaim(lead)
    ledger.sweep(lead)
    ledger.running()
    # When SQLite explains how it answers
    plain = sqlite3.connect(tmp_path / "pressmark.sqlite")
    plans = [
        (row[3], statement)
        for statement, parameters in asked
        if statement.startswith(("SELECT", "UPDATE", "DELETE"))
        for row in plain.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    plain.close()
    # Then it never goes through all items: only through those under a lease, which the window bounds
    scans = [(plan, statement) for plan, statement in plans if plan.startswith("SCAN items")]
    assert [pair for pair in scans if "ix_items_running" not in pair[0] and "ix_items_urgent" not in pair[0]] == []
    assert len(plans) > 10


def test_a_token_rises_with_every_lease(ledger, lead):
    first = one(ledger, lead)
    ledger.hand_back([first])
    second = leased(ledger, lead)[0]
    assert (first.token, second.token) == (1, 2)


def test_a_paused_host_gets_nothing_until_it_is_resumed(ledger, lead):
    ledger.accept([entry(1), entry(2, "other.test:443")], ledger.open_job())
    ledger.pause(host="press.test:443")
    assert [request.url for request in leased(ledger, lead)] == [entry(2, "other.test:443").url]
    ledger.resume(host="press.test:443")
    assert len(leased(ledger, lead)) == 1


def test_ten_failures_in_a_row_open_the_breaker_and_one_good_answer_closes_it(ledger, lead, clock, settings):
    # Given
    down, up = HostReport("press.test:443", ok=False), HostReport("press.test:443", ok=True)
    ledger.accept([entry(n) for n in range(30)], ledger.open_job())
    # When
    keep(ledger, *(failed(request, "connect", report=down) for request in leased(ledger, lead, room=10)))
    # Then
    assert leased(ledger, lead) == []
    clock.at += settings.backoff + 0.001
    probe = leased(ledger, lead)
    assert len(probe) == 1, "half-open lets one through"
    keep(ledger, labelled(probe[0], report=up))
    assert len(leased(ledger, lead)) > 1


def test_what_nobody_took_waits_again_at_no_cost(ledger, lead, run_out):
    one(ledger, lead)
    run_out()
    assert ledger.reclaim(lead).free == 1
    trace = ledger.trace(entry(1).key)[0]
    assert (trace.state, trace.strikes) == ("waiting", 0)
    assert not leased(ledger, lead)[0].alone


def test_what_was_taken_in_company_travels_alone_and_alone_it_is_struck(ledger, lead, clock, run_out):
    request = one(ledger, lead)
    for strikes in range(4):
        keep(ledger, Taken([(request.item_id, request.token)], "w1"))
        run_out()
        taken_back = ledger.reclaim(lead)
        assert (taken_back.suspects, taken_back.strikes) == ((1, 0) if strikes == 0 else (0, 1))
        clock.at += HOUR
        request = next(iter(leased(ledger, lead)), request)
        assert request.alone
    assert state(ledger) == ("dead", "poison")
    assert balanced(ledger)


def test_to_be_taken_begins_the_lease_anew(ledger, lead, run_out):
    request = one(ledger, lead)
    run_out(119.0)
    keep(ledger, Taken([(request.item_id, request.token)], "w1"))
    run_out(119.0)
    assert ledger.reclaim(lead).suspects == 0
    run_out(2.0)
    assert ledger.reclaim(lead).suspects == 1


def test_a_beat_is_one_second_at_most(ledger, lead):
    one(ledger, lead)
    ledger.beat(lead, 1_000_000.0, 0.0)
    assert ledger.reclaim(lead).free == 0


def test_an_emptied_redis_costs_no_item_anything_and_every_host_waits_one_interval(paced, lead, clock):
    # Given a second epoch
    paced.reclaim_all(lead, "first")
    request = one(paced, lead)
    keep(paced, Taken([(request.item_id, request.token)], "w1"))
    # When
    assert paced.reclaim_all(lead, "second") == 1
    # Then
    assert paced.leadership().epoch == "second"
    assert leased(paced, lead) == []
    clock.at += 2.0
    again = leased(paced, lead)[0]
    assert not again.alone
    assert again.token == request.token + 1


def test_whoever_led_before_can_change_nothing(ledger, lead):
    ledger.accept([entry(1)], ledger.open_job())
    assert ledger.take_lead(ledger.leadership(), "another") is not None
    for deed in (
        lambda: ledger.beat(lead, 1.0, 0.0),
        lambda: ledger.lease(lead, 10),
        lambda: ledger.reclaim(lead),
        lambda: ledger.reclaim_all(lead, "x"),
        lambda: ledger.sweep(lead),
        lambda: ledger.correct_times(lead),
        lambda: ledger.clock_was_set(lead, 10.0),
    ):
        with pytest.raises(LeadLost):
            deed()


def test_of_two_who_saw_the_same_leader_one_takes_over(ledger, lead):
    seen = ledger.leadership()
    assert ledger.take_lead(seen, "a") is not None
    assert ledger.take_lead(seen, "b") is None


def test_a_leader_that_shows_life_is_not_replaced(ledger, lead):
    seen = ledger.leadership()
    ledger.beat(lead, 0.5, 0.0)
    assert ledger.take_lead(seen, "b") is None


@pytest.mark.parametrize("step", [3600.0, -3600.0, 10 * 365 * 86400.0])
def test_a_clock_that_is_set_makes_nothing_early_and_nothing_wait_for_ever(ledger, lead, clock, step):
    keep(ledger, failed(one(ledger, lead), "http-429", retry_after=60.0))
    clock.at += step
    ledger.clock_was_set(lead, step)
    assert leased(ledger, lead) == []
    clock.at += 60.0
    assert len(leased(ledger, lead)) == 1


def test_a_time_beyond_any_rule_is_pulled_in(ledger, lead, clock):
    keep(ledger, failed(one(ledger, lead), "timeout"))
    clock.at -= 10 * 365 * 86400.0
    assert leased(ledger, lead) == []
    ledger.correct_times(lead)
    assert len(leased(ledger, lead)) == 1
