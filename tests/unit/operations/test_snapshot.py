"""Snapshots for monitoring: figures are kept for as long as they cost, and what is away is unknown."""

from __future__ import annotations

import pytest

from worker.errors import Unavailable
from worker.operations.figures import Kept
from worker.operations.snapshot import Snapshots


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def figure(clock: Clock, takes: float, fresh: float = 5.0) -> tuple[Kept[int], list[float]]:
    """A figure that takes so many seconds, and the times at which it was asked."""
    asked: list[float] = []

    def make() -> int:
        asked.append(clock.now)
        clock.now += takes
        return len(asked)

    return Kept(make, fresh, clock=clock, cost=clock), asked


def test_a_figure_is_asked_once_for_all_who_ask_within_five_seconds():
    clock = Clock()
    kept, asked = figure(clock, takes=0.001)
    assert [kept.get() for _ in range(10)] == [1] * 10
    clock.now += 5.1
    assert kept.get() == 2
    assert len(asked) == 2


@pytest.mark.parametrize("takes", [0.1, 1.0, 3.0])
def test_a_figure_never_takes_more_than_a_hundredth_of_a_core(takes):
    clock = Clock()
    kept, asked = figure(clock, takes)
    begun = clock.now
    while clock.now < begun + 3600:
        kept.get()
        clock.now += 1.0
    assert len(asked) * takes <= 0.011 * (clock.now - begun) + takes


def test_a_figure_that_cannot_be_had_is_asked_again_the_next_time():
    clock = Clock()
    answers = [Unavailable("away"), 7]

    def make() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    kept = Kept(make, 5.0, clock=clock, cost=clock)
    with pytest.raises(Unavailable):
        kept.get()
    assert kept.get() == 7


def test_an_old_figure_is_not_shown_once_it_cannot_be_had_any_more():
    clock = Clock()
    away = False

    def make() -> int:
        if away:
            raise Unavailable("away")
        return 1

    kept = Kept(make, 5.0, clock=clock, cost=clock)
    assert kept.get() == 1
    away = True
    clock.now += 6.0
    for _ in range(2):
        with pytest.raises(Unavailable):
            kept.get()


def test_without_redis_the_figures_of_the_ledger_are_known_and_its_own_are_not(services):
    found = Snapshots(services).take()
    assert found.redis is None
    assert found.totals is not None
    assert found.totals.balance.accepted == 0
    assert found.waiting is not None
    assert found.model
    assert found.disk_free is not None


def test_without_the_database_nothing_else_of_it_is_asked(services, monkeypatch):
    snapshots = Snapshots(services)
    asked = []

    def away(*_: object) -> None:
        asked.append(1)
        raise Unavailable("away")

    for name in ("_totals", "_waiting", "_dead", "_drift", "_model"):
        monkeypatch.setattr(getattr(snapshots, name), "_make", away)
    found = snapshots.take()
    assert (found.totals, found.waiting, found.dead, found.drift, found.model) == (None,) * 5
    assert len(asked) == 1
