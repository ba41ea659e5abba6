"""The way to Redis: the names of the queues, a client with time limits, and its errors in one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

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
RETRY = 0.05
"""Seconds before a command is tried again, twice: bridges a dropped connection; callers wait out a longer outage themselves."""


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Redis' own errors as ours, in one line."""
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
            socket_connect_timeout=5.0,
            health_check_interval=15,
            protocol=2,
            retry=Retry(ConstantBackoff(RETRY), 2),
        )
    except ValueError as error:
        raise Unavailable("PRESSMARK_REDIS_URL: expected a URL such as redis://host:6379/0") from error


def as_text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
