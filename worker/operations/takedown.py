"""Take articles and their traces out for good, as a take-down request asks; the identity still holds."""

from __future__ import annotations

from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.document import Document
from worker.operations.hosts import canonical_host
from worker.storage.values import Entry


@dataclass(frozen=True, slots=True)
class Forgotten(Document):
    """How many items were taken out."""

    forgotten: int


def forget_url(services: Services, entry: Entry) -> Forgotten:
    """Takes one URL out; raises UsageError where nothing was accepted under it."""
    forgotten = services.operator_ledger.forget(key=entry.key)
    if not forgotten:
        raise UsageError(f"expected a URL that was accepted, got {entry.url!r}")
    return Forgotten(forgotten)


def forget_host(services: Services, host: str) -> Forgotten:
    """Takes out everything of a host: of one port where the port is given, else of all."""
    return Forgotten(services.operator_ledger.forget(host=canonical_host(host)))
