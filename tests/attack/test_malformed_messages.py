"""A8: whatever lies in Redis is parked or counted and reported; no process of `up` ends of it, and good pages go on.

The garbage is put on every queue of Celery and on the stream `results`, as anybody could who may write to Redis.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from benchmarks.running_service import Site, serving
from tests.attack.parts.commands import pressmark
from tests.attack.parts.redis_servers import FailingRedis, running_redis
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

NAMESPACE = "pressmark"
QUEUES = ("fetch", "fetch.urgent", "label", "label.bulk")
TASKS = {"fetch": "pressmark.fetch", "fetch.urgent": "pressmark.fetch", "label": "pressmark.label", "label.bulk": "pressmark.relabel"}
GOES_ON_WITHIN = 60.0
"""Seconds until good pages are stored, with garbage in front of them; a healthy line stores them in two, on a busy machine in ten."""


def message(queue: str, **changed: Any) -> dict[str, Any]:
    """A message as Celery writes it, with an empty chunk; `changed` are parts of it, `headers` are added to its headers."""
    task_id = str(uuid.uuid4())
    body = json.dumps([[[]], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    whole: dict[str, Any] = {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": TASKS[queue],
            "id": task_id,
            "root_id": task_id,
            "parent_id": None,
            "urls": 0,
            "sent": time.time(),
        },
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }
    whole["headers"] |= changed.pop("headers", {})
    return whole | changed


def arguments(*args: Any) -> str:
    """A body that calls the task with these arguments."""
    return base64.b64encode(json.dumps([list(args), {}, {}]).encode()).decode()


def raw(text: bytes | str) -> bytes:
    """What is no message of Celery's at all."""
    return text.encode() if isinstance(text, str) else text


GARBAGE: dict[str, Any] = {
    "urls is a word": lambda queue: message(queue, headers={"urls": "many"}),
    "urls is a list": lambda queue: message(queue, headers={"urls": [1]}),
    "urls is NaN": lambda queue: json.dumps(message(queue, headers={"urls": float("nan")})),
    "sent is a word": lambda queue: message(queue, headers={"sent": "yesterday"}),
    "sent is null": lambda queue: message(queue, headers={"sent": None}),
    "no JSON": lambda queue: "<html>",
    "empty": lambda queue: "",
    "a number": lambda queue: "5",
    "a list": lambda queue: "[]",
    "an empty object": lambda queue: "{}",
    "NUL bytes": lambda queue: b"\x00" * 64,
    "no UTF-8": lambda queue: b"\xff\xfe\xfd",
    "100,000 brackets": lambda queue: "[" * 100_000,
    "body that is no base64": lambda queue: message(queue, body="=="),
    "body that is no JSON": lambda queue: message(queue, body=base64.b64encode(b"<html>").decode()),
    "body of 100,000 brackets": lambda queue: message(queue, body=base64.b64encode(b"[" * 100_000).decode()),
    "pickle": lambda queue: message(queue, **{"content-type": "application/x-python-serialize", "content-encoding": "binary"}),
    "content type unknown": lambda queue: message(queue, **{"content-type": "text/unheard-of"}),
    "task unknown": lambda queue: message(queue, headers={"task": "pressmark.no-such-task"}),
    "no headers": lambda queue: {**message(queue), "headers": {}},
    "headers null": lambda queue: {**message(queue), "headers": None},
    "properties null": lambda queue: {**message(queue), "properties": None},
    "arguments missing": lambda queue: message(queue, body=arguments()),
    "argument is a number": lambda queue: message(queue, body=arguments(5)),
    "messages of other kinds": lambda queue: message(queue, body=arguments([None, 5, {"v": 1}, "", "x", '{"v":99}', "[" * 1000])),
}
RESULTS: dict[str, dict[str, bytes]] = {
    "no fields of ours": {"x": b"y"},
    "n is a word": {"m": b"{}", "n": b"many"},
    "no JSON": {"m": b"<html>", "n": b"1"},
    "NUL bytes": {"m": b"\x00" * 64, "n": b"1"},
    "no UTF-8": {"m": b"\xff\xfe", "n": b"1"},
    "100,000 brackets": {"m": b"[" * 100_000, "n": b"1"},
    "a number": {"m": b"5", "n": b"1"},
    "unknown version": {"m": b'{"v":99,"type":"failed","item_id":1,"token":1,"reason":"http-404"}', "n": b"1"},
    "unknown type": {"m": b'{"v":1,"type":"surprise","item_id":1,"token":1}', "n": b"1"},
    "an item that is a word": {"m": b'{"v":1,"type":"failed","item_id":"one","token":1,"reason":"http-404"}', "n": b"1"},
    "a lone surrogate": {"m": b'{"v":1,"type":"failed","item_id":1,"token":1,"reason":"http-404","detail":"\\ud83d"}', "n": b"1"},
    "a number of 5,000 digits": {"m": b'{"v":1,"type":"failed","item_id":' + b"9" * 5000 + b',"token":1}', "n": b"1"},
}


