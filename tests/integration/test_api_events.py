"""The stream of events: everything as it is, then what differs, and a sign of life."""

from __future__ import annotations

import socket
import time
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.parts.samples import entry, failed
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import until
from worker.config import Settings
from worker.dashboard.security.limits import STREAMS_A_CLIENT
from worker.storage.ledger import Ledger
from worker.storage.values import Delivered

pytestmark = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite")], indirect=True)


@pytest.fixture
def dashboard(settings: Settings, redis_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    monkeypatch.setattr("worker.dashboard.api.events.PING", 1.0)
    with served(replace(settings, redis_url=redis_server.url)) as running:
        yield running


def test_the_stream_begins_with_everything_as_it_is(dashboard):
    dashboard.post("pauses", {"stage": "label"})
    dashboard.post("items", {"urls": ["https://one.test/a"], "job": "monday"})
    with dashboard.events() as events:
        queues = events.until("queues")
        assert queues["ledger"]["accepted"] == 1
        assert queues["at"].endswith("Z")
        assert set(queues) == set(dashboard.get("queues").json)
    with dashboard.events() as events:
        assert events.until("pause", stage="label")["host"] is None
    with dashboard.events() as events:
        assert events.until("job", name="monday")["waiting"] == 1
    with dashboard.events() as events:
        problem = events.until("problem", code="no-worker")
        assert set(problem) >= {"at", "level", "what", "since", "count", "host", "act"}


def test_what_changes_is_told_and_what_is_over_too(dashboard):
    with dashboard.events() as events:
        events.until("queues")
        # When
        dashboard.post("pauses", {"host": "one.test:443"})
        assert "over" not in events.until("pause", host="one.test:443")
        # And
        dashboard.delete("pauses?host=one.test:443")
        events.until("pause", host="one.test:443", over=True)


def test_dead_letters_are_told_by_cause(dashboard):
    with dashboard.events() as events:
        events.until("queues")
        ledger = Ledger(dashboard.services.engine, dashboard.services.settings)
        ledger.accept([entry(number) for number in range(3)], ledger.open_job())
        lead = ledger.take_lead(ledger.leadership(), "test")
        requests = [request for _, request in ledger.lease(lead, 3)]
        ledger.keep([Delivered("1", failed(request, "tls")) for request in requests], entry)
        told = events.until("dead", reason="tls")
        assert set(told) == {"at", "reason", "host", "detail", "count", "first", "newest", "advice"}


def test_a_stream_pings_also_where_nothing_changes(dashboard):
    with dashboard.events() as events:
        first, second = (events.until("ping")["at"] for _ in range(2))
        assert second > first


def test_an_address_has_four_streams_at_most_and_gets_another_when_one_ends(dashboard):
    with ExitStack() as stack:
        for _ in range(STREAMS_A_CLIENT):
            stack.enter_context(dashboard.events()).until("queues")
        answer = dashboard.get("events")
        assert (answer.status, answer.reason) == (429, "too-many")
        assert int(answer.headers["retry-after"]) > 0
    until(lambda: _opens(dashboard), 60, "a place for another stream")


def test_streams_that_are_asked_for_at_once_are_counted_too(dashboard):
    with ThreadPoolExecutor(12) as threads, ExitStack() as stack:
        answers = list(threads.map(lambda _: _status(dashboard, stack), range(12)))
    assert answers.count(200) == STREAMS_A_CLIENT
    assert answers.count(429) == 12 - STREAMS_A_CLIENT


def _status(dashboard: Dashboard, stack: ExitStack) -> int:
    """Of an answer whose stream stays open until the stack ends."""
    place = urlsplit(dashboard.url)
    line = stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=30))
    line.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    return int(line.recv(12).split()[1])


def test_a_head_that_never_ends_is_given_up_however_many_bytes_come(dashboard, monkeypatch):
    monkeypatch.setattr("worker.dashboard.security.protocol.HEAD_SECONDS", 1.0)
    place = urlsplit(dashboard.url)
    for begun in (b"", b"GET / HTTP/1.1\r\n", f"GET /api/v1/queues HTTP/1.1\r\nHost: {place.netloc}\r\n\r\nGET /".encode()):
        with socket.create_connection((place.hostname, place.port), timeout=30) as line:
            line.sendall(begun)
            assert _closed(line, b"X: y\r\n" if begun else b"")


def _closed(line: socket.socket, more: bytes) -> bool:
    """Whether the other side ends the connection, though another header comes every tenth of a second."""
    line.settimeout(0.1)
    for _ in range(200):
        try:
            line.sendall(more)
            if not line.recv(65536):
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def _opens(dashboard: Dashboard) -> bool:
    try:
        with dashboard.events() as events:
            events.until("queues")
    except urllib.error.HTTPError:
        return False
    return True


def test_nobody_looks_while_nobody_listens(dashboard, monkeypatch):
    # Given
    looks = []
    report = dashboard.services.depths.all
    monkeypatch.setattr(dashboard.services.depths, "all", lambda: looks.append(time.monotonic()) or report())
    with dashboard.events() as events:
        events.until("queues")
    until(lambda: _is_quiet(looks), 60, "an end of looks")
    # Then
    assert looks


def _is_quiet(looks: list[float]) -> bool:
    """No look for five seconds, two rounds and a half."""
    return bool(looks) and time.monotonic() - looks[-1] > 5.0
