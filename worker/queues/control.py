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

BEAT = 2.0
"""Seconds between two heartbeats of a process; also how soon a worker obeys `pause`."""
ALIVE = 12.0
"""Seconds since the last heartbeat within which a process counts as alive: six beats, so that a process that stands still is
named within 15 s, by a report that takes 2."""
WORKERS_KEPT = 86400.0
"""Seconds for which a worker that is gone is still shown: a day."""

PROBE_KEPT = 60
"""Seconds that the key stays which shows that Redis takes writes: nobody reads it."""
LAST_TIME = 1e11
"""Seconds since 1970 beyond which a time is not believed: the year 5138."""


def this_process() -> str:
    """A name for this process that no other has, on all machines."""
    return f"{socket.gethostname()}-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """The last heartbeat of a worker, or of a process that serves no queue."""

    name: str
    queues: tuple[str, ...]
    """Empty for a dispatcher, a keeper and a dashboard."""
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
        self._probe = f"{namespace}:probe"
        self._paused = f"{namespace}:paused"
        self._workers = f"{namespace}:workers"

    def refusal(self) -> str | None:
        """What Redis answers to a small write where it takes none, such as "OOM command not allowed …"; None where it does.

        Raises Unavailable where it does not answer at all.
        """
        with available():
            try:
                self._redis.set(self._probe, 1, ex=PROBE_KEPT)
            except redis.ResponseError as refusal:
                return " ".join(str(refusal).split())[:300]
        return None

    def memory(self) -> tuple[int, int]:
        """Bytes that Redis uses, and how many it may use (0: no limit)."""
        with available():
            told = self._redis.info("memory")
        return int(told.get("used_memory", 0)), int(told.get("maxmemory", 0))

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
            stages = _json(self._redis.get(self._paused))
        return frozenset(stage for stage in stages if isinstance(stage, str)) if isinstance(stages, list) else frozenset()

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
            beats = {as_text(name): beat for name, value in found.items() if (beat := _beat(value)) is not None}
            old = [name for name, beat in beats.items() if time.time() - beat["at"] > WORKERS_KEPT]
            if old:
                self._redis.hdel(self._workers, *old)
        return [_seen(name, beats[name]) for name in sorted(beats) if name not in old]


def _json(value: bytes | str | None) -> object:
    """The value of a key; None where there is none, or something that is no JSON."""
    try:
        return json.loads(value or "null")
    except (ValueError, RecursionError):
        return None


def _beat(value: bytes | str) -> _Heartbeat | None:
    """A worker's heartbeat; None where the value is something else."""
    match _json(value):
        case {"queues": list() as queues, "at": int() | float() as at, "running": int() as running} if 0 < at < LAST_TIME:
            return {"queues": [str(queue) for queue in queues], "at": float(at), "running": running}
    return None


def _seen(name: str, beat: _Heartbeat) -> WorkerSeen:
    alive = time.time() - beat["at"] <= ALIVE
    return WorkerSeen(name, tuple(beat["queues"]), alive, beat["at"], int(beat["running"]) if alive else 0)