class Line:
    """`up` on an external Redis, and pages that can be sent through it one lot after the other."""

    def __init__(self, service: RunningService, site: Site, server: FailingRedis) -> None:
        self.service, self.site, self.server = service, site, server
        self._sent = 0

    def alive(self) -> bool:
        """Whether `up` itself still runs."""
        return self.service.process.poll() is None

    def log(self) -> str:
        """All that was logged."""
        return self.service.log.read_text()

    def pages_go_through(self, count: int = 10) -> float:
        """Seconds that the next pages take until they are stored."""
        urls = self.site.urls()[self._sent : self._sent + count]
        self._sent += count
        begun = time.monotonic()
        self.service.enqueue(urls)
        self.service.until(lambda: not self.alive() or self.service.settled() >= self._sent, 2 * GOES_ON_WITHIN)
        assert self.alive(), "up has ended: " + self.log()[-2000:]
        return time.monotonic() - begun

    def push(self, queue: str, found: Any) -> None:
        """Onto one of Celery's queues, where the next message is taken from."""
        body = raw(json.dumps(found)) if isinstance(found, dict) else raw(found)
        with self.server.client() as client:
            client.rpush(f"{NAMESPACE}:{queue}", body)

    def add(self, fields: dict[str, bytes]) -> None:
        """Onto the stream `results`."""
        with self.server.client() as client:
            client.xadd(f"{NAMESPACE}:results", fields)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line that has stored ten pages already; one for all tests, for each asks what came since it began, and leaves nothing paused."""
    with running_redis() as server, serving(pages(1000, delay=0)) as site:
        service = RunningService(tmp_path_factory.mktemp("line"), {**site.settings(), "PRESSMARK_REDIS_URL": server.url})
        with service:
            service.up()
            running = Line(service, site, server)
            running.pages_go_through()
            yield running


def breaches(line: Line, before: str, seconds: float) -> dict[str, object]:
    """What garbage did that it must not."""
    log = line.log()[len(before) :]
    found = {
        "processes that ended": log.count(": restarting it"),
        "tracebacks": log.count("Traceback"),
        "seconds until good pages were stored": round(seconds, 1) if seconds > GOES_ON_WITHIN else 0,
        "balanced": line.service.queues()["balanced"] is not True,
    }
    return {name: value for name, value in found.items() if value}


def test_headers_that_make_no_sense_do_not_end_up(line):
    # Given: paused, so that the messages lie there while the supervisor looks at the queues
    line.service.call("pause", "fetch")
    time.sleep(3)
    # When
    for make in HEADERS.values():
        line.push("fetch", make("fetch"))
    time.sleep(7)  # the supervisor looks every five seconds
    # Then
    assert line.alive(), line.log()[-500:]
    line.service.call("queues")
    line.service.call("status")
    line.service.call("resume", "fetch")
    assert line.pages_go_through() < GOES_ON_WITHIN


HEADERS = {name: make for name, make in GARBAGE.items() if name.startswith(("urls", "sent"))}
BODIES = {name: make for name, make in GARBAGE.items() if name not in HEADERS}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("queue", QUEUES)
def test_garbage_on_a_queue_is_reported_and_ends_nothing(line, queue, figure):
    # Given
    before = line.log()
    # When: every kind of garbage, one after the other, and then pages
    for make in BODIES.values():
        line.push(queue, make(queue))
    seconds = line.pages_go_through()
    # Then: each is parked or counted, and named in the log
    figure(f"{queue}: seconds until good pages were stored", round(seconds, 1))
    figure(f"{queue}: processes that ended", line.log()[len(before) :].count(": restarting it"))
    assert not breaches(line, before, seconds)
    told = [entry for entry in line.log()[len(before) :].splitlines() if " error " in entry or " warning " in entry]
    assert len(told) >= len(BODIES) / 2, "garbage was swallowed without a word"  # half: some lines may stand for several messages


@pytest.mark.timeout(240)
def test_garbage_on_the_stream_of_results_is_parked_and_ends_nothing(line, figure):
    # Given
    before, aside = line.log(), parked(line)
    # When
    for fields in RESULTS.values():
        line.add(fields)
    seconds = line.pages_go_through()
    # Then
    figure("results: seconds until good pages were stored", round(seconds, 1))
    assert not breaches(line, before, seconds)
    assert parked(line) == aside + len(RESULTS)


def parked(line: Line) -> int:
    """Messages that were put aside for a person."""
    with closing(sqlite3.connect(line.service.folder / "data" / "pressmark.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM parked").fetchone()[0])


def test_an_entry_whose_weight_is_no_number_does_not_end_up(line):
    # Given: no keeper takes it from the stream while the supervisor looks
    line.service.call("pause", "store")
    time.sleep(3)
    # When
    line.add({"m": b"{}", "n": b"many"})
    time.sleep(7)  # the supervisor looks every five seconds
    # Then
    assert line.alive(), line.log()[-500:]
    line.service.call("resume", "store")
    assert line.pages_go_through() < GOES_ON_WITHIN


# Keys ----------------------------------------------------------------------------------------------

TAKEN = ("fetch", "label", "label.bulk", "results", "workers", "articles", "fetch:urls")
"""Keys of this program in whose place somebody puts something else."""


def replaced(server: FailingRedis) -> None:
    """A number of another program's lies under each of our keys."""
    with server.client() as client:
        for name in TAKEN:
            client.delete(f"{NAMESPACE}:{name}")
            client.zadd(f"{NAMESPACE}:{name}", {"somebody": 1})


