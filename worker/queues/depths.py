"""How the queues stand: depths in URLs, ages, workers seen; and what is told to all through Redis."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import redis

from worker.queues.connection import PIPELINE, QUEUES, RESULTS, as_text, available
from worker.queues.throughput import Throughput

ALIVE = 15.0
"""Seconds since the last heartbeat within which a worker counts as alive: three beats of 5 s."""
WORKERS_KEPT = 86400.0
"""Seconds for which a worker that is gone is still shown: a day."""
SLICE = 50
"""Messages read at once to count their URLs: a label message is some 100 KB."""


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue as `queues` shows it; in URLs."""

    name: str
    waiting: int
    oldest_waiting_s: float | None
    in_per_min: int
    out_per_min: int


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker's last sign of life."""

    name: str
    queues: tuple[str, ...]
    alive: bool
    last_seen: float
    running: int


class Queues:
    """Depths, ages and flows of every queue; the epoch; pause flags; heartbeats. All raise Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis: Any = client
        self._namespace = namespace
        self._flow = Throughput(client, namespace)

    def _key(self, name: str) -> str:
        return f"{self._namespace}:{name}"

    def depths(self) -> list[Depth]:
        """Every queue of QUEUES, in that order."""
        with available():
            return [self._depth(name) for name in QUEUES]

    def _depth(self, name: str) -> Depth:
        waiting = self._urls_on_stream() if name == RESULTS else self._urls_in_list(name)
        age = self._age(name)
        return Depth(name, waiting, age, self._flow.per_minute(name, "in"), self._flow.per_minute(name, "out"))

    def _urls_in_list(self, name: str) -> int:
        total, start = 0, 0
        while messages := self._redis.lrange(self._key(name), start, start + SLICE - 1):
            total += sum(int(_headers(message).get("urls", 1)) for message in messages)
            start += SLICE
        return total

    def _urls_on_stream(self) -> int:
        total, start = 0, "-"
        while entries := self._redis.xrange(self._key(RESULTS), start, "+", count=SLICE):
            total += sum(int(body.get(b"n", 1)) for _, body in entries)
            start = "(" + as_text(entries[-1][0])
        return total

    def oldest_age(self) -> float:
        """Seconds that the oldest entry waits in any pipeline queue; 0 where all are empty."""
        with available():
            return max((self._age(name) or 0.0 for name in (*PIPELINE, RESULTS)), default=0.0)

    def _age(self, name: str) -> float | None:
        """Seconds that the oldest entry of one queue waits, None where it is empty."""
        if name == RESULTS:
            first = self._redis.xrange(self._key(RESULTS), "-", "+", count=1)
            if not first:
                return None
            second, micros = self._redis.time()
            return float(max(second + micros / 1e6 - int(as_text(first[0][0]).partition("-")[0]) / 1000, 0.0))
        last = self._redis.lindex(self._key(name), -1)
        return None if last is None else max(time.time() - float(_headers(last).get("sent", time.time())), 0.0)

    def flowed(self, queue: str, *, came: int = 0, left: int = 0) -> None:
        """Counts URLs for the flow per minute. Publishers say `came`, consumers `left`."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            self._flow.count(pipe, queue, "in", came)
            self._flow.count(pipe, queue, "out", left)
            pipe.execute()

    def epoch(self) -> str | None:
        """The mark that shows that Redis still remembers; None after it was emptied."""
        with available():
            mark = self._redis.get(self._key("epoch"))
            return None if mark is None else as_text(mark)

    def begin_epoch(self, epoch: str) -> None:
        """Sets it."""
        with available():
            self._redis.set(self._key("epoch"), epoch)

    def show_paused(self, stages: Sequence[str]) -> None:
        """Tells the workers which stages are stopped."""
        with available():
            self._redis.set(self._key("paused"), json.dumps(sorted(stages)))

    def paused(self) -> frozenset[str]:
        """The stages that are stopped: what fetch and label workers ask before they take work."""
        with available():
            stages = self._redis.get(self._key("paused"))
            return frozenset(json.loads(stages)) if stages else frozenset()

    def heartbeat(self, name: str, queues: Sequence[str], running: int) -> None:
        """A worker lives; every 5 seconds."""
        seen = json.dumps({"queues": list(queues), "at": time.time(), "running": running})
        with available():
            self._redis.hset(self._key("workers"), name, seen)

    def gone(self, name: str) -> None:
        """A worker left in good order."""
        with available():
            self._redis.hdel(self._key("workers"), name)

    def workers(self) -> list[WorkerSeen]:
        """Every worker seen within a day, by name; alive where seen within 15 s."""
        with available():
            found = self._redis.hgetall(self._key("workers"))
            seen = sorted((as_text(name), json.loads(value)) for name, value in found.items())
            old = [name for name, value in seen if time.time() - value["at"] > WORKERS_KEPT]
            if old:
                self._redis.hdel(self._key("workers"), *old)
        return [_worker(name, value) for name, value in seen if name not in old]

    def publish(self, results: Sequence[str], keep: int) -> None:
        """Puts Results (JSON) on the public stream `articles`, trimmed near `keep` entries."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for result in results:
                pipe.xadd(self._key("articles"), {"result": result}, maxlen=keep, approximate=True)
            pipe.execute()

    def unpublish(self, item_ids: Collection[int]) -> None:
        """Takes every Result of these items out of the public stream; reads it through, which takes seconds when it is full."""
        start = "-"
        with available():
            while item_ids and (entries := self._redis.xrange(self._key("articles"), start, "+", count=SLICE)):
                gone = [entry_id for entry_id, body in entries if _item_of(body) in item_ids]
                if gone:
                    self._redis.xdel(self._key("articles"), *gone)
                start = "(" + as_text(entries[-1][0])


def _item_of(body: dict[bytes, bytes]) -> int | None:
    """The item of an entry of the public stream."""
    try:
        return int(json.loads(body[b"result"])["item_id"])
    except (ValueError, KeyError, TypeError):
        return None


def _headers(message: bytes) -> dict[str, Any]:
    """The headers of a message as kombu writes it; none where it is something else."""
    try:
        headers = json.loads(message)["headers"]
    except (ValueError, KeyError, TypeError):
        return {}
    return headers if isinstance(headers, dict) else {}


def _worker(name: str, value: dict[str, Any]) -> WorkerSeen:
    alive = time.time() - value["at"] <= ALIVE
    return WorkerSeen(name, tuple(value["queues"]), alive, value["at"], int(value["running"]) if alive else 0)
