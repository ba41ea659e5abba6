from __future__ import annotations

import contextlib
import threading

import pytest

from worker.fetch import pace
from worker.fetch.pace import HostBusy, LocalPace

HOST = "pub.example:443"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A monotonic clock that only moves when it is told to."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])

    def forward(seconds: float) -> None:
        now[0] += seconds

    return forward


def busy_for(kept: LocalPace, host: str = HOST) -> float:
    with pytest.raises(HostBusy) as busy:
        kept.take(host)
    return busy.value.after


def test_a_host_in_hand_is_busy_and_others_are_not(clock) -> None:
    kept = LocalPace(2.0)
    kept.take(HOST)
    assert busy_for(kept) == 2.0
    kept.take("other.example:443")


def test_the_pause_begins_at_the_end_of_the_answer(clock) -> None:
    # Given an answer that takes 10 seconds
    kept = LocalPace(2.0)
    slot = kept.take(HOST)
    clock(10)
    # When it ends
    slot.release(0)
    # Then the host rests for the interval from there
    clock(1.5)
    assert busy_for(kept) == pytest.approx(0.5)
    clock(0.5)
    kept.take(HOST)


def test_a_longer_wish_of_the_host_is_granted(clock) -> None:
    kept = LocalPace(2.0)
    kept.take(HOST).release(30)
    clock(29)
    assert busy_for(kept) == pytest.approx(1)


def test_a_slot_that_nobody_gives_back_ends_by_itself(clock) -> None:
    kept = LocalPace(2.0, hold=40)
    kept.take(HOST)
    clock(41)
    busy_for(kept)
    clock(2)
    kept.take(HOST)


def test_no_interval_is_no_pace_at_all() -> None:
    kept = LocalPace(0)
    kept.take(HOST)
    kept.take(HOST).release(60)
    kept.take(HOST)


def test_of_many_threads_one_gets_the_slot() -> None:
    # Given forty threads that want the same host at once
    kept, won = LocalPace(5.0), []

    def want() -> None:
        with contextlib.suppress(HostBusy):
            won.append(kept.take(HOST))

    threads = [threading.Thread(target=want) for _ in range(40)]
    # When they run
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then one has it
    assert len(won) == 1


def test_places_that_are_free_again_are_swept(monkeypatch: pytest.MonkeyPatch, clock) -> None:
    monkeypatch.setattr(pace, "LOCAL_MAX", 10)
    kept = LocalPace(1.0)
    for number in range(30):
        kept.take(f"h{number}:80").release(0)
        clock(2)
    assert len(kept._free_at) <= 12


def test_busy_says_which_host_and_for_how_long() -> None:
    assert str(HostBusy(HOST, 1.25)) == "pub.example:443 may be requested again in 1.2 s"
