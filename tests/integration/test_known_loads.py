"""The same figures everywhere: metrics, API and commands against the rows of the ledger and the keys of Redis, under known loads."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.running_service import RunningService, Served, serving
from tests.integration.parts.ports import free_port
from tests.integration.parts.press import article, pages
from worker.config import load
from worker.queues import CELERY_QUEUES
from worker.queues.address import redis_url

PATIENCE = 120.0
GOOD, ASKED, GONE, SLOW = 40, 12, 9, 5
"""Pages that are stored; of a host that asks for an hour; that are not there; that never answer."""
SETTINGS = {"PRESSMARK_LEASE": "20", "PRESSMARK_FIRST_BYTE_TIMEOUT": "60", "PRESSMARK_TOTAL_TIMEOUT": "90"}
"""Leases that run out soon, and a worker that waits for a slow page for longer than this test does."""
HOUR = {"Retry-After": "3600"}

Metrics = dict[tuple[str, frozenset[tuple[str, str]]], float]


def site() -> dict[tuple[str, str], Served]:
    """Pages whose ends are known."""
    asked = {("asks.test", f"/{number}"): Served(b"later", 429, headers=HOUR) for number in range(ASKED)}
    gone = {("gone.test", f"/{number}"): Served(b"", 404) for number in range(GONE)}
    slow = {(f"slow{number}.test", "/"): Served(article(1000 + number), delay=float("inf")) for number in range(SLOW)}
    return pages(GOOD) | asked | gone | slow


class Watched(RunningService):
    """A running service with its dashboard, asked in every way."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        super().__init__(folder, {**settings, **SETTINGS, "PRESSMARK_DASHBOARD_ADDRESS": f"127.0.0.1:{self.port}"})

    def http(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def listens(self) -> bool:
        """Whether the dashboard, which starts beside the others, takes connections yet."""
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0

    def api(self, path: str) -> Any:
        return json.loads(self.http(f"/api/v1/{path}"))

    def metrics(self, text: str | None = None) -> Metrics:
        text = text if text is not None else self.http("/metrics").decode()
        return {(one.name, frozenset(one.labels.items())): one.value for of in text_string_to_metric_families(text) for one in of.samples}

    def metric(self, name: str, **labels: str) -> float | None:
        return self.metrics().get((f"pressmark_{name}", frozenset(labels.items())))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Of the database itself."""
        with sqlite3.connect(self.folder / "data" / "pressmark.sqlite", timeout=30) as connection:
            return connection.execute(query).fetchall()

    def obeyed(self, queue: str) -> bool:
        """Whether the worker of a queue has heard of its pause: it asks at each of its heartbeats."""
        return f"queue {queue} paused" in self.log.read_text()

    def states(self) -> Counter[str]:
        return Counter(dict(self.rows("SELECT state, count(*) FROM items GROUP BY state")))

    def in_redis(self) -> dict[str, int]:
        """URLs in each of Celery's queues, as their messages say."""
        with redis.Redis.from_url(redis_url(load(self.environ))) as client:
            return {
                name: sum(json.loads(message)["headers"]["urls"] for message in client.lrange(f"pressmark:{name}", 0, -1))
                for name in CELERY_QUEUES
            }


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Watched]:
    with serving(site()) as served, Watched(tmp_path, served.settings()) as running:
        running.site = served
        running.up()
        running.until(running.listens, PATIENCE)
        running.until(lambda: running.api("queues")["workers"] != [], PATIENCE)
        yield running


def assert_equal_everywhere(line: Watched) -> None:
    """Counts of states, dead letters and queues are those of the ledger and of Redis, in metrics, API and command."""
    states, waiting = line.states(), line.in_redis()
    told, api, metrics = line.queues(), line.api("queues"), line.metrics()
    for name in ("waiting", "running", "stored", "duplicate", "refused", "dead"):
        assert told["ledger"][name] == api["ledger"][name] == states[name], name
        assert metrics["pressmark_items", frozenset({("state", name)})] == states[name], name
    accepted = line.rows("SELECT count(*) FROM receipts")[0][0]
    assert told["ledger"]["accepted"] == api["ledger"]["accepted"] == metrics["pressmark_items_accepted_total", frozenset()] == accepted
    for queue in api["queues"]:
        if queue["name"] in waiting:
            labels = frozenset({("queue", queue["name"])})
            assert queue["waiting"] == waiting[queue["name"]] == metrics["pressmark_queue_urls", labels], queue
    by_reason = dict(line.rows("SELECT reason, count(*) FROM items WHERE state = 'dead' GROUP BY reason"))
    assert {cause["reason"]: cause["count"] for cause in api["dead"]} == by_reason
    assert {dict(labels)["reason"]: n for (name, labels), n in metrics.items() if name == "pressmark_dead_letters"} == by_reason
    assert metrics["pressmark_ledger_balanced", frozenset()] == 1
    assert told["balanced"] is api["balanced"] is True


