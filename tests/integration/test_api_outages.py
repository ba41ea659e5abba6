"""What programs get while Redis or the database is away: 503 within five seconds, and everything again once it is back."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.running_service import descendants
from tests.integration.parts.own_time import Stopwatch
from tests.integration.parts.served_dashboard import Answered, Dashboard, served
from tests.integration.parts.servers import PostgresServer, RedisServer, postgres_binary, redis_binary, until
from worker.config import Settings

WITHIN = 5.0
"""Seconds, as the contract promises; told by the dashboard's own clock below."""
READS = (
    "queues",
    "workers",
    "due",
    "items",
    "articles",
    "dead",
    "dead?group=cause",
    "jobs",
    "hosts",
    "models",
    "pauses",
    "reviews",
    "history",
    "log",
    "problems",
)
OF_REDIS = ("workers",)
"""What only Redis knows."""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(str(redis_binary("valkey")))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    if postgres_binary("postgres") is None:
        pytest.skip("no postgresql here")
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


def timed(dashboard: Dashboard, method: str, path: str, body: object = None) -> tuple[Answered, float]:
    watch = Stopwatch()
    answer = dashboard.ask(method, path, body)
    return answer, watch.seconds


@contextmanager
def silent_port() -> Iterator[int]:
    """A server that accepts every connection and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        held, over = [], threading.Event()

        def accept() -> None:
            listener.settimeout(0.2)
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    held.append(listener.accept()[0])

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()
        for connection in held:
            connection.close()


def test_redis_away_is_told_and_addresses_are_accepted_all_the_same(tmp_path, redis):
    with served(Settings(data_dir=tmp_path, redis_url=redis.url)) as dashboard:
        # Given
        redis.kill()
        # When
        accepted, took = timed(dashboard, "POST", "/api/v1/items", {"urls": ["https://one.test/a"]})
        # Then
        assert (accepted.status, accepted.json["accepted"]) == (200, 1)
        assert took < WITHIN
        for path in READS:
            answer, took = timed(dashboard, "GET", f"/api/v1/{path}")
            assert answer.status == (503 if path in OF_REDIS else 200), (path, answer.body)
            assert took < WITHIN, path
        assert {queue["waiting"] for queue in dashboard.get("queues").json["queues"]} == {None}
        assert [problem["code"] for problem in dashboard.get("problems").json][:1] == ["redis-away"]
        assert dashboard.ask("GET", "/readyz").json["reasons"] == [{"what": "redis", "why": "does not answer"}]
        assert b"pressmark_redis_up 0.0" in dashboard.ask("GET", "/metrics").body
        assert dashboard.ask("GET", "/livez").status == 200
        assert dashboard.post("pauses", {"stage": "fetch"}).status == 200
        # When
        redis.start()
        # Then
        until(lambda: dashboard.get("workers").status == 200, 60, "the workers again")
        until(lambda: b"pressmark_redis_up 1.0" in dashboard.ask("GET", "/metrics").body, 60, "its metrics again")
        assert {queue["waiting"] for queue in dashboard.get("queues").json["queues"]} == {0}


def test_a_redis_that_accepts_and_never_answers_is_told_too(tmp_path):
    with silent_port() as port, served(Settings(data_dir=tmp_path, redis_url=f"redis://127.0.0.1:{port}/0")) as dashboard:
        for path in READS:
            answer, took = timed(dashboard, "GET", f"/api/v1/{path}")
            assert answer.status in (200, 503), (path, answer.body)
            assert took < WITHIN, path
        assert dashboard.get("workers").reason == "unavailable"


def test_the_database_away_is_told_and_comes_back(tmp_path, redis, postgres):
    settings = Settings(data_dir=tmp_path, redis_url=redis.url, database_url=postgres.new_database())
    with served(settings) as dashboard:
        assert dashboard.post("items", {"urls": ["https://one.test/a"]}).json["accepted"] == 1
        # Given
        postgres.kill()
        # Then
        for path in (*READS, "articles/1", "reviews/next", "jobs/1"):
            answer, took = timed(dashboard, "GET", f"/api/v1/{path}")
            if path == "problems":
                assert [problem["code"] for problem in answer.json] == ["database-away"]
            elif path not in OF_REDIS:
                assert (answer.status, answer.reason) == (503, "unavailable"), path
            assert took < WITHIN, path
        refused, took = timed(dashboard, "POST", "/api/v1/items", {"urls": ["https://one.test/b"]})
        assert (refused.status, refused.reason) == (503, "unavailable")
        assert took < WITHIN
        assert dashboard.ask("GET", "/readyz").json["reasons"][0] == {"what": "database", "why": "does not answer"}
        assert b"pressmark_database_up 0.0" in dashboard.ask("GET", "/metrics").body
        assert dashboard.ask("GET", "/livez").status == 200
        # When
        postgres.start()
        # Then
        until(lambda: dashboard.get("items").status == 200, 60, "the items again")
        assert [item["url"] for item in dashboard.get("items").json["items"]] == ["https://one.test/a"]
        until(lambda: b"pressmark_database_up 1.0" in dashboard.ask("GET", "/metrics").body, 60, "its metrics again")


def test_a_database_that_accepts_and_never_answers_is_told_too(tmp_path, redis, postgres):
    with served(Settings(data_dir=tmp_path, redis_url=redis.url, database_url=postgres.new_database())) as dashboard:
        assert dashboard.get("items").status == 200
        with frozen(postgres):
            for method, path, body in (("GET", "items", None), ("GET", "queues", None), ("POST", "pauses", {"stage": "fetch"})):
                answer, took = timed(dashboard, method, f"/api/v1/{path}", body)
                assert (answer.status, answer.reason) == (503, "unavailable"), path
                assert took < WITHIN, path
            for path, status in (("/readyz", 503), ("/livez", 200), ("/metrics", 200)):
                answer, took = timed(dashboard, "GET", path)
                assert answer.status == status, path
                assert took < WITHIN, path
            assert b"pressmark_database_up 0.0" in answer.body
        until(lambda: dashboard.get("items").status == 200, 60, "the items again")


@contextmanager
def frozen(postgres: PostgresServer) -> Iterator[None]:
    """Every process of the server stands still; connections to it are still accepted, by the kernel."""
    pid = postgres.pid
    processes = [pid, *(process.pid for process in descendants(pid))]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
