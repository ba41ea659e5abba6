"""Whatever is killed while a webhook is served, each stored article is told to it: as one event, whose repetitions have a bound."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.running_service import serving
from tests.integration.conftest import postgres_server, postgres_url
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

__all__ = ["postgres_server", "postgres_url"]

COUNT = 90
"""Articles: enough that each of the kills falls among them."""
ROUNDS = ("dispatcher", "keeper", "fetch", "label", "server", "dispatcher", "supervisor")
"""What is killed, one after the other; the dispatcher sends to the webhook, so it is killed twice."""
CLAIM = 60
"""Seconds for which nobody else sends what a killed sender had claimed."""


class Receiver(ThreadingHTTPServer):
    """Keeps what is posted to it; it takes its time, so that a sender dies with a post under way."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: Counter[str] = Counter()
        self.events: dict[int, set[str]] = defaultdict(set)

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is what this is about."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.posts[event["id"]] += 1
        self.server.events[event["data"]["item_id"]].add(event["id"])
        time.sleep(0.05)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_kill_loses_no_event_and_makes_none_twice(database, request, tmp_path, figure):
    with serving(pages(COUNT, delay=0.3)) as site, receiving() as receiver:
        settings = site.settings()
        settings["PRESSMARK_ALLOW_PRIVATE"] += f",127.0.0.1:{receiver.server_port}"
        settings |= {"PRESSMARK_WEBHOOK_URL": f"http://127.0.0.1:{receiver.server_port}/", "PRESSMARK_WEBHOOK_SECRET": "secret-of-12"}
        settings |= {"PRESSMARK_WEBHOOK_EVENTS": "articles", "PRESSMARK_FETCH_THREADS": "8", "PRESSMARK_FETCH_SLOTS": "4"}
        settings |= {"PRESSMARK_CHUNK_SIZE": "5", "PRESSMARK_LEASE": "6"}
        if database == "postgresql":
            settings["PRESSMARK_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        with RunningService(tmp_path, settings) as service:
            service.up()
            service.enqueue(site.urls())
            # When
            for number, role in enumerate(ROUNDS, start=1):
                service.until(lambda goal=number * COUNT // 9: service.settled() >= goal and len(receiver.events) >= goal - 9, 150)
                os.kill(service.pids(role)[0], signal.SIGKILL)
                if role == "supervisor":
                    service.process.wait(30)
                    service.up()
            service.until(lambda: service.settled() == COUNT, 150)
            service.until(lambda: not service.call("webhooks", "list", "--json"), CLAIM + 60)
            # Then
            told = service.queues()
            log = service.log.read_text()
    again = sum(receiver.posts.values()) - len(receiver.posts)
    figure(f"events posted again after {len(ROUNDS)} kills, of {COUNT}, on {database}", again)
    assert told["ledger"]["stored"] == COUNT
    assert told["balanced"] is True
    assert len(receiver.events) == COUNT
    assert {len(ids) for ids in receiver.events.values()} == {1}
    assert again <= len(ROUNDS)
    assert "Traceback" not in log
