"""Measure the queues: URLs that wait, age of the oldest, URLs in and out per minute."""

from __future__ import annotations

import json
from dataclasses import dataclass

import redis

from worker.queues.connection import PIPELINE, QUEUES, RESULTS, available, stream_entries
from worker.queues.throughput import Throughput
from worker.queues.url_counts import age_of, oldest_age, urls_waiting


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue as `queues` shows it; in URLs."""

    name: str
    waiting: int
    oldest_waiting_s: float | None
    in_per_min: int
    out_per_min: int


class Depths:
    """Depths, ages and flows of every queue; every method raises Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._namespace = namespace
        self._throughput = Throughput(client, namespace)

    def _key(self, queue: str) -> str:
        return f"{self._namespace}:{queue}"

    def all(self) -> list[Depth]:
        """Every queue of QUEUES, in that order."""
        messages = self.messages()
        with available():
            flows = self._throughput.per_minute(QUEUES)
            return [self._depth(queue, messages[queue], *flows[queue]) for queue in QUEUES]

    def messages(self) -> dict[str, int]:
        """Messages of each queue, a number that Redis keeps: a message may hold twenty URLs."""
        with available():
            return {queue: self._messages(queue) for queue in QUEUES}

    def _depth(self, queue: str, messages: int, entered: int, left: int) -> Depth:
        """An empty queue, as most are, is asked nothing more."""
        if not messages:
            return Depth(queue, 0, None, entered, left)
        return Depth(queue, urls_waiting(self._redis, self._key(queue), messages), self._age(queue), entered, left)

    def _messages(self, queue: str) -> int:
        return int(self._redis.xlen(self._key(queue)) if queue == RESULTS else self._redis.llen(self._key(queue)))

    def oldest_age(self) -> float:
        """Seconds that the oldest entry waits in any queue that holds leased items; 0 where all are empty."""
        with available():
            return max((self._age(queue) or 0.0 for queue in (*PIPELINE, RESULTS)), default=0.0)

    def _age(self, queue: str) -> float | None:
        """Seconds that the oldest entry of one queue waits, None where it is empty."""
        return self._age_on_stream() if queue == RESULTS else self._age_in_list(queue)

    def _age_in_list(self, queue: str) -> float | None:
        """From what was noted of its oldest message, else from the message itself, which another program sent."""
        messages = self._messages(queue)
        if not messages:
            return None
        noted = oldest_age(self._redis, self._key(queue), messages)
        if noted is not None:
            return noted
        last = self._redis.lindex(self._key(queue), -1)
        return None if last is None else age_of(_sent(last))

    def _age_on_stream(self) -> float | None:
        """An entry's id begins with the milliseconds of the server's own clock."""
        first = stream_entries(self._redis.xrange(self._key(RESULTS), "-", "+", count=1))
        if not first:
            return None
        second, micros = self._redis.time()
        return max(second + micros / 1e6 - int(first[0][0].partition("-")[0]) / 1000, 0.0)

    def flowed(self, queue: str, *, entered: int = 0, left: int = 0) -> None:
        """Counts URLs for the flow per minute: who sends counts `entered`, who consumes counts `left`."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            self._throughput.count(pipe, queue, "in", entered)
            self._throughput.count(pipe, queue, "out", left)
            pipe.execute()


def _sent(message: bytes | str) -> object:
    """When a message says that it was sent; None where it is no message of ours."""
    try:
        return json.loads(message)["headers"]["sent"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
