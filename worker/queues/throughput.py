"""Flows: how many URLs came into and went out of each queue, minute by minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis


class Throughput:
    """URLs that came into and went out of each queue, minute by minute."""

    def __init__(self, client: redis.Redis, namespace: str, now: Callable[[], float] = time.time) -> None:
        self._redis: Any = client
        self._prefix = f"{namespace}:flow"
        self._now = now

    def count(self, pipe: Any, queue: str, way: str, urls: int) -> None:
        """Adds to a pipeline the commands that count; `way` is `in` or `out`."""
        if urls:
            key = self._key(queue, way, int(self._now() // 60))
            pipe.incrby(key, urls)
            pipe.expire(key, 180)

    def per_minute(self, queue: str, way: str) -> int:
        """Over the last 60 seconds, taking the minute before as even."""
        minute, second = divmod(self._now(), 60)
        this, last = (int(n or 0) for n in self._redis.mget([self._key(queue, way, int(minute) - back) for back in (0, 1)]))
        return round(this + last * (60 - second) / 60)

    def _key(self, queue: str, way: str, minute: int) -> str:
        return f"{self._prefix}:{queue}:{way}:{minute}"
