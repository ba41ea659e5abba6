"""The engine's clock: no lease expires whose message may still be in a queue."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.storage.leadership import TICK, advanced
from worker.storage.values import Leadership

START = Leadership(term=1, beat=0, leader="a", ticks=0.0, low_mark=0.0, epoch=None)
LEASE = 120.0


def beats(lead: Leadership, count: int, age) -> Leadership:
    for number in range(count):
        lead = advanced(lead, 1.0, age(number))
    return lead


def test_with_empty_queues_the_low_mark_is_the_clock():
    assert beats(START, 100, lambda _: 0.0).low_mark == 100.0


def test_a_beat_advances_by_a_second_at_most_and_never_backwards():
    assert advanced(START, 1e9, 0.0).ticks == TICK
    assert advanced(START, -5.0, 0.0).ticks == 0.0


def test_while_an_entry_waits_the_low_mark_stands_where_it_was_sent():
    # Given an entry that is sent at second 100 and never taken
    lead = beats(START, 100, lambda _: 0.0)
    # When ten hours pass
    lead = beats(lead, 36_000, lambda number: number + 1.0)
    # Then
    assert lead.low_mark == 100.0


def test_a_busy_queue_of_ten_seconds_holds_the_low_mark_back_by_ten_seconds_only():
    assert beats(START, 1000, lambda _: 10.0).low_mark == 990.0


def test_after_a_standstill_what_was_waiting_keeps_half_its_lease_to_be_heard_of():
    # Given a lease of second 0 that waited an hour in a queue
    lead = beats(START, 3600, lambda number: number + 1.0)
    # When the queue is read again
    lead = beats(lead, int(LEASE / 2), lambda _: 0.0)
    # Then
    assert lead.low_mark <= LEASE
    assert beats(lead, 3600, lambda _: 0.0).low_mark == lead.ticks + 3600, "and the mark catches up"


@given(st.lists(st.tuples(st.floats(-10, 1e6), st.floats(-10, 1e6)), max_size=50))
def test_whatever_the_clocks_say_the_mark_never_falls_nor_passes_the_clock(pairs):
    lead = START
    for elapsed, age in pairs:
        after = advanced(lead, elapsed, age)
        assert lead.low_mark <= after.low_mark <= after.ticks
        assert after.ticks <= lead.ticks + TICK
        lead = after
