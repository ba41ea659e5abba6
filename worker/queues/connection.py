"""Connect to Redis with time limits; name the queues; turn Redis' errors into one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from worker.config import Settings
from worker.errors import Unavailable

FETCH, URGENT, LABEL, LABEL_BULK, RESULTS = "fetch", "fetch.urgent", "label", "label.bulk", "results"
QUEUES = (FETCH, URGENT, LABEL, LABEL_BULK, RESULTS)
CELERY_QUEUES = QUEUES[:-1]
PIPELINE = (FETCH, URGENT, LABEL)
"""Celery's queues in which leased items wait; `results` is the last stage and no queue of Celery."""

ANSWER_TIMEOUT = 10.0
"""Seconds for Redis to answer one command: it serves in microseconds, rewriting its log in seconds."""
CONNECT_TIMEOUT = 5.0
"""Seconds to connect: a command that cannot reach Redis says so within them."""
HEALTH_CHECK = 15
"""Seconds of silence after which a connection is tested with PING before it is used again."""
RETRY = 0.05
"""Seconds before a command is tried again, twice: bridges a dropped connection; callers wait out a longer outage themselves."""

SLICE = 50
"""Messages or entries read at once where a whole queue is read: a label message is some 100 KB."""

RawEntry: TypeAlias = tuple[bytes | str | None, Mapping[bytes | str, bytes | str] | None]
"""An entry of a stream as redis-py gives it."""
StreamEntry: TypeAlias = tuple[str, dict[bytes, bytes]]
"""Id and fields of an entry of a stream."""


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Turns Redis' own errors into Unavailable, in one line."""
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable(f"Redis cannot be used: {' '.join(str(error).split())[:300] or type(error).__name__}") from error


def connect(settings: Settings) -> redis.Redis:
    """A client for the Redis of these settings, with time limits; raises Unavailable where no URL is known.

    Commands on it raise redis.RedisError; wrap them in `available` for one clear line.
    """
    if settings.redis_url is None:
        raise Unavailable("no Redis is known: start `pressmark up`, or set PRESSMARK_REDIS_URL")
    try:
        return redis.Redis.from_url(
            settings.redis_url,
            socket_timeout=ANSWER_TIMEOUT,
            socket_connect_timeout=CONNECT_TIMEOUT,
            health_check_interval=HEALTH_CHECK,
            protocol=2,  # answers in the form that redis-py has known longest, on every server from Redis 6.2
            retry=Retry(ConstantBackoff(RETRY), 2),
        )
    except ValueError as error:
        raise Unavailable("PRESSMARK_REDIS_URL: expected a URL such as redis://host:6379/0") from error


def as_text(value: bytes | str) -> str:
    """A name or an id as redis-py gives it, as text."""
    return value.decode() if isinstance(value, bytes) else value


def as_bytes(value: bytes | str) -> bytes:
    """A value as redis-py gives it, as bytes."""
    return value.encode() if isinstance(value, str) else value


def stream_entries(answer: Iterable[RawEntry] | None) -> list[StreamEntry]:
    """The entries that XRANGE, XREADGROUP or XCLAIM answered; one that was deleted meanwhile has no id and is left out."""
    return [
        (as_text(entry_id), {as_bytes(name): as_bytes(value) for name, value in (fields or {}).items()})
        for entry_id, fields in answer or ()
        if entry_id is not None
    ]
