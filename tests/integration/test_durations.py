"""The histograms of how long stages take, on real servers."""

from __future__ import annotations

from collections import Counter

from tests.integration.conftest import NAMESPACE
from worker.queues import Durations
from worker.queues.durations import BOUNDS, STAGES


def counted(durations: Durations, stage: str) -> Counter[float]:
    """How many fell under each bound; the last are under infinity."""
    found = next(histogram for histogram in durations.all() if histogram.stage == stage)
    return Counter(dict(zip([*BOUNDS, float("inf")], found.counts, strict=True)))


def test_what_several_processes_note_adds_up(client):
    # Given
    processes = [Durations(client, NAMESPACE) for _ in range(2)]
    # When
    for process in processes:
        process.observe("parse", 0.05)
        process.observe("parse", 0.0501)
        process.observe("parse", 31.0, times=3)
        process.flush()
        process.flush()
    # Then
    shown = Durations(client, NAMESPACE)
    assert +counted(shown, "parse") == {0.05: 2, 0.1: 2, float("inf"): 6}
    assert shown.all()[STAGES.index("parse")].seconds == 2 * (0.05 + 0.0501 + 93.0)
    assert +counted(shown, "fetch") == {}


def test_what_redis_refuses_is_sent_with_the_next_ones_and_nothing_twice(client):
    # Given
    durations = Durations(client, NAMESPACE)
    client.set(f"{NAMESPACE}:durations", "of another type")
    durations.observe("label", 0.2)
    # When
    durations.flush()
    client.delete(f"{NAMESPACE}:durations")
    durations.observe("label", 0.3)
    durations.flush()
    # Then
    assert +counted(durations, "label") == {0.25: 1, 0.5: 1}


def test_values_that_are_no_counts_are_not_believed(client):
    client.hset(f"{NAMESPACE}:durations", mapping={"store:0.05": "many", "store:inf": "-3", "store:us": "1500000", "other": "7"})
    durations = Durations(client, NAMESPACE)
    assert +counted(durations, "store") == {}
    assert durations.all()[STAGES.index("store")].seconds == 1.5
