"""Count the URLs that enter and leave each queue, minute by minute."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Literal

import redis
from redis.client import Pipeline

Direction = Literal["in", "out"]
DIRECTIONS: tuple[Direction, ...] = ("in", "out")

KEPT = 180
"""Seconds that a minute's count is kept: this minute and the one before are read, and one is to spare for clocks that differ."""


class Throughput:
    """URLs in and out of each queue per minute, counted in Redis by all processes."""

    def __init__(self, client: redis.Redis, namespace: str, now: Callable[[], float] = time.time) -> None:
        self._redis = client
        self._prefix = f"{namespace}:flow"
        self._now = now

    def count(self, pipe: Pipeline, queue: str, direction: Direction, urls: int) -> None:
        """Adds to a pipeline the commands that count `urls`."""
        if urls:
            key = self._key(queue, direction, int(self._now() // 60))
            pipe.incrby(key, urls)
            pipe.expire(key, KEPT)

    def note(self, queue: str, direction: Direction, urls: int) -> None:
        """Counts `urls`; a full Redis that refuses is no reason to stop what frees memory, and one minute shows too few."""
        pipe = self._redis.pipeline(transaction=False)
        self.count(pipe, queue, direction, urls)
        with contextlib.suppress(redis.ResponseError):
            pipe.execute()

    def per_minute(self, queues: Sequence[str]) -> dict[str, tuple[int, int]]:
        """URLs in and out of each queue over the last 60 seconds; those of the minute before are taken as spread evenly over it."""
        minute, second = divmod(self._now(), 60)
        ways = [(queue, direction) for queue in queues for direction in DIRECTIONS]
        keys = [self._key(queue, direction, int(minute) - back) for queue, direction in ways for back in (0, 1)]
        counts = list(map(_number, self._redis.mget(keys)))
        flows = [round(this + last * (60 - second) / 60) for this, last in zip(counts[::2], counts[1::2], strict=True)]
        return dict(zip(queues, zip(flows[::2], flows[1::2], strict=True), strict=True))

    def _key(self, queue: str, direction: Direction, minute: int) -> str:
        return f"{self._prefix}:{queue}:{direction}:{minute}"


def _number(count: bytes | str | None) -> int:
    """A counter's value; 0 for one that does not exist, or that holds something else."""
    try:
        return int(count or 0)
    except ValueError:
        return 0
