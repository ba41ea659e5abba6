"""Ask an ASGI application one question, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PATIENCE = 10.0
"""Seconds after which whoever asks goes away: an answer that goes on must not hold a test."""


@dataclass(frozen=True)
class Asked:
    """The answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    app: Any, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"", *, client: str = "127.0.0.1"
) -> Asked:
    """One request and its whole answer."""
    given = {"host": "127.0.0.1:8787", **({"content-length": str(len(body))} if body else {}), **(headers or {})}
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
        "client": (client, 1234),
        "server": ("127.0.0.1", 8787),
    }
    sent: list[dict[str, Any]] = []
    left = [body]

    async def receive() -> dict[str, Any]:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        await asyncio.sleep(PATIENCE)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = next(message for message in sent if message["type"] == "http.response.start")
    found = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Asked(start["status"], found, b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body"))
