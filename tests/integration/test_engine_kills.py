"""Dispatcher, keeper and a trivial stage between them under kill -9: nothing lost, nothing twice, the books balance."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, missing
from tests.integration.parts.engine_process import settings_of
from tests.integration.parts.samples import entry
from tests.integration.parts.servers import PostgresServer, RedisServer, redis_binary, until
from worker.queues import connect
from worker.storage.articles import Articles
from worker.storage.database import migrate, open_database
from worker.storage.ledger import Ledger

SCRIPT = Path(__file__).parent / "parts" / "engine_process.py"
ROLES = ("dispatcher", "dispatcher-2", "keeper", "keeper-2", "worker", "worker-2")
"""Two of each: one dispatcher stands by, the keepers share the stream."""
URLS = 1200
PATIENCE = 120.0
"""Seconds to come to rest; on an idle machine it takes five."""


class Line:
    """The engine's processes, each started again when it is killed. A role ends in a number where there are several."""

    def __init__(self, told: dict[str, Any], redis: RedisServer, postgres: PostgresServer | None) -> None:
        self._told = told
        self._redis = redis
        self._postgres = postgres
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: Counter[str] = Counter()

    def start(self, role: str) -> None:
        """Starts one process of the role."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._processes[role] = subprocess.Popen(
            [sys.executable, str(SCRIPT), role.partition("-")[0], json.dumps(self._told)], env=environment, stderr=subprocess.DEVNULL
        )

    def kill(self, role: str) -> None:
        """SIGKILL, and a new start at once."""
        self.kills[role] += 1
        if role == "redis":
            self._redis.kill()
            self._redis.start()
        elif role == "postgres":
            self._postgres.kill()
            self._postgres.start()
        else:
            self._processes[role].kill()
            self._processes[role].wait()
            self.start(role)

    def stop_and_continue(self, role: str, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while: a process that thinks no time has passed."""
        self._processes[role].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._processes[role].send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Ends them all."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(PATIENCE)


@pytest.fixture
def redis_alone(request):
    """A server of this test's own, for it is going to be killed."""
    binary = redis_binary(request.param)
    if binary is None:
        missing(request.param)
    server = RedisServer(binary)
    server.start()
    yield server
    server.stop()


def accept(ledger: Ledger) -> dict[str, int]:
    """URLS pages on 40 hosts; the id of each."""
    answers = ledger.accept_many((entry(number, f"h{number % 40}.test:443") for number in range(1, URLS + 1)), ledger.open_job("all"))
    return {answer.url: answer.item_id for answer in answers}


def assert_every_url_ended_once(ledger: Ledger, articles: Articles, accepted: dict[str, int]) -> None:
    """By what the pages' numbers make of them."""
    ended = list(articles.results("all"))
    assert {result.item_id for result in ended} == set(accepted.values())
    assert len(ended) == URLS
    outcomes = Counter(result.outcome for result in ended)
    texts = [result.text for result in ended if result.outcome == "stored"]
    assert len(texts) == len(set(texts)), "an exact copy was stored twice"
    dead = {result.reason for result in ended if result.outcome == "dead"}
    assert dead == {"http-404"}
    assert outcomes["dead"] == URLS // 11
    running, counted = ledger.recount()
    assert counted.balanced
    assert (running.accepted, running.states, running.articles) == (counted.accepted, counted.states, counted.articles)


@pytest.mark.parametrize(
    ("redis_alone", "database"),
    [
        ("valkey", "sqlite"),
        ("redis-server", "postgresql"),
        pytest.param("redis-server", "sqlite", marks=pytest.mark.soak),
        pytest.param("valkey", "postgresql", marks=pytest.mark.soak),
    ],
    indirect=["redis_alone"],
)
def test_whatever_is_killed_every_url_ends_exactly_once(tmp_path, request, redis_alone, database):
    # Given
    postgres = request.getfixturevalue("postgres_server") if database == "postgresql" else None
    url = postgres.new_database() if postgres else f"sqlite:///{tmp_path}/pressmark.sqlite"
    told = {"redis_url": redis_alone.url, "database_url": url, "data_dir": str(tmp_path), "lease": 3.0}
    settings = settings_of(told)
    engine = open_database(settings)
    migrate(engine)
    ledger, articles = Ledger(engine, settings), Articles(engine)
    accepted = accept(ledger)
    line = Line(told, redis_alone, postgres)
    chance = random.Random(7)
    try:
        for role in ROLES:
            line.start(role)
        until(lambda: ledger.finished() > 0, PATIENCE, "the first article")
        # When
        victims = [*ROLES, "redis", "redis"] + ["postgres"] * (2 if postgres else 0)
        for number, role in enumerate(chance.sample(victims, len(victims)), start=1):
            until(lambda goal=number * URLS // 14: ledger.finished() >= goal, PATIENCE, f"pages enough to kill {role} among them")
            line.kill(role)
        connect(settings).flushall()
        line.stop_and_continue("keeper", 1.0)
        # Then
        job = ledger.find_job("all")
        until(lambda: ledger.progress(job).open == 0, PATIENCE, "the end of every item")
        until(lambda: ledger.unpublished(1) == [], PATIENCE, "an empty outbox")
    finally:
        line.end()
    assert_every_url_ended_once(ledger, articles, accepted)
    engine.dispose()
