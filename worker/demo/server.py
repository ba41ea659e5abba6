"""Serve the sample press site on loopback: several host names on one free port, answers as the manifest says."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from worker.config import Settings
from worker.config.value_types import AllowedPlace
from worker.demo.site import Served, hosts, served

LOOPBACK = "127.0.0.1"
SLOW = 2.0
"""Seconds: longer than any other page, far below every time limit."""
BACKLOG = 128
"""Connections that may wait: all pages are asked for at once, and the standard library's five would reset some."""


class PressSite(ThreadingHTTPServer):
    """The site while it listens; `asked` counts the requests for each address."""

    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.pages: Mapping[tuple[str, str], Served] = {(page.host, page.path): page for page in served()}
        self.asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return self.server_port

    def visit(self, host: str, path: str) -> int:
        """Counts one request and tells which one of its address it is, from 1."""
        with self._lock:
            self.asked[host, path] += 1
            return self.asked[host, path]


S = TypeVar("S", bound=ThreadingHTTPServer)


def press_site() -> AbstractContextManager[PressSite]:
    """The site, listening until the block ends."""
    return listening(PressSite())


@contextmanager
def listening(site: S) -> Iterator[S]:
    """A server that answers from a thread of its own until the block ends."""
    thread = threading.Thread(target=site.serve_forever, name="press-site", daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


def opened(settings: Settings, port: int) -> Settings:
    """The settings with the site's host names resolved to loopback and opened to its port alone."""
    places = tuple(AllowedPlace(host, None, port) for host in hosts())
    names = dict.fromkeys(hosts(), (LOOPBACK,))
    return replace(settings, resolve={**settings.resolve, **names}, allow_private=(*settings.allow_private, *places))


class _Handler(BaseHTTPRequestHandler):
    server: PressSite
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "press", ""

    def do_GET(self) -> None:
        """Answers as the manifest says; anything else is 404."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        visit = self.server.visit(host, self.path)
        page = self.server.pages.get((host, self.path))
        if page is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"Not found\n")
        elif page.how == "flaky" and visit == 1:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", b"Database connection lost\n")
        else:
            time.sleep(SLOW if page.how == "slow" else 0)
            self._answer(page.status, page.content_type, page.body(), page.location)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Silent: the demonstration's own table tells what happened."""

    def _answer(self, status: int, content_type: str, body: bytes, location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
