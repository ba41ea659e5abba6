"""Share between processes what steers them: the epoch, the paused stages, and the heartbeats of workers."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import redis

from worker.queues.connection import as_text, available

ALIVE = 15.0
"""Seconds since the last heartbeat within which a worker counts as alive: seven beats of 2 s."""
WORKERS_KEPT = 86400.0
"""Seconds for which a worker that is gone is still shown: a day."""


def this_process() -> str:
    """A name for this process that no other has, on all machines."""
    return f"{socket.gethostname()}-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker's last heartbeat."""

    name: str
    queues: tuple[str, ...]
    alive: bool
    last_seen: float
    """Seconds since 1970."""
    running: int
    """Items that it works on; 0 where it is no longer alive."""


class _Heartbeat(TypedDict):
    """The value that a worker writes under its name."""

    queues: list[str]
    at: float
    running: int


class Control:
    """Epoch, paused stages and heartbeats of one installation; every method raises Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._epoch = f"{namespace}:epoch"
        self._paused = f"{namespace}:paused"
        self._workers = f"{namespace}:workers"

    def epoch(self) -> str | None:
        """The mark that shows that Redis still holds what was sent; None after it was emptied."""
        with available():
            mark = self._redis.get(self._epoch)
            return None if mark is None else as_text(mark)

    def begin_epoch(self, epoch: str) -> None:
        """Sets the mark."""
        with available():
            self._redis.set(self._epoch, epoch)

    def set_paused(self, stages: Sequence[str]) -> None:
        """Publishes which stages are paused; workers read it at every heartbeat."""
        with available():
            self._redis.set(self._paused, json.dumps(sorted(stages)))

    def paused(self) -> frozenset[str]:
        """The paused stages: what fetch and label workers ask before they take work."""
        with available():
            stages = self._redis.get(self._paused)
            return frozenset(json.loads(stages)) if stages else frozenset()

    def heartbeat(self, name: str, queues: Sequence[str], running: int) -> None:
        """Notes that the worker is alive now, which queues it serves, and how many items it works on."""
        beat: _Heartbeat = {"queues": list(queues), "at": time.time(), "running": running}
        with available():
            self._redis.hset(self._workers, name, json.dumps(beat))

    def deregister(self, name: str) -> None:
        """Removes a worker that exits in good order."""
        with available():
            self._redis.hdel(self._workers, name)

    def workers(self) -> list[WorkerSeen]:
        """Every worker seen within a day, by name."""
        with available():
            found = self._redis.hgetall(self._workers)
            beats: dict[str, _Heartbeat] = {as_text(name): json.loads(value) for name, value in found.items()}
            old = [name for name, beat in beats.items() if time.time() - beat["at"] > WORKERS_KEPT]
            if old:
                self._redis.hdel(self._workers, *old)
        return [_seen(name, beats[name]) for name in sorted(beats) if name not in old]


def _seen(name: str, beat: _Heartbeat) -> WorkerSeen:
    alive = time.time() - beat["at"] <= ALIVE
    return WorkerSeen(name, tuple(beat["queues"]), alive, beat["at"], int(beat["running"]) if alive else 0)
