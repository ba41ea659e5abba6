"""Tell whether the service makes progress: its servers answer, its dispatcher leads on, its keeper reads on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.operations.document import Document
from worker.storage.values import Leadership, Stage

STILL = 10.0
"""Seconds without a step after which a process counts as still: a dispatcher takes one each half second, a keeper each second."""
FIRST_LOOK = 1.5
"""Seconds that the first look waits for a step of the dispatcher, since nobody knows when the last one was."""
LOOK = 0.1
"""Seconds between two looks within them."""


@dataclass(frozen=True, slots=True)
class Obstacle(Document):
    """What makes no progress, and why."""

    what: str
    """`database`, `redis`, `dispatcher` or `keeper`."""
    why: str


@dataclass(frozen=True, slots=True)
class Readiness(Document):
    """Whether the service makes progress."""

    ready: bool
    reasons: tuple[Obstacle, ...]
    """Empty where it is ready."""


class Progress:
    """Watches the service of one installation: remembers when the dispatcher took its last step."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], None] = time.sleep) -> None:
        self._services = services
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._seen: Leadership | None = None
        self._moved_at: float | None = None
        """When the dispatcher was seen to take a step; None while it was not."""

    def look(self) -> Readiness:
        """How it is now; the first look may take a second and a half."""
        with self._lock:
            found = tuple(self._obstacles())
        return Readiness(not found, found)

    def _obstacles(self) -> Iterator[Obstacle]:
        try:
            dispatcher = tuple(self._dispatcher())
            store_is_paused = Stage.STORE in self._services.operator_ledger.paused_stages()
        except Unavailable:
            yield Obstacle("database", "does not answer")
            dispatcher, store_is_paused = (), False
        yield from dispatcher
        try:
            idle = self._services.results.idle()
        except Unavailable:
            yield Obstacle("redis", "does not answer")
            return
        if not store_is_paused and (idle is None or idle > STILL):
            yield Obstacle("keeper", "reads no results" if idle is None else f"has read no results for {idle:.0f} s")

    def _dispatcher(self) -> Iterator[Obstacle]:
        until = self._clock() + FIRST_LOOK
        while not self._moved() and self._moved_at is None and self._clock() < until:
            self._wait(LOOK)
        if self._seen is None or self._seen.leader is None:
            yield Obstacle("dispatcher", "none leads")
        elif self._moved_at is None or self._clock() - self._moved_at > STILL:
            yield Obstacle("dispatcher", "takes no step")

    def _moved(self) -> bool:
        """Whether the dispatcher has taken a step since the last look."""
        before, self._seen = self._seen, self._services.operator_ledger.leadership()
        moved = before is not None and self._seen != before
        if moved:
            self._moved_at = self._clock()
        return moved
