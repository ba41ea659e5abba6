"""Publish Results on the public stream `articles`, bounded in entries, bytes and age; read it; remove articles that were taken down."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import redis

from worker.config import MIB, Settings
from worker.queues.connection import SLICE, RawEntry, available, stream_entries

ARTICLES = "articles"
"""The public stream, under its namespace."""
SHARE = 2
"""The stream takes one part in two of Redis' maxmemory at most, whatever the settings say: queues and results need the rest."""
STEP = 1000
"""Entries that one XTRIM removes: about a millisecond, in which Redis serves nobody else."""
BATCH_BYTES = 4 * MIB
"""Bytes of Results sent in one round trip."""
OVERHEAD = 128
"""Bytes that Redis takes for an entry beside its Result: 70 to 120 as measured, by the length of the Result."""
MEASURED = 16 * MIB
"""Bytes published after which the stream is measured again: that reads the header of each of its nodes, some 10 ms for 256 MiB."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """What the public stream may hold; the oldest entries leave it first."""

    entries: int
    bytes: int
    """As Redis measures its memory."""
    days: float

    @classmethod
    def of(cls, settings: Settings) -> StreamLimits:
        """As the settings give them."""
        return cls(settings.publish_max, settings.publish_max_bytes, settings.publish_days)


class PublicStream:
    """The stream that other programs read; every method raises Unavailable.

    It is trimmed before anything is added, with commands that a full Redis still takes: XADD and INCR are refused there,
    XTRIM is not. Its size is what Redis measures, so no counter can drift from it.
    """

    def __init__(self, client: redis.Redis, namespace: str, limits: StreamLimits) -> None:
        self._redis = client
        self._key = f"{namespace}:{ARTICLES}"
        self._limits = limits
        self._room = 0
        """Bytes that may be added before the stream is measured again."""

    def publish(self, results: Sequence[str]) -> None:
        """Appends Results (JSON); a Result that alone is over the limit is all that remains on the stream."""
        for batch, size in _batches(results):
            with available():
                self._make_room(size)
                pipe = self._redis.pipeline(transaction=False)
                for result in batch:
                    pipe.xadd(self._key, {"result": result}, maxlen=self._limits.entries, approximate=True)
                self._room = max(self._room - size, 0)
                pipe.execute()

    def _make_room(self, size: int) -> None:
        """Trims the stream by age, and by bytes so that `size` more fit."""
        self._drop_old()
        if size <= self._room:
            return
        limit = self._limit_in_bytes()
        while (held := self._bytes()) + size > limit and (entries := self._redis.xlen(self._key)):
            surplus = math.ceil(entries * (held + size - limit) / held)
            self._redis.xtrim(self._key, maxlen=max(entries - min(surplus, STEP), 0), approximate=False)
        self._room = max(size, min(limit - held, MEASURED, limit // 16))

    def _drop_old(self) -> None:
        second, _ = self._redis.time()
        self._redis.xtrim(self._key, minid=str(max(int(second * 1000 - self._limits.days * DAY_MS), 0)), approximate=True)

    def _limit_in_bytes(self) -> int:
        maxmemory = max_memory(self._redis)
        return min(self._limits.bytes, maxmemory // SHARE) if maxmemory else self._limits.bytes

    def _bytes(self) -> int:
        """As Redis measures every node of the stream; 0 for none."""
        return int(self._redis.memory_usage(self._key, samples=0) or 0)

    def unpublish(self, item_ids: Collection[int]) -> None:
        """Removes every Result of these items; reads the whole stream, which takes seconds when it is full."""
        start = "-"
        with available():
            while item_ids and (entries := stream_entries(self._redis.xrange(self._key, start, "+", count=SLICE))):
                found = [entry_id for entry_id, fields in entries if _item_of(fields) in item_ids]
                if found:
                    self._redis.xdel(self._key, *found)
                start = "(" + entries[-1][0]


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One entry of the public stream."""

    entry_id: str
    """As Redis gives it: milliseconds since 1970, a dash, a number."""
    result: bytes
    """JSON; empty where the entry has no Result."""


class PublicReader:
    """Reads the public stream in its order, without a consumer group; every method raises Unavailable."""

    FIRST = "0-0"
    """The place before the first entry."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._key = f"{namespace}:{ARTICLES}"

    def end(self) -> str:
        """The id of the newest entry, FIRST where there is none."""
        with available():
            newest = stream_entries(self._redis.xrevrange(self._key, "+", "-", count=1))
        return newest[0][0] if newest else self.FIRST

    def read(self, after: str, count: int, wait: float) -> list[PublishedEntry]:
        """Up to `count` entries after this id; where there are none it waits so many seconds for the first (0: not at all)."""
        with available():
            found = self._redis.xread({self._key: after}, count=count, block=int(wait * 1000) or None)
        return [
            PublishedEntry(entry_id, fields.get(b"result", b""))
            for _, entries in cast(list[tuple[bytes, list[RawEntry]]], found or [])
            for entry_id, fields in stream_entries(entries)
        ]

    @staticmethod
    def before(seconds: float) -> str:
        """The place before the first entry of this time, in seconds since 1970."""
        return f"{max(math.ceil(seconds * 1000) - 1, 0)}-{2**64 - 1}" if seconds > 0 else PublicReader.FIRST


def max_memory(client: redis.Redis) -> int:
    """Bytes that Redis may use; 0 where it is not limited. INFO is allowed on servers that refuse CONFIG."""
    memory = cast(dict[str, object], client.info("memory"))  # redis-py types it for its asynchronous client too
    return int(str(memory.get("maxmemory") or 0))


def used_memory(client: redis.Redis) -> int:
    """Bytes that Redis uses now."""
    memory = cast(dict[str, object], client.info("memory"))
    return int(str(memory.get("used_memory") or 0))


def _batches(results: Sequence[str]) -> Iterator[tuple[list[str], int]]:
    """The Results in groups of about BATCH_BYTES, each with its size in bytes."""
    batch: list[str] = []
    size = 0
    for result in results:
        batch.append(result)
        size += len(result.encode()) + OVERHEAD
        if size >= BATCH_BYTES:
            yield batch, size
            batch, size = [], 0
    if batch:
        yield batch, size


def _item_of(fields: dict[bytes, bytes]) -> int | None:
    """The item of an entry; None where the entry is not one of ours."""
    try:
        return int(json.loads(fields[b"result"])["item_id"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):  # OverflowError: 1e999
        return None
