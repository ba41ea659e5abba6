"""Pass outcomes from workers to keepers on the stream `results`; give those of a dead keeper to another."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import cast

import redis

from worker.messages import Outcome, encode
from worker.queues.connection import RESULTS, RawEntry, as_text, available, stream_entries
from worker.queues.depths import add_entries, entry_of
from worker.queues.throughput import Throughput

GROUP = "keepers"


class Results:
    """The stream `results` with its one consumer group; every method raises Unavailable.

    An entry has two fields: `m`, the message as JSON, and `n`, how many URLs' outcomes are in it (0 for Taken).
    """

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._key = f"{namespace}:{RESULTS}"
        self._throughput = Throughput(client, namespace)

    def add(self, outcomes: Sequence[Outcome], out_of: str | None = None) -> None:
        """Appends outcomes in one round trip; `out_of` names the queue that their URLs leave.

        Raises Unavailable; the caller holds them and tries again.
        """
        if not outcomes:
            return
        weights = [urls_in(outcome) for outcome in outcomes]
        with available():
            pipe = self._redis.pipeline(transaction=True)  # all or nothing, also where Redis is full
            for outcome, weight in zip(outcomes, weights, strict=True):
                pipe.xadd(self._key, {"m": encode(outcome), "n": weight})
            add_entries(pipe, self._key, (entry_of(weight, time.time()) for weight in weights))
            self._throughput.count(pipe, RESULTS, "in", sum(weights))
            if out_of is not None:
                self._throughput.count(pipe, out_of, "out", sum(weights))
            pipe.execute()

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        """New entries for this consumer: pairs of message id and body. Waits up to `block_ms` milliseconds (0: not at all)."""
        with available():
            try:
                return self._read(consumer, count, block_ms)
            except redis.ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self._make_group()
                return self._read(consumer, count, block_ms)

    def _read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        answer = self._redis.xreadgroup(GROUP, consumer, {self._key: ">"}, count=count, block=block_ms or None)
        streams = cast(list[tuple[bytes, list[RawEntry]]], answer or [])  # the form of protocol 2; redis-py types all protocols
        return [(entry_id, fields.get(b"m", b"")) for _, entries in streams for entry_id, fields in stream_entries(entries)]

    def _make_group(self) -> None:
        """From the beginning of the stream: what was added before the first keeper started is stored as well."""
        try:
            self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def claim(self, consumer: str, count: int, idle_ms: int) -> list[tuple[str, bytes, int]]:
        """Entries that another consumer read and did not acknowledge for `idle_ms`: id, body, times delivered before this one.

        An entry that was delivered twice or more is given out alone: if it crashes its reader, no other is affected.
        """
        with available():
            try:
                left = self._redis.xpending_range(self._key, GROUP, "-", "+", count, idle=idle_ms)
            except redis.ResponseError as error:
                if str(error).startswith("NOGROUP"):
                    return []
                raise
            fresh = [entry for entry in left if int(entry["times_delivered"]) < 2] or left[:1]
            times = {as_text(cast(bytes, entry["message_id"])): int(entry["times_delivered"]) for entry in fresh}
            return self._claim(consumer, times, idle_ms) if times else []

    def _claim(self, consumer: str, times: dict[str, int], idle_ms: int) -> list[tuple[str, bytes, int]]:
        answer = self._redis.xclaim(self._key, GROUP, consumer, min_idle_time=idle_ms, message_ids=list(times))
        claimed = stream_entries(cast(list[RawEntry], answer))
        return [(entry_id, fields.get(b"m", b""), times[entry_id]) for entry_id, fields in claimed]

    def ack(self, message_ids: Sequence[str], urls: int = 0) -> None:
        """Acknowledges and deletes entries that are stored; `urls` is counted for the flow."""
        if not message_ids:
            return
        with available():
            pipe = self._redis.pipeline(transaction=True)
            pipe.xack(self._key, GROUP, *message_ids)
            pipe.xdel(self._key, *message_ids)
            pipe.execute()
            self._throughput.note(RESULTS, "out", urls)

    def leave(self, consumer: str) -> None:
        """Removes a consumer that exits; one with unacknowledged entries stays, so that they can be claimed."""
        with available(), contextlib.suppress(redis.ResponseError):
            consumers = self._redis.xinfo_consumers(self._key, GROUP)
            if any(as_text(c["name"]) == consumer and c["pending"] == 0 for c in consumers):
                self._redis.xgroup_delconsumer(self._key, GROUP, consumer)


def urls_in(outcome: Outcome) -> int:
    """URLs that end with this outcome; a Taken ends none."""
    if outcome.type == "taken":
        return 0
    return len(outcome.leases) if outcome.type == "returned" else 1
