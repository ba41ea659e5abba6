"""Flower, and whatever else reads Celery's events: workers alive, tasks counted, and TERM ends it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from benchmarks.running_service import serving
from tests.integration.parts.ports import free_port
from tests.integration.parts.press import pages
from tests.integration.parts.servers import RedisServer, until
from tests.integration.parts.service import RunningService

PAGES = 60
PATIENCE = 120.0
ENDS_WITHIN = 60.0
"""Seconds after TERM, on a busy machine: questions to workers that run end by themselves after one second."""
READER = Path(__file__).parent / "parts" / "event_reader.py"


@dataclass
class Program:
    """A program beside the service, and what it printed."""

    process: subprocess.Popen[bytes]
    out: Path

    def events(self) -> list[dict[str, str]]:
        """Whole lines of JSON."""
        return [json.loads(line) for line in self.out.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def ends(self) -> int:
        """Its exit code after TERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN)


@contextmanager
def running(line: RunningService, name: str, *words: str, **environ: str) -> Iterator[Program]:
    out = line.folder / f"{name}.out"
    with out.open("wb") as stdout, (line.folder / f"{name}.log").open("wb") as stderr:
        command = [sys.executable, *words]
        process = subprocess.Popen(command, env={**line.environ, **environ}, cwd=line.folder, stdout=stdout, stderr=stderr)
    try:
        yield Program(process, out)
    finally:
        process.kill()
        process.wait()


@dataclass
class Flower:
    """A Flower as README starts it."""

    program: Program
    port: int

    def get(self, path: str) -> str:
        """What it answers; empty while it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def workers(self) -> dict[str, bool]:
        """By the part of the name before @, whether it is shown as alive."""
        rows = json.loads(self.get("/workers?json=1") or '{"data": []}')["data"]
        return {row["hostname"].partition("@")[0]: row["status"] for row in rows}

    def tasks(self) -> list[dict[str, str]]:
        """Every task that it has seen."""
        return list(json.loads(self.get("/api/tasks?limit=1000") or "{}").values())

    def messages(self) -> dict[str, int]:
        """By queue."""
        queues = json.loads(self.get("/api/queues/length"))["active_queues"]
        return {queue["name"]: queue["messages"] for queue in queues}


@contextmanager
def flower(line: RunningService) -> Iterator[Flower]:
    port = free_port()
    words = ("-m", "celery", "-A", "worker.celery_app", "flower", "--address=127.0.0.1", f"--port={port}")
    with running(line, "flower", *words, FLOWER_UNAUTHENTICATED_API="1") as program:
        shown = Flower(program, port)
        until(lambda: bool(shown.get("/healthcheck")), PATIENCE, "an answer of Flower")
        yield shown


def urls_of(tasks: list[dict[str, str]], name: str) -> int:
    """URLs in the tasks of that name: their arguments are shown as `20 URLs`."""
    return sum(int(task["args"].split()[0]) for task in tasks if task["name"] == name)


@pytest.mark.parametrize("redis_server", ["valkey"], indirect=True)
def test_flower_and_a_reader_of_events_count_what_the_ledger_counts(tmp_path, redis_server):
    broker = redis_server.url.replace("unix://", "redis+socket://")
    with serving(pages(PAGES)) as site:
        line = RunningService(tmp_path, {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url})
        with line, running(line, "reader", str(READER), broker, "pressmark:") as reader, flower(line) as shown:
            # Given
            until(lambda: bool(reader.events()), PATIENCE, "the reader of events")
            line.up()
            until(lambda: shown.workers() == {"fetch": True, "label": True}, PATIENCE, "both workers alive in Flower")
            # When
            line.enqueue(site.urls())
            line.until(lambda: line.settled() == PAGES, PATIENCE)
            until(lambda: urls_of(shown.tasks(), "pressmark.label") >= PAGES, PATIENCE, "every article's task in Flower")
            # A page is stored before its task ends, and the event of the end comes later still
            until(lambda: {task["state"] for task in shown.tasks()} == {"SUCCESS"}, PATIENCE, "the end of every task in Flower")
            # Then
            assert line.queues()["ledger"]["stored"] == PAGES
            assert urls_of(shown.tasks(), "pressmark.fetch") == urls_of(shown.tasks(), "pressmark.label") == PAGES
            ended = [event for event in reader.events() if event["type"] == "task-succeeded"]
            assert Counter(event["task"] for event in ended) == Counter(task["name"] for task in shown.tasks())
            assert all(event["runtime"] > 0 for event in ended)
            assert sum(int(event["args"].split()[0]) for event in ended) == 2 * PAGES
            # And
            assert shown.program.ends() == 0


@pytest.mark.parametrize("redis_server", ["valkey"], indirect=True)
def test_flower_shows_the_depth_of_a_queue_and_ends_at_term_while_redis_is_away(tmp_path, redis_server):
    with serving(pages(PAGES)) as site:
        line = RunningService(tmp_path, {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url})
        line.call("migrate")
        with flower(line) as shown, running(line, "dispatcher", "-m", "worker", "dispatcher"):
            # Given
            line.enqueue(site.urls())
            line.until(lambda: line.queues()["queues"][0]["waiting"] == PAGES, PATIENCE)
            messages = -(-PAGES // 20)
            # Then
            assert shown.messages()["fetch"] == list_length(redis_server, "fetch") >= messages
            # When
            redis_server.kill()
            time.sleep(2)
            # Then
            assert shown.program.ends() == 0
        redis_server.start()


def list_length(server: RedisServer, queue: str) -> int:
    """Messages in a queue's list, as Redis counts them."""
    with redis.Redis.from_url(server.url) as client:
        return int(client.llen(f"pressmark:{queue}"))
