"""Build what the main process of every Celery worker works with, whatever its queues are."""

from __future__ import annotations

from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.queues import Control


class WorkerServices:
    """The control values: where a worker reports its heartbeat and reads what is paused."""

    def __init__(self, settings: Settings) -> None:
        self.redis = open_redis(settings)
        self.control = Control(self.redis, settings.namespace)

    def close(self) -> None:
        """Ends the connections."""
        self.redis.close()
