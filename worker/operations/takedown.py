"""Take articles and their traces out for good, as a take-down request asks; the ledger still balances."""

from __future__ import annotations

from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import NotFound
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.hosts import canonical_host
from worker.storage.values import Entry


@dataclass(frozen=True, slots=True)
class Forgotten(Document):
    """How many items were taken out."""

    forgotten: int


def forget_url(services: Services, entry: Entry, who: str | None = None, reason: str | None = None) -> Forgotten:
    """Takes one URL out; raises NotFound where nothing was accepted under it.

    The log keeps who did it and why, and not the address: a take-down leaves no trace of it.
    """
    forgotten = services.operator_ledger.forget(key=entry.key, known_as=entry.known_as)
    if not forgotten:
        raise NotFound(f"expected a URL that was accepted, got {entry.url!r}")
    record(services, who, "forget", count=forgotten, reason=reason)
    return Forgotten(forgotten)


def forget_host(services: Services, host: str, who: str | None = None, reason: str | None = None) -> Forgotten:
    """Takes out everything of a host: of one port where the port is given, else of all."""
    forgotten = services.operator_ledger.forget(host=canonical_host(host))
    record(services, who, "forget", count=forgotten, reason=reason, which={"host": canonical_host(host)})
    return Forgotten(forgotten)
