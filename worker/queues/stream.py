"""The stream `results`: outcomes put on it by workers, handed out to keepers, and handed on when a keeper dies."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import redis

from worker.messages import Outcome, encode
from worker.queues.connection import RESULTS, as_text, available
from worker.queues.throughput import Throughput

GROUP = "keepers"


class Results:
    """The stream `results` with its one consumer group.

    An entry has two fields: `m`, the message as JSON, and `n`, how many URLs' outcomes are in it (0 for Taken).
    """

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis: Any = client  # its own types cannot tell its answers from promises of them
        self._key = f"{namespace}:{RESULTS}"
        self._flow = Throughput(client, namespace)

    def add(self, outcomes: Sequence[Outcome], out_of: str | None = None) -> None:
        """Puts outcomes on the stream, in one round trip; `out_of` names the queue whose flow they leave.

        Raises Unavailable; the caller holds them and tries again.
        """
        if not outcomes:
            return
        weights = [urls_in(outcome) for outcome in outcomes]
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for outcome, weight in zip(outcomes, weights, strict=True):
                pipe.xadd(self._key, {"m": encode(outcome), "n": weight})
            self._flow.count(pipe, RESULTS, "in", sum(weights))
            if out_of is not None:
                self._flow.count(pipe, out_of, "out", sum(weights))
            pipe.execute()

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        """New entries for this consumer: pairs of message id and body. Waits up to `block_ms` (0: not at all)."""
        with available():
            try:
                return self._read(consumer, count, block_ms)
            except redis.ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self._make_group()
                return self._read(consumer, count, block_ms)

    def _read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        streams = self._redis.xreadgroup(GROUP, consumer, {self._key: ">"}, count=count, block=block_ms or None)
        return [(as_text(entry_id), body.get(b"m", b"")) for _, entries in streams or [] for entry_id, body in entries]

    def _make_group(self) -> None:
        """From the beginning of the stream: what came before the first keeper is kept as well."""
        try:
            self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def claim(self, consumer: str, count: int, idle_ms: int) -> list[tuple[str, bytes, int]]:
        """Entries that another consumer took and left for `idle_ms`: id, body, times delivered before this one.

        What was delivered twice or more is handed out alone: whoever it ends takes no other with it.
        """
        with available():
            try:
                left = self._redis.xpending_range(self._key, GROUP, "-", "+", count, idle=idle_ms)
            except redis.ResponseError as error:
                if str(error).startswith("NOGROUP"):
                    return []
                raise
            fresh = [entry for entry in left if entry["times_delivered"] < 2] or left[:1]
            times = {as_text(entry["message_id"]): int(entry["times_delivered"]) for entry in fresh}
            return self._claim(consumer, times, idle_ms) if times else []

    def _claim(self, consumer: str, times: dict[str, int], idle_ms: int) -> list[tuple[str, bytes, int]]:
        claimed = self._redis.xclaim(self._key, GROUP, consumer, min_idle_time=idle_ms, message_ids=list(times))
        bodies = {as_text(entry_id): body or {} for entry_id, body in claimed if entry_id is not None}
        return [(entry_id, body.get(b"m", b""), times[entry_id]) for entry_id, body in bodies.items()]

    def ack(self, message_ids: Sequence[str], urls: int = 0) -> None:
        """They are kept: acknowledged and deleted. `urls` for the flow."""
        if not message_ids:
            return
        with available():
            pipe = self._redis.pipeline(transaction=True)
            pipe.xack(self._key, GROUP, *message_ids)
            pipe.xdel(self._key, *message_ids)
            self._flow.count(pipe, RESULTS, "out", urls)
            pipe.execute()

    def leave(self, consumer: str) -> None:
        """A consumer stops in good order, with nothing in hand; one with entries in hand stays, for them to be claimed."""
        with available(), contextlib.suppress(redis.ResponseError):
            consumers = self._redis.xinfo_consumers(self._key, GROUP)
            if any(as_text(c["name"]) == consumer and c["pending"] == 0 for c in consumers):
                self._redis.xgroup_delconsumer(self._key, GROUP, consumer)


def urls_in(outcome: Outcome) -> int:
    """URLs whose way ends with this outcome; a Taken ends none."""
    if outcome.type == "taken":
        return 0
    return len(outcome.leases) if outcome.type == "returned" else 1
