"""Services of an installation without Redis, on both databases, whose clock only tests advance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.steps import Clock, keep
from worker.bootstrap import Services
from worker.config import Settings
from worker.messages import HostReport, URLRequest
from worker.storage.audit import AuditLog
from worker.storage.for_operator import ForOperator
from worker.storage.for_viewer import ForViewer
from worker.storage.ledger import Ledger
from worker.storage.review_leases import ReviewLeases
from worker.storage.reviews import Reviews
from worker.storage.values import Leadership

HOST = "press.test:443"


class Desk:
    """A ledger, and the services that look at it, at one clock."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.clock = Clock()
        self.ledger = Ledger(engine, settings, now=self.clock, chance=lambda: 0.5)
        self.services = Services(settings)
        self.services.__dict__ |= {
            "engine": engine,
            "operator_ledger": ForOperator(engine, settings, now=self.clock, chance=lambda: 0.5),
            "viewer_ledger": ForViewer(engine, settings, now=self.clock),
            "audit": AuditLog(engine, self.clock),
            "review_leases": ReviewLeases(engine, self.clock),
            "reviews": Reviews(engine, self.clock),
        }
        taken = self.ledger.take_lead(self.ledger.leadership(), "test")
        assert taken is not None
        self.lead: Leadership = taken

    def accept(self, numbers: range, host: str = HOST, job: str = "job", **more: object) -> None:
        self.ledger.accept([entry(number, host) for number in numbers], self.ledger.open_job(job), **more)  # type: ignore[arg-type]

    def leased(self, room: int = 1000) -> list[URLRequest]:
        """What goes out now."""
        return [request for _, request in self.ledger.lease(self.lead, room)]

    def store(self, request: URLRequest, text: str | None = None, simhash: str | None = None) -> None:
        host = request.url.split("/")[2] + ":443"
        keep(self.ledger, labelled(request, text, simhash, report=HostReport(host, ok=True, ms=120)))

    def fail(self, request: URLRequest, reason: str, *, retry_after: float | None = None, detail: str = "") -> None:
        host = request.url.split("/")[2] + ":443"
        report = HostReport(host, ok=reason in ("http-404", "tls", "not-html"), retry_after=retry_after)
        keep(self.ledger, failed(request, reason, detail=detail, retry_after=retry_after, report=report))

    def stored(self, count: int, host: str = HOST) -> list[int]:
        """That many stored articles; their items."""
        self.accept(range(count), host)
        found: list[int] = []
        while requests := self.leased():
            for request in requests:
                self.store(request)
                found.append(request.item_id)
            self.clock.at += 3
        assert len(found) == count
        return sorted(found)

    def dead(self, count: int, reason: str = "http-404", host: str = HOST, detail: str = "status 404", first: int = 1000) -> list[int]:
        """That many dead letters of one cause."""
        self.accept(range(first, first + count), host)
        found: list[int] = []
        while requests := self.leased():
            for request in requests:
                keep(self.ledger, failed(request, reason, detail=detail))
                found.append(request.item_id)
            self.clock.at += 3
        assert len(found) == count
        return sorted(found)


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Iterator[Desk]:
    """With the pace and the back-off of an ordinary installation; one page of a host travels at a time."""
    pace = replace(settings, host_interval=2.0, chunk_size=1, backoff=30.0, backoff_cap=3600.0)
    made = Desk(engine, replace(pace, redis_url="redis://127.0.0.1:1/0"))
    yield made
    made.services.close()