def settled(line: Watched) -> bool:
    """Whether everywhere tells the same by now: what moves is counted at slightly different moments."""
    try:
        assert_equal_everywhere(line)
    except (AssertionError, KeyError):
        return False
    return True


def expect_equal(line: Watched) -> None:
    """Within some seconds: metrics show the dispatcher's count of the queues, which it makes each ten."""
    try:
        line.until(lambda: settled(line), 40)
    except AssertionError:
        assert_equal_everywhere(line)  # says where they differ
        raise


@pytest.mark.timeout(600)
def test_figures_are_equal_everywhere_under_a_paused_stage_a_host_that_asks_slow_pages_and_a_killed_worker(line):
    # Given a paused stage: what was fetched waits to be labelled
    line.call("pause", "label")
    line.until(lambda: line.metric("stage_paused", stage="label") == 1, PATIENCE)
    line.until(lambda: line.obeyed("label") and line.obeyed("label.bulk"), PATIENCE)
    line.enqueue([url for url in line.site.urls() if "slow" not in url])
    line.until(lambda: line.in_redis()["label"] == GOOD, PATIENCE)
    expect_equal(line)
    assert line.metric("queue_urls", queue="label") == GOOD
    assert {queue["name"]: queue["paused"] for queue in line.api("queues")["queues"]}["label"] is True

    # And a host that asked for an hour: it was asked once, and everything of it waits
    line.until(lambda: line.metric("due_items", when="later") == ASKED, PATIENCE)
    groups = line.api("due")["groups"]
    assert [(group["why"], group["count"]) for group in groups if group["host"] and group["host"].startswith("asks.test")] == [
        ("host", ASKED)
    ]
    assert line.metric("hosts_waiting", why="asked") == 1
    assert line.metric("items_put_off_total", reason="http-429") == line.site.asked["asks.test", "/0"] + sum(
        line.site.asked["asks.test", f"/{number}"] for number in range(1, ASKED)
    )
    waiting = line.rows("SELECT count(*) FROM items WHERE state = 'waiting' AND host LIKE 'asks.test:%'")[0][0]
    assert json.loads(line.call("due", "--json", "--limit", "1").splitlines()[0])["later"] == waiting == ASKED

    # And pages that never answer: a worker holds them
    line.enqueue([url for url in line.site.urls() if "slow" in url])
    line.until(lambda: line.metric("worker_items", role="fetch") == SLOW, PATIENCE)

    # When the worker that holds them is killed and labelling goes on (no lease runs out while older things lie in a queue),
    # then what was fetched is stored, and each lease that ran out is counted
    expired = "SELECT count(*) FROM events WHERE stage = 'dispatch' AND outcome IN ('expired', 'struck')"
    for pid in line.pids("fetch"):
        os.kill(pid, signal.SIGKILL)
    line.call("resume", "label")
    line.until(lambda: line.states()["stored"] == GOOD, PATIENCE)
    line.until(lambda: line.rows(expired)[0][0] >= SLOW, PATIENCE)
    line.until(lambda: line.metric("leases_expired_total") == line.rows(expired)[0][0], PATIENCE)
    line.until(lambda: line.metric("workers", role="fetch") == 1, PATIENCE)
    assert [line.metric("workers", role=role) for role in ("label", "dispatcher", "keeper")] == [1, 1, 1]

    expect_equal(line)
    assert line.metric("items_ended_total", outcome="stored", reason="") == GOOD
    assert line.metric("items_ended_total", outcome="dead", reason="http-404") == GONE
    for stage in ("parse", "label", "store"):
        assert line.metric("stage_duration_seconds_count", stage=stage) >= GOOD, stage
    counted = {"label": GOOD, "store": GOOD}
    assert {stage: line.metric("stage_duration_seconds_count", stage=stage) for stage in counted} == counted

    # And a command prints what the dashboard serves
    printed, served = line.metrics(line.call("status", "--metrics")), line.metrics()
    assert {key for key in printed if "_drift_" not in key[0]} == {key for key in served if "_drift_" not in key[0]}
    same = [key for key in served if key[0].startswith(("pressmark_items_ended", "pressmark_dead", "pressmark_hosts", "pressmark_ledger"))]
    assert {key: printed[key] for key in same} == {key: served[key] for key in same}

    # And counters go on from where they were after a restart
    before = line.metrics()
    assert line.down() == 0
    line.up()
    line.until(lambda: settled(line), PATIENCE)
    after = line.metrics()
    counters = [key for key in before if key[0].endswith(("_total", "_bucket", "_count"))]
    assert all(after[key] >= before[key] for key in counters)
    assert after["pressmark_items_ended_total", frozenset({("outcome", "stored"), ("reason", "")})] == GOOD
