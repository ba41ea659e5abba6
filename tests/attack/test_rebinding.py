"""A name that leads somewhere else at its second look-up, or to two places: neither discovery nor a webhook reaches a private server."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from worker.config import Settings, load
from worker.net import resolve
from worker.operations.discovery import discover
from worker.operations.sharing import webhooks

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
"""Both are of this machine; the settings name the first alone, as if it were public."""
SECRET = {"WEBHOOK_SECRET": "of no account"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, ip: str, port: int = 0) -> None:
        super().__init__((ip, port), _Handler)
        self.asked: list[str] = []
        self.page = b""
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"http://private.test:{self.server.server_port}/")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"" if self.path == "/robots.txt" else self.server.page)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def servers() -> Iterator[tuple[_Server, _Server]]:
    """One that may be asked and one that may not, on the same port."""
    public = _Server(PUBLIC)
    private = _Server(PRIVATE, public.server_port)
    yield public, private
    for server in (public, private):
        server.shutdown()
        server.server_close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Callable[[int], list[str]]]]:
    """A DNS server of this test's own: by name, the addresses of its n-th look-up."""
    known: dict[str, Callable[[int], list[str]]] = {}
    looked_up: Counter[tuple[str, str]] = Counter()
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))

    def serve() -> None:
        while data := wire.recvfrom(4096):
            question = dns.message.from_wire(data[0])
            name, kind = str(question.question[0].name).rstrip("."), dns.rdatatype.to_text(question.question[0].rdtype)
            if name == "end":
                return
            looked_up[name, kind] += 1
            answer = dns.message.make_response(question)
            for ip in known[name](looked_up[name, kind]):
                if (":" in ip) == (kind == "AAAA"):
                    answer.answer.append(dns.rrset.from_text(f"{name}.", 0, "IN", kind, ip))
            wire.sendto(answer.to_wire(), data[1])

    thread = threading.Thread(target=serve)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.cache = ["127.0.0.1"], wire.getsockname()[1], None
    monkeypatch.setattr(resolve, "_resolver", lambda: resolver)
    yield known
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(dns.message.make_query("end.", "A").to_wire(), wire.getsockname())
    thread.join(5)
    wire.close()


def settings(port: int, tmp_path: object, **more: str) -> Settings:
    names = {"ALLOW_PRIVATE": PUBLIC, "ALLOW_PORTS": f"80,443,{port}", "HOST_INTERVAL": "0", "DATA_DIR": str(tmp_path), **more}
    return load({f"PRESSMARK_{name}": value for name, value in names.items()})


NAMES: dict[str, Callable[[int], list[str]]] = {
    "public.test": lambda _: [PUBLIC],
    "private.test": lambda _: [PRIVATE],
    "twice.test": lambda number: [PUBLIC] if number == 1 else [PRIVATE],
    "both.test": lambda _: [PUBLIC, PRIVATE],
    "mapped.test": lambda _: [f"::ffff:{PRIVATE}"],
}


def test_discovery_reaches_no_private_server_by_any_name(servers, names, tmp_path):
    public, private = servers
    names |= NAMES
    port = public.server_port
    links = [*(f"http://{name}:{port}/feed" for name in NAMES if name != "public.test"), "/moved"]
    public.page = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links).encode()
    assert discover(settings(port, tmp_path), f"http://public.test:{port}/") == []
    assert "/moved" in public.asked, "what leads astray was asked"
    assert private.asked == []


def test_a_webhook_is_judged_anew_at_every_try(servers, names, tmp_path):
    public, private = servers
    names |= NAMES
    port = public.server_port
    said = {}
    for name in NAMES:
        hook = settings(port, tmp_path, WEBHOOK_URL=f"http://{name}:{port}/hook", **SECRET)
        said[name] = [tried.said.partition(":")[0] for _ in range(2) for tried in webhooks.tried(hook)]
    assert said["public.test"] == ["status 200"] * 2
    assert said["twice.test"] == ["status 200", "private-address"]
    assert {word for name in ("private.test", "both.test", "mapped.test") for word in said[name]} == {"private-address"}
    moved = settings(port, tmp_path, WEBHOOK_URL=f"http://public.test:{port}/moved", **SECRET)
    assert [tried.said for tried in webhooks.tried(moved)] == ["status 302"]
    assert private.asked == []
