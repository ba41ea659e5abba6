"""Measure the queues: URLs that wait, age of the oldest, URLs in and out per minute."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import redis

from worker.queues.connection import PIPELINE, QUEUES, RESULTS, SLICE, available, stream_entries
from worker.queues.throughput import Throughput

MESSAGES = 10
"""Messages read at once: one of 20 articles has some 100 KB, and at most a megabyte and a half."""
MOST_URLS = 1000
"""URLs that one message may say it holds: twice the largest chunk that the settings allow."""
LAST_KNOWN = 60
"""Seconds for which the last count of the dispatcher, made each 10 s, is shown: beyond them nobody counts."""
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


class Depths:
    """Depths, ages and flows of every queue; every method raises Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._namespace = namespace
        self._throughput = Throughput(client, namespace)
        self._last_known = f"{namespace}:depths"

    def _key(self, queue: str) -> str:
        return f"{self._namespace}:{queue}"

    def all(self) -> list[Depth]:
        """Every queue of QUEUES, in that order."""
        with available():
            return [self._depth(queue) for queue in QUEUES]

    def messages(self) -> dict[str, int]:
        """Messages of each queue, a number that Redis keeps: a message may hold twenty URLs."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for queue in QUEUES:
                (pipe.xlen if queue == RESULTS else pipe.llen)(self._key(queue))
            return dict(zip(QUEUES, map(int, pipe.execute()), strict=True))

    def publish(self, depths: Sequence[Depth]) -> None:
        """Keeps a count for `last_known`. A full Redis takes none, and its figures are unknown after a minute."""
        with available(), contextlib.suppress(redis.ResponseError):
            self._redis.set(self._last_known, json.dumps([asdict(depth) for depth in depths]), ex=LAST_KNOWN)

    def last_known(self) -> list[Depth] | None:
        """The last published count, which costs no reading of messages; None where it is older than a minute."""
        with available():
            try:
                found = self._redis.get(self._last_known)
            except redis.ResponseError:
                return None
        try:
            return [Depth(**fields) for fields in json.loads(found)] if found else None
        except (ValueError, TypeError, RecursionError):
            return None

    def _depth(self, queue: str) -> Depth:
        waiting = self._urls_on_stream() if queue == RESULTS else self._urls_in_list(queue)
        per_minute = self._throughput.per_minute
        return Depth(queue, waiting, self._age(queue), per_minute(queue, "in"), per_minute(queue, "out"))

    def _urls_in_list(self, queue: str) -> int:
        total, start = 0, 0
        while messages := self._redis.lrange(self._key(queue), start, start + MESSAGES - 1):
            total += sum(_count(_headers(message).get("urls")) for message in messages)
            start += MESSAGES
        return total

    def _urls_on_stream(self) -> int:
        total, start = 0, "-"
        while entries := stream_entries(self._redis.xrange(self._key(RESULTS), start, "+", count=SLICE)):
            total += sum(_count(fields.get(b"n")) for _, fields in entries)
            start = "(" + entries[-1][0]
        return total

    def oldest_age(self) -> float:
        """Seconds that the oldest entry waits in any queue that holds leased items; 0 where all are empty."""
        with available():
            return max((self._age(queue) or 0.0 for queue in (*PIPELINE, RESULTS)), default=0.0)

    def _age(self, queue: str) -> float | None:
        """Seconds that the oldest entry of one queue waits, None where it is empty."""
        return self._age_on_stream() if queue == RESULTS else self._age_in_list(queue)

    def _age_in_list(self, queue: str) -> float | None:
        last = self._redis.lindex(self._key(queue), -1)
        return None if last is None else _age(_headers(last).get("sent"))

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


def _headers(message: bytes | str) -> dict[str, Any]:
    """The headers of a message as kombu writes it; empty where it is something else."""
    try:
        headers = json.loads(message)["headers"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return headers if isinstance(headers, dict) else {}


def _count(found: object) -> int:
    """URLs, as a message counts them; 1 where it says nothing that could be true."""
    try:
        urls = int(found)  # type: ignore[call-overload]
    except (ValueError, TypeError, OverflowError):
        return 1
    return urls if 0 <= urls <= MOST_URLS else 1


def _age(sent: object) -> float:
    """Seconds since a message was sent; 0 where it says no time that could be true."""
    try:
        age = time.time() - float(sent)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return age if 0.0 < age < OLDEST else 0.0
