"""Tell whether the service makes progress: its servers answer, and its dispatcher and its keeper work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.operations.document import Document
from worker.operations.workers import NEEDED, workers


@dataclass(frozen=True, slots=True)
class Obstacle(Document):
    """What makes no progress, and why; no name or address of a server, since anybody may ask."""

    what: str
    """`database`, `redis`, `dispatcher` or `keeper`."""
    why: str


@dataclass(frozen=True, slots=True)
class Readiness(Document):
    """Whether the service makes progress."""

    ready: bool
    reasons: tuple[Obstacle, ...]
    """Empty where it is ready."""


def readiness(services: Services) -> Readiness:
    """How it is now. Dispatcher and keeper send a heartbeat after each round that did its work, and none after one that failed."""
    found = (*_database(services), *_processes(services))
    return Readiness(not found, found)


def _database(services: Services) -> Iterator[Obstacle]:
    try:
        services.operator_ledger.paused_stages()
    except Unavailable:
        yield Obstacle("database", "does not answer")


def _processes(services: Services) -> Iterator[Obstacle]:
    try:
        seen = workers(services)
    except Unavailable:
        yield Obstacle("redis", "does not answer")
        return
    for kind in NEEDED:
        alike = [worker for worker in seen if worker.name.startswith(f"{kind}@")]
        if not any(worker.alive for worker in alike):
            yield Obstacle(kind, "makes no progress" if alike else "none runs")
