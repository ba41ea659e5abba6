"""List the processes: which queues each one serves, when it was last seen, how much it holds, and which kind stands still."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.queues import WorkerSeen


@dataclass(frozen=True, slots=True)
class Worker(Document):
    """One worker, dispatcher, keeper or dashboard as its last heartbeat showed it."""

    name: str
    """`stage@host-process` or `kind@host-process`."""
    queues: tuple[str, ...]
    """Empty for one that serves no queue."""
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
    """Every process seen within a day, by name; raises Unavailable where Redis is away, since only Redis knows them."""
    return [Worker.of(seen) for seen in services.control.workers()]


def alive_here(services: Services, stage: str) -> list[Worker]:
    """The workers of one stage (fetch or label), or the processes of one kind, that are alive on this machine. Raises Unavailable."""
    here = f"{stage}@{socket.gethostname()}-"
    return [worker for worker in workers(services) if worker.alive and worker.name.startswith(here)]


NEEDED, OPTIONAL = ("dispatcher", "keeper"), ("dashboard",)
"""Processes that serve no queue: those that are always needed, and those that count as missing only once they were seen."""


def silent(seen: Sequence[Worker]) -> Iterator[tuple[str, str | None]]:
    """Each kind of process that serves no queue and of which none makes progress, and when one was seen last; None: never."""
    for kind in (*NEEDED, *OPTIONAL):
        alike = [worker for worker in seen if worker.name.startswith(f"{kind}@")]
        if not any(worker.alive for worker in alike) and (alike or kind in NEEDED):
            yield kind, max((worker.last_seen for worker in alike), default=None)
