"""Open the Redis of an installation: the named one, else the embedded one."""

from __future__ import annotations

from dataclasses import replace

import redis

from worker.config import Settings
from worker.queues import connect
from worker.queues.embedded_server import redis_url


def open_redis(settings: Settings) -> redis.Redis:
    """A client; connects at its first command. Raises Unavailable where no Redis is named and none is embedded."""
    return connect(replace(settings, redis_url=redis_url(settings)))
