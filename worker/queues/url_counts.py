"""Know how many URLs wait in a queue, and for how long, without reading its messages.

Beside each queue lies a list with one short entry a message, newest first, written in the same transaction: how many URLs are in
the message, and when it was sent. Who takes messages need not touch it: they leave in the order in which they came, so
the newest entries, as many as there are messages, are those of the messages that wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import redis
from redis.client import Pipeline

from worker.queues.connection import as_text

LIMIT = 20_000
"""Entries kept, in 400 KB: more messages than ever wait (5,000 URLs, one a message at worst). Beyond it a message counts as one URL."""
SLICE = 5_000
"""Entries read at once: 100 KB."""
MOST_URLS = 1000
"""URLs that one message may say it holds: twice the largest chunk that the settings allow."""
OLDEST = 365 * 86400.0
"""Seconds beyond which an age is not believed."""


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
