"""Publish Results on the public stream `articles`, and remove those of articles that were taken down."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

import redis

from worker.queues.connection import SLICE, available, stream_entries


class PublicStream:
    """The stream that other programs read; every method raises Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._key = f"{namespace}:articles"

    def publish(self, results: Sequence[str], keep: int) -> None:
        """Appends Results (JSON); the stream is trimmed to about `keep` entries."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for result in results:
                pipe.xadd(self._key, {"result": result}, maxlen=keep, approximate=True)
            pipe.execute()

    def unpublish(self, item_ids: Collection[int]) -> None:
        """Removes every Result of these items; reads the whole stream, which takes seconds when it is full."""
        start = "-"
        with available():
            while item_ids and (entries := stream_entries(self._redis.xrange(self._key, start, "+", count=SLICE))):
                found = [entry_id for entry_id, fields in entries if _item_of(fields) in item_ids]
                if found:
                    self._redis.xdel(self._key, *found)
                start = "(" + entries[-1][0]


def _item_of(fields: dict[bytes, bytes]) -> int | None:
    """The item of an entry; None where the entry is not one of ours."""
    try:
        return int(json.loads(fields[b"result"])["item_id"])
    except (ValueError, KeyError, TypeError):
        return None
