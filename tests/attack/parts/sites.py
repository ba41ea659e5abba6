"""A loopback site whose answers are bytes, so that a test decides where an answer ends, over TCP or TLS."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What goes onto the wire, head included, and how the connection ends."""

    raw: bytes
    delay: float = 0.0
    """Seconds before the first byte."""
    says_goodbye: bool = True
    """Over TLS: whether a close_notify comes before the end, as RFC 8446 section 6.1 asks for."""


def answer(body: bytes, content_type: str = HTML, *headers: str, delay: float = 0.0) -> Answer:
    """A whole answer of known length."""
    return Answer(head(content_type, f"Content-Length: {len(body)}", *headers) + body, delay)


def gzipped(body: bytes, content_type: str = HTML) -> Answer:
    """A whole answer with the content coding gzip."""
    return answer(gzip.compress(body, 9), content_type, "Content-Encoding: gzip")


def head(content_type: str, *headers: str) -> bytes:
    """The head of an answer; without a length the body ends where the connection does."""
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


class RawSite:
    """Serves answers by path, under any host name, on one free port; `asked` counts the requests for each path."""

    def __init__(self, answers: Mapping[str, Answer], context: ssl.SSLContext | None = None) -> None:
        self.answers = dict(answers)
        self.asked: Counter[str] = Counter()
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        with contextlib.suppress(OSError), connection, self._secured(connection) as wire:
            self._answer(wire)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._context.wrap_socket(connection, server_side=True) if self._context else connection

    def _answer(self, wire: socket.socket) -> None:
        path = _asked_for(wire)
        self.asked[path] += 1
        found = self.answers.get(path, Answer(NOT_FOUND))
        time.sleep(found.delay)
        wire.sendall(found.raw)
        if isinstance(wire, ssl.SSLSocket) and found.says_goodbye:
            wire.unwrap()

    def url(self, path: str, host: str = "press.test") -> str:
        """The address of a page."""
        return f"{'https' if self._context else 'http'}://{host}:{self.port}{path}"

    def settings(self, *hosts: str) -> dict[str, str]:
        """The environment in which this site is the world."""
        return {
            "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts or ("press.test",)),
            "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.1:{self.port}",
            "PRESSMARK_ALLOW_PORTS": f"80,443,{self.port}",
            "PRESSMARK_HOST_INTERVAL": "0",
        }

    def close(self) -> None:
        """No more visits."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _asked_for(wire: socket.socket) -> str:
    """The path of the request; reads until the head has ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        block = wire.recv(65536)
        if not block:
            raise ConnectionError("the client left")
        data += block
    return data.split(b" ", 2)[1].decode()


@contextmanager
def raw_site(answers: Mapping[str, Answer], context: ssl.SSLContext | None = None) -> Iterator[RawSite]:
    """The site, until the block ends."""
    site = RawSite(answers, context)
    try:
        yield site
    finally:
        site.close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, and its certificate as the file that PRESSMARK_CA_FILE names."""

    context: ssl.SSLContext
    file: Path


def authority(folder: Path, *names: str) -> Authority:
    """Signs for `names`."""
    made = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*names).configure_cert(context)
    file = folder / "authority.pem"
    made.cert_pem.write_to_path(str(file))
    return Authority(context, file)
