"""Describe messages of Celery's queues that nobody understands, which are kept for a person to look at."""

from __future__ import annotations

import json
import time

import redis

from worker.queues.connection import available

PARKED = "parked"
"""The list `<namespace>:parked`, newest first."""
KEPT = 1000
"""Messages; whoever writes garbage without end must not fill Redis with it."""
LONGEST = 10_000
"""Characters kept of each, so that all take 10 MB at most: its beginning shows what a message is."""


def parked_entry(queue: str, message: bytes, error: str) -> str:
    """A message, the queue on which it lay and what is wrong with it, as JSON."""
    shown = message[:LONGEST].decode("utf-8", "replace")
    return json.dumps({"queue": queue, "at": time.time(), "error": error, "message": shown})


def count_parked(client: redis.Redis, namespace: str) -> int:
    """How many messages are kept; raises Unavailable."""
    with available():
        return int(client.llen(f"{namespace}:{PARKED}"))