def test_status_and_doctor_name_keys_of_another_type(tmp_path, redis_server):
    # Given
    settings = {"PRESSMARK_REDIS_URL": redis_server.url}
    pressmark(tmp_path, "enqueue", "https://press.test/1", settings=settings)
    replaced(redis_server)
    # When
    told = {words: pressmark(tmp_path, *words.split(), settings=settings) for words in ("status --check", "doctor", "workers")}
    # Then
    assert [done.code for done in told.values()] == [1, 1, 3]
    for done in told.values():
        assert "Traceback" not in done.told
        assert "cannot be reached" not in done.told
    assert "pressmark:label holds a zset" in told["status --check"].told
    assert "pressmark:results holds a zset" in told["doctor"].told.replace("\n", " ")
    assert "another type" in told["workers"].err


def test_keys_of_another_type_are_moved_aside_and_pages_go_on(tmp_path, redis_server):
    with serving(pages(40)) as site, RunningService(tmp_path, {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url}) as service:
        service.up()
        # When
        replaced(redis_server)
        service.enqueue(site.urls())
        service.until(lambda: service.settled() == 40, 60)
        # Then
        log = service.log.read_text()
        assert service.stored() == 40
        assert "moved aside: the key pressmark:label holds a zset, expected a list" in log
        assert "Traceback" not in log
        assert ": restarting it" not in log
        with redis_server.client() as client:
            assert len(client.keys(f"{NAMESPACE}:*:parked:*")) == len(TAKEN)
            assert client.llen(f"{NAMESPACE}:parked") == len(TAKEN)
