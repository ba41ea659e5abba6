"""Prometheus metrics made of a snapshot."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from worker.operations.drift import compare
from worker.operations.metrics import exposition, roles_of
from worker.operations.snapshot import InRedis, Snapshot
from worker.queues import Depth, Histogram, WorkerSeen
from worker.reasons import Reason
from worker.storage.for_metrics import Totals, Waiting
from worker.storage.label_counts import LabelCounts
from worker.storage.values import Balance, DeadGroup, State

WEEK = LabelCounts(2, {"trade": 1}, {}, {"trade": 0.5}, 0, {"trade": (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)}, {"en": (2, 0.25)})
STATES = dict.fromkeys(State, 0) | {State.WAITING: 4, State.RUNNING: 1, State.STORED: 2}
BALANCE = Balance(7, STATES, 2, 0, 0, 0, counted=False)
UNITS = ("_seconds", "_bytes", "_ratio", "_total", "_info", "_timestamp_seconds")
"""Suffixes that Prometheus' guide asks for (prometheus.io/docs/practices/naming)."""


def worker(name: str, *queues: str, alive: bool = True, running: int = 0) -> WorkerSeen:
    return WorkerSeen(name, queues, alive, 0.0, running)


SNAPSHOT = Snapshot(
    totals=Totals(BALANCE, Counter({("stored", ""): 2, ("dead", "timeout"): 3}), Counter({"timeout": 12}), 5, frozenset({"label"})),
    waiting=Waiting(3, 1, 1796000000.5, Counter({"asked": 1})),
    dead=(DeadGroup('odd "one"\\\n', 3, 0.0),),
    sources={"well": 2, "failing": 1},
    drift=compare(WEEK, LabelCounts(0), None),
    model='2026-11-29-1 "x"',
    redis=InRedis(
        messages={"fetch": 2, "results": 7},
        depths=(Depth("fetch", 40, 12.5, 1, 2), Depth("results", 0, None, 0, 0)),
        workers=(worker("fetch@a", "fetch.urgent", "fetch", running=20), worker("fetch@b", "fetch", alive=False), worker("keeper@a")),
        durations=(Histogram("parse", (0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1), 31.5),),
        memory=1000,
        memory_max=0,
    ),
    disk_free=5_000_000_000,
    disk_free_min=200_000_000,
)
AWAY = replace(SNAPSHOT, totals=None, waiting=None, dead=None, sources=None, drift=None, model=None, redis=None, disk_free=None)


def shown(snapshot: Snapshot) -> str:
    return exposition(lambda: snapshot)[0].decode()


def samples(snapshot: Snapshot) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """By name and labels."""
    found = [sample for family in parse(shown(snapshot)) for sample in family.samples]
    keyed = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(keyed) == len(found), "two samples with the same name and labels"
    return keyed


def value(name: str, **labels: str) -> float | None:
    return samples(SNAPSHOT).get((f"pressmark_{name}", frozenset(labels.items())))


@pytest.mark.parametrize("snapshot", [SNAPSHOT, AWAY], ids=["all known", "all away"])
def test_every_metric_is_named_typed_and_explained_as_prometheus_asks(snapshot):
    for family in parse(shown(snapshot)):
        assert family.name.startswith("pressmark_")
        assert family.documentation.endswith(".")
        assert family.type in ("gauge", "counter", "histogram")
        assert family.name.islower()
        assert not any(word in family.name for word in ("_ms", "_minutes", "_kb", "_count", "_percent", "_per_"))
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        else:
            assert not family.name.endswith("_total")


def test_the_same_text_is_valid_openmetrics_where_that_is_asked_for():
    text, kind = exposition(lambda: SNAPSHOT, "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert {family.name for family in parse_openmetrics(text.decode())} >= {"pressmark_items", "pressmark_items_ended"}


def test_figures_carry_their_labels():
    assert value("items", state="waiting") == 4
    assert value("items_accepted_total") == 7
    assert value("items_ended_total", outcome="dead", reason="timeout") == 3
    assert value("items_put_off_total", reason="timeout") == 12
    assert value("leases_expired_total") == 5
    assert value("stage_paused", stage="label") == 1
    assert value("stage_paused", stage="fetch") == 0
    assert value("due_items", when="later") == 1
    assert value("hosts_waiting", why="asked") == 1
    assert value("queue_messages", queue="results") == 7
    assert value("queue_urls", queue="fetch") == 40
    assert value("queue_oldest_age_seconds", queue="fetch") == 12.5
    assert value("queue_oldest_age_seconds", queue="results") == 0
    assert value("drift_yes_ratio", stretch="week", label="trade") == 0.5
    assert value("drift_unknown_words_ratio", stretch="week", language="en") == 0.25


def test_a_counter_begins_with_0_for_each_reason_of_the_closed_list():
    found = {dict(labels)["reason"] for name, labels in samples(SNAPSHOT) if name == "pressmark_items_ended_total"}
    assert found == {reason.word for reason in Reason} - {"known", "not-modified"} | {""}
    assert value("items_ended_total", outcome="dead", reason="http-404") == 0


def test_a_histogram_counts_what_took_no_longer_than_each_bound():
    assert value("stage_duration_seconds_bucket", stage="parse", le="0.025") == 1
    assert value("stage_duration_seconds_bucket", stage="parse", le="0.05") == 3
    assert value("stage_duration_seconds_bucket", stage="parse", le="30.0") == 3
    assert value("stage_duration_seconds_bucket", stage="parse", le="+Inf") == 4
    assert value("stage_duration_seconds_count", stage="parse") == 4
    assert value("stage_duration_seconds_sum", stage="parse") == 31.5


def test_processes_are_counted_by_role_and_a_role_without_any_is_0():
    assert {role: value("workers", role=role) for role in ("fetch", "label", "keeper")} == {"fetch": 1, "label": 0, "keeper": 1}
    assert value("worker_items", role="fetch") == 20


@pytest.mark.parametrize(
    ("name", "queues", "roles"),
    [
        ("celery@machine", ("fetch", "label"), {"fetch", "label"}),
        ("w1@machine", ("label.bulk",), {"label"}),
        ("dispatcher@machine", (), {"dispatcher"}),
        ("fetch@machine", ("other",), {"fetch"}),
        ("stranger", (), set()),
    ],
)
def test_the_queues_of_a_worker_tell_its_role_and_else_its_name(name, queues, roles):
    assert roles_of(worker(name, *queues)) == roles


def test_what_is_unknown_is_left_out_and_what_is_away_is_told():
    names = {name for name, _ in samples(AWAY)}
    assert names == {"pressmark_build_info", "pressmark_database_up", "pressmark_redis_up", "pressmark_disk_free_min_bytes"}
    assert samples(AWAY)["pressmark_database_up", frozenset()] == 0
    assert value("redis_memory_max_bytes") is None


def test_a_label_can_hold_anything_and_end_nothing():
    assert value("dead_letters", reason='odd "one"\\\n') == 3
    assert value("sources", health="failing") == 1
    assert value("model_info", id='2026-11-29-1 "x"') == 1
