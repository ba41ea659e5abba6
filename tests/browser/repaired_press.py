"""A press site with a bad day: five pages that it has lost for now, and a host that asks everybody to wait; then it is repaired."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from worker.demo.server import BACKLOG, LOOPBACK, listening

LOST, BUSY = "moved.example", "busy.example"
GOOD = "new.example"
HOSTS = (GOOD, LOST, BUSY)
"""None of the sample site: what became of an address there is no other test's."""
WAIT_S = 3600
"""Seconds that the busy host asks for: far longer than a walk, so that only lifting the wait ends it."""
PLAIN = "text/plain; charset=utf-8"


PLACES = ("Takeo", "Kampot", "Pursat", "Kratie", "Pailin")
GOODS = ("rice", "pepper", "rubber")


def article(number: int) -> bytes:
    """A report on trade like no other."""
    place, goods, tons = PLACES[number % 5], GOODS[number % 3], 1200 + 37 * number
    title = f"{place} sells {tons} tons of {goods} abroad"
    told = (
        f"Exports of {goods} from {place} rose to {tons} tons last year, the ministry of commerce said on Monday.",
        f"Tariffs fell by {number + 2} per cent under the free trade agreement, and customs officers cleared lorries within a day.",
        f"Traders in {place} said that rules of origin for {goods} still cost them {number + 3} days of paper work with every shipment.",
    )
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in told)
    head = f"<title>{title}</title><meta property=article:published_time content=2026-11-{number + 10}T08:00:00Z>"
    body = f"<body><article><h1>{title}</h1>{paragraphs}</article></body>"
    return f"<!doctype html><html lang=en><head><meta charset=utf-8>{head}</head>{body}</html>".encode()


class RepairedPress(ThreadingHTTPServer):
    """The site while it listens; `repaired` ends its bad day."""

    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.repaired = False

    def urls(self) -> list[str]:
        """Eight that are read, five that are dead at first, two that wait."""
        hosts = (*[GOOD] * 8, *[LOST] * 5, *[BUSY] * 2)
        return [f"http://{host}:{self.server_port}/{number}" for number, host in enumerate(hosts)]


def repaired_press() -> AbstractContextManager[RepairedPress]:
    """The site, listening until the block ends."""
    return listening(RepairedPress())


class _Handler(BaseHTTPRequestHandler):
    server: RepairedPress
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """As the day is."""
        site, host = self.server, (self.headers.get("Host") or "").partition(":")[0]
        if self.path == "/robots.txt":
            self._answer(HTTPStatus.OK, PLAIN, b"User-agent: *\nAllow: /\n")
        elif host != GOOD and not site.repaired:
            self._answer(HTTPStatus.NOT_FOUND if host == LOST else HTTPStatus.TOO_MANY_REQUESTS, PLAIN, b"Come back later\n")
        else:
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", article(int(self.path.strip("/"))))

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", str(WAIT_S))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Silent."""
