"""Open the Redis of an installation: the named one, else the embedded one."""

from __future__ import annotations

from dataclasses import replace

import redis

from worker.config import Settings
from worker.queues import connect, connect_to_report
from worker.queues.address import redis_url


def open_redis(settings: Settings) -> redis.Redis:
    """A client; connects at its first command. Raises Unavailable where no Redis is named and none is embedded."""
    return connect(replace(settings, redis_url=redis_url(settings)))


def open_redis_to_report(settings: Settings) -> redis.Redis:
    """The same for a command that reports: within seconds it answers, or raises, and does not ask twice."""
    return connect_to_report(replace(settings, redis_url=redis_url(settings)))
