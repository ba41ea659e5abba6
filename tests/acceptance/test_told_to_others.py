"""From an address to a stored article, told to other programs: by the webhook, and to whoever follows the stream."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Home, until
from worker.demo.server import PressSite
from worker.demo.site import expected, hosts

EVENTS: list[Any] = []


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    def do_POST(self) -> None:
        EVENTS.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    EVENTS.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_stored_article_reaches_the_webhook_and_whoever_follows_the_stream(site: PressSite, tmp_path: Path, port: int) -> None:
    settings = {
        "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts()),
        "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.0/8:{site.port},127.0.0.1:{port}",
        "PRESSMARK_HOST_INTERVAL": "0",
        "PRESSMARK_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "PRESSMARK_WEBHOOK_SECRET": "a secret of this test".replace(" ", "-"),
    }
    home = Home(tmp_path, settings)
    page = next(page for page in expected() if page.outcome == "stored" and page.twin is None)
    with home.up():
        done = home.run("enqueue", page.url(site.port), "--wait")
        assert done.code == 0, done.err
        until(lambda: any(event["type"] == "article.stored" for event in EVENTS))
        [event] = [event for event in EVENTS if event["type"] == "article.stored"]
        [followed] = home.run("tail", "--from-start", "--no-follow", "--outcome", "stored").lines
        assert event["data"] == followed
        assert home.run("webhooks", "list", "--json").lines == []
