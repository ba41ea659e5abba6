"""Bound in bytes what waits in a queue of articles: who would add to one that is full waits, and nothing is lost."""

from __future__ import annotations

import time

import redis

from worker.config import MIB
from worker.errors import Unavailable
from worker.queues.connection import LABEL, RESULTS, available
from worker.queues.public_stream import max_memory

LIMIT = 128 * MIB
"""Bytes, as Redis measures its memory: some ten thousand ordinary articles, or two hundred of the longest."""
SHARE = 8
"""A bounded queue takes one part in eight of Redis' maxmemory at most: two of them and the public stream leave a quarter."""
ASK_AGAIN = 60.0
"""Seconds for which the answer to how much Redis may use is believed."""
BOUNDED = (LABEL, RESULTS)
"""Queues that hold articles; the others hold addresses, of which the dispatcher's window bounds the number."""


class QueueFull(Unavailable):
    """A queue holds as many bytes as it may: who wants to add to it waits until some have been taken."""


class Capacity:
    """Whether the bounded queues of one installation have room; every method raises Unavailable.

    They may be full by one message for each sender more, since it is asked before a message is added.
    """

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._namespace = namespace
        self._limit = LIMIT
        self._asked = -ASK_AGAIN

    def expect(self, queue: str) -> None:
        """Raises QueueFull where the queue has no room."""
        if self.is_full(queue):
            raise QueueFull(f"the queue {queue} is full: it holds {self._limit // MIB} MiB or more of what is not yet processed")

    def full(self) -> list[str]:
        """The bounded queues that have no room."""
        return [queue for queue in BOUNDED if self.is_full(queue)]

    def is_full(self, queue: str) -> bool:
        """Whether the queue holds as many bytes as it may; Redis measures every node of it, in a millisecond for 128 MiB."""
        with available():
            self._ask_for_limit()
            return int(self._redis.memory_usage(f"{self._namespace}:{queue}", samples=0) or 0) >= self._limit

    def _ask_for_limit(self) -> None:
        if time.monotonic() - self._asked < ASK_AGAIN:
            return
        maxmemory = max_memory(self._redis)
        self._limit = min(LIMIT, maxmemory // SHARE) if maxmemory else LIMIT
        self._asked = time.monotonic()
