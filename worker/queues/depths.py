"""Measure the queues: URLs that wait, age of the oldest, URLs in and out per minute, without reading a message.

Beside each queue lies a list with one short entry a message, newest first, written in the same transaction: how many URLs are in
the message, and when it was sent. Who takes messages need not touch it: they leave in the order in which they came, so
the newest entries, as many as there are messages, are those of the messages that wait.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import redis
from redis.client import Pipeline

from worker.queues.connection import PIPELINE, QUEUES, RESULTS, as_text, available, stream_entries
from worker.queues.throughput import Throughput

LIMIT = 20_000
"""Entries kept, in 400 KB: more messages than ever wait (5,000 URLs, one a message at worst). Beyond it a message counts as one URL."""
SLICE = 5_000
"""Entries read at once: 100 KB."""
MOST_URLS = 1000
"""URLs that one message may say it holds: twice the largest chunk that the settings allow."""
OLDEST = 365 * 86400.0
"""Seconds beyond which an age is not believed."""


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue as `queues` shows it; in URLs."""

    name: str
    waiting: int
    oldest_waiting_s: float | None
    in_per_min: int
    out_per_min: int


class MinuteFigures:
    """The figures of the queues in the minute that passes: what waits at its end, and the longest that anything waited in it."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._gauges: dict[str, float] = {}

    def observe(self, depths: Sequence[Depth]) -> None:
        """The queues as they are now."""
        oldest = {f"oldest_s.{depth.name}": depth.oldest_waiting_s or 0.0 for depth in depths}
        for name, seconds in (oldest | {"oldest_s": max(oldest.values(), default=0.0)}).items():
            self._gauges[name] = max(self._gauges.get(name, 0.0), seconds)
        self._gauges |= {f"waiting.{depth.name}": float(depth.waiting) for depth in depths}

    def ended(self, now: float) -> dict[str, float] | None:
        """The figures of the last minute at the first call in a new one, else None; `now` in seconds since 1970."""
        number, last = int(now // 60), self._number
        self._number = number
        if last is None or last == number:
            return None
        gauges, self._gauges = self._gauges, {}
        return gauges


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


def counts_key(queue: str) -> str:
    """The key of a queue's list, where `queue` is the key of the queue."""
    return f"{queue}:urls"


def entry_of(urls: object, sent: object) -> str:
    """What is noted of a message; its headers may hold anything."""
    return f"{urls_of(urls)}:{time.time() - age_of(sent):.2f}"


def add_entries(pipe: Pipeline, queue: str, entries: Iterable[str], prefix: str = "") -> None:
    """Adds to a transaction the commands that note messages, oldest first; kombu's pipeline adds the `prefix` to LPUSH itself."""
    if noted := list(entries):
        pipe.lpush(counts_key(queue), *noted)
        pipe.execute_command("LTRIM", prefix + counts_key(queue), 0, LIMIT - 1)  # type: ignore[no-untyped-call]


def urls_waiting(client: redis.Redis, queue: str, messages: int) -> int:
    """URLs in the `messages` messages that wait; one that another program sent counts as one URL."""
    known, found = 0, 0
    while known < messages and (entries := client.lrange(counts_key(queue), known, min(known + SLICE, messages) - 1)):
        found += sum(urls_of(as_text(entry).partition(":")[0]) for entry in entries)
        known += len(entries)
    return found + messages - known


def oldest_age(client: redis.Redis, queue: str, messages: int) -> float | None:
    """Seconds that the oldest of `messages` messages waits; None where nothing was noted of it."""
    entry = client.lindex(counts_key(queue), messages - 1)
    return None if entry is None else age_of(as_text(entry).partition(":")[2])


def urls_of(found: object) -> int:
    """URLs, as a message counts them; 1 where it says nothing that could be true."""
    try:
        urls = int(found)  # type: ignore[call-overload]
    except (ValueError, TypeError, OverflowError):
        return 1
    return urls if 0 <= urls <= MOST_URLS else 1


def age_of(sent: object) -> float:
    """Seconds since a message was sent; 0 where it says no time that could be true."""
    try:
        age = time.time() - float(sent)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return age if 0.0 < age < OLDEST else 0.0
