"""A server on loopback that answers each path with the bytes that a test gives it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from functools import cache

import pytest

from worker.config import load
from worker.errors import ItemFailed
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.messages import Page

ARTICLE = (
    b"<html><body><article>" + b"<p>The crossing opens at six and closes at ten, the province said.</p>" * 20 + b"</article></body></html>"
)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"


def answer(body: bytes = ARTICLE, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: text/html; charset=utf-8", b"Content-Length: %d" % len(body), *fields]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


class Server:
    """Answers each path with raw bytes, `/ok` and unknown ones with an article; keeps the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Callable[[str], bytes]] = {"/robots.txt": answer(b"", status=b"404 Not Found")}
        self.requests: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = b""
                while b"\r\n\r\n" not in head and (line := self.rfile.readline()):
                    head += line
                text = head.decode("latin-1")
                path = text.split(" ")[1]
                outer.requests.append(text)
                found = outer.answers.get(path, answer())
                self.wfile.write(found(text) if callable(found) else found)

        class Threaded(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Threaded(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()  # seconds to the end of a test

    def reason_of(self, raw: bytes) -> str:
        """The word of the reason for which an answer is no page."""
        self.answers["/a"] = raw
        with pytest.raises(ItemFailed) as failure:
            fetch(self, "/a")
        return failure.value.reason.word

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@cache
def fetcher() -> Fetcher:
    """One for all tests: reading the certificate authorities costs more than a fetch."""
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_HOST_INTERVAL": "0"})
    return Fetcher(settings, LocalPace(0), Robots(settings))


def fetch(site: Server, path: str) -> Page:
    page = fetcher().fetch(site.origin + path).page
    assert page is not None
    return page
