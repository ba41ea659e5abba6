"""Post a document to a checked address, once: no redirect is followed, and nothing but the head of the answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.config import Settings
from worker.fetch.deadline import Deadline
from worker.fetch.retry_after import retry_after
from worker.fetch.transport import Request, Session
from worker.net import policy

WITHIN = 15.0
"""Seconds for the whole: a receiver keeps the document and works on it afterwards (Standard Webhooks)."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What the receiver answered."""

    status: int
    retry_after: float | None
    """Seconds that it asks to wait."""

    @property
    def taken(self) -> bool:
        """Whether the receiver has the document."""
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], settings: Settings) -> Posted:
    """Sends `body`; raises ItemFailed for an address that the guard forbids, and where nobody answers within WITHIN seconds."""
    deadline = Deadline.after(WITHIN, f"no answer within {WITHIN:g} s")
    own = {"User-Agent": settings.user_agent, "Accept-Encoding": "identity", "Content-Length": str(len(body))}
    request = Request(policy.parse(url, settings), {**own, **headers}, deadline, body)
    with closing(Session(settings)) as session, closing(session.exchange(request)) as exchange:
        asked = retry_after(exchange.head.get("retry-after"), settings.retry_after_cap, datetime.now(UTC))
        return Posted(exchange.head.status, asked)
