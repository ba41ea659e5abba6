"""List the workers: which queues each one serves, when it was last seen, how much it holds."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.queues import WorkerSeen


@dataclass(frozen=True, slots=True)
class Worker(Document):
    """One worker as its last heartbeat showed it."""

    name: str
    """`stage@host-process`."""
    queues: tuple[str, ...]
    alive: bool
    last_seen: str
    """RFC 3339, UTC."""
    running: int
    """URLs that it holds; 0 for one that is not alive."""

    @classmethod
    def of(cls, seen: WorkerSeen) -> Worker:
        """From what Redis knows of it."""
        return cls(seen.name, seen.queues, seen.alive, rfc3339(seen.last_seen), seen.running)


def workers(services: Services) -> list[Worker]:
    """Every worker seen within a day, by name; raises Unavailable where Redis is away, since only Redis knows them."""
    return [Worker.of(seen) for seen in services.control.workers()]


def alive_here(services: Services, stage: str) -> list[Worker]:
    """The workers of one stage (fetch or label) that are alive on this machine. Raises Unavailable."""
    here = f"{stage}@{socket.gethostname()}-"
    return [worker for worker in workers(services) if worker.alive and worker.name.startswith(here)]
