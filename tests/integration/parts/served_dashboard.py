"""A dashboard that answers on a free port of loopback, in a thread of the test, on real services."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.integration.parts.servers import until
from worker.bootstrap.dashboard import DashboardServices
from worker.config import Settings
from worker.config.value_types import Address
from worker.dashboard import server
from worker.operations import installation


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    body: bytes
    headers: dict[str, str]
    """By name, in small letters."""

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """Of an error, which must have the contract's form."""
        assert set(self.json) == {"error"}, self.json
        assert set(self.json["error"]) == {"reason", "message"}
        assert all(isinstance(value, str) and value for value in self.json["error"].values())
        return str(self.json["error"]["reason"])


@dataclass(frozen=True)
class Dashboard:
    """Where it answers, and the services that it works with."""

    url: str
    services: DashboardServices

    def ask(self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str) -> Answered:
        """Sends a request as a program does."""
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        given = {"Content-Type": "application/json"} if data is not None else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method, headers=given)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return Answered(answer.status, answer.read(), {name.lower(): value for name, value in answer.headers.items()})
        except urllib.error.HTTPError as refused:
            return Answered(refused.code, refused.read(), {name.lower(): value for name, value in refused.headers.items()})

    def get(self, path: str, **headers: str) -> Answered:
        """Reads below /api/v1."""
        return self.ask("GET", f"/api/v1/{path}", **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answered:
        """Acts below /api/v1."""
        return self.ask("POST", f"/api/v1/{path}", body, **headers)

    def delete(self, path: str, **headers: str) -> Answered:
        """Takes back below /api/v1."""
        return self.ask("DELETE", f"/api/v1/{path}", **headers)

    @contextmanager
    def events(self) -> Iterator[Events]:
        """The stream of events."""
        with urllib.request.urlopen(f"{self.url}/api/v1/events", timeout=60) as answer:  # noqa: S310 - our own address
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            yield Events(answer)


class Events:
    """Reads a stream of server-sent events, one after the other."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def next(self, *kinds: str) -> tuple[str, dict[str, Any]]:
        """The next event of one of these kinds: its name and its object."""
        end = time.monotonic() + 60
        kind = ""
        while time.monotonic() < end:
            line = self._answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind in kinds:
                return kind, json.loads(line.removeprefix("data: "))
        raise AssertionError(f"no event {kinds} within a minute")

    def until(self, kind: str, **fields: object) -> dict[str, Any]:
        """The next event of this kind whose object has these fields."""
        while True:
            _, found = self.next(kind)
            if all(found.get(name) == value for name, value in fields.items()):
                return found


@contextmanager
def served(settings: Settings) -> Iterator[Dashboard]:
    """A dashboard with these settings, until the block ends."""
    listener = server.listen(Address("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = replace(settings, dashboard_address=Address("127.0.0.1", port))
    services = DashboardServices(settings)
    installation.prepare(services)
    stop = threading.Event()
    thread = threading.Thread(target=server.serve, args=(services, settings, listener, stop), daemon=True)
    thread.start()
    try:
        until(lambda: _answers(port), 60, "an answer of the dashboard")
        yield Dashboard(f"http://127.0.0.1:{port}", services)
    finally:
        stop.set()
        thread.join(30)
        services.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
