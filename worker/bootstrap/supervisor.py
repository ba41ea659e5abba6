"""Build what the supervisor of `up` works with."""

from __future__ import annotations

from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.queues import Control, Depths


class SupervisorServices:
    """The depths of the queues, and which stages are paused: a process without work differs from one that makes no progress."""

    def __init__(self, settings: Settings) -> None:
        self.redis = open_redis(settings)
        self.depths = Depths(self.redis, settings.namespace)
        self.control = Control(self.redis, settings.namespace)

    def close(self) -> None:
        """Ends the connections."""
        self.redis.close()
