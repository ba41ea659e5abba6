"""Count how long the stages take, as histograms in Redis that all processes add to.

One hash holds them: `STAGE:BOUND` is how many took no longer than BOUND seconds and longer than the bound before, `STAGE:us` the sum
in microseconds. An emptied Redis begins anew, which Prometheus takes as the restart of a counter.
"""

from __future__ import annotations

import bisect
import contextlib
import threading
from collections import Counter
from dataclasses import dataclass

import redis

from worker.queues.connection import as_text, available

STAGES = ("fetch", "parse", "label", "store")
"""A page's request with its redirects; its way through a parse process; its labels; the transaction that stores it."""
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: Prometheus' usual bounds from 10 ms on, and PRESSMARK_TOTAL_TIMEOUT; slower ones are counted under `inf`."""
_FIELDS = (*(f"{bound:g}" for bound in BOUNDS), "inf")


@dataclass(frozen=True, slots=True)
class Histogram:
    """How long one stage took, since Redis was last emptied."""

    stage: str
    counts: tuple[int, ...]
    """How many fell between each bound of BOUNDS and the one before; the last ones were slower than all."""
    seconds: float
    """The sum."""


class Durations:
    """The histograms of one installation; may be used from many threads."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._key = f"{namespace}:durations"
        self._lock = threading.Lock()
        self._unsent: Counter[str] = Counter()

    def observe(self, stage: str, seconds: float, times: int = 1) -> None:
        """Notes in memory that something took so long, `times` times."""
        place = bisect.bisect_left(BOUNDS, seconds)
        with self._lock:
            self._unsent[f"{stage}:{_FIELDS[place]}"] += times
            self._unsent[f"{stage}:us"] += round(seconds * 1e6) * times

    def flush(self) -> None:
        """Adds what was noted to Redis; never raises: what does not arrive is sent with the next ones."""
        with self._lock:
            sending, self._unsent = self._unsent, Counter()
        try:
            self._send(sending)
        except (redis.RedisError, OSError):
            with self._lock:
                self._unsent.update(sending)

    def _send(self, sending: Counter[str]) -> None:
        """In one transaction, so that after a refusal (a full Redis) nothing of it stands there."""
        if not sending:
            return
        pipe = self._redis.pipeline(transaction=True)
        for name, times in sending.items():
            pipe.hincrby(self._key, name, times)
        pipe.execute()

    def all(self) -> list[Histogram]:
        """Every stage of STAGES, in that order; raises Unavailable."""
        with available():
            found = {as_text(name): _number(value) for name, value in self._redis.hgetall(self._key).items()}
        return [
            Histogram(stage, tuple(found.get(f"{stage}:{name}", 0) for name in _FIELDS), found.get(f"{stage}:us", 0) / 1e6)
            for stage in STAGES
        ]


def _number(value: bytes | str) -> int:
    """A counter's value; 0 for what is none."""
    with contextlib.suppress(ValueError):
        return max(int(value), 0)
    return 0
