"""Steps that tests of the ledger take again and again."""

from __future__ import annotations

from dataclasses import replace

from tests.integration.parts.samples import admit, delivered, entry
from worker.messages import Outcome, URLRequest
from worker.storage.ledger import Ledger
from worker.storage.values import Kept, Leadership

HOUR = 3600.0


class Clock:
    """Seconds since 1970 that pass when told to."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


def leased(ledger: Ledger, lead: Leadership, room: int = 1000) -> list[URLRequest]:
    """What is due, under a lease."""
    return [request for _, request in ledger.lease(lead, room)]


def one(ledger: Ledger, lead: Leadership, number: int = 1) -> URLRequest:
    """The n-th page accepted and under a lease."""
    ledger.accept([entry(number)], ledger.open_job("job"))
    return leased(ledger, lead)[0]


def keep(ledger: Ledger, *outcomes: Outcome) -> Kept:
    """Settles the outcomes as one batch."""
    return ledger.keep(delivered(*outcomes), admit)


def state(ledger: Ledger, number: int = 1) -> tuple[str, str | None]:
    """State and reason of the n-th page."""
    trace = ledger.trace(entry(number).key)[0]
    return trace.state, trace.reason


def balanced(ledger: Ledger) -> bool:
    """Whether the identity holds, counted both ways."""
    running, counted = ledger.recount()
    assert replace(running, counted=True) == counted
    return counted.balanced
