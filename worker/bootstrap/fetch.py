"""Build what a fetch worker works with."""

from __future__ import annotations

from worker.archive.page_archive import PageArchive
from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.fetch.client import Fetcher
from worker.fetch.pace import RedisPace
from worker.fetch.robots import Robots
from worker.queues import Capacity, Depths, Durations, Results
from worker.sandbox.pool import ParsePool


class FetchServices:
    """A fetcher for all threads, at the pace that all workers share; processes that parse; the stream `results`; the room in queues.

    And the archive, where pages are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self.redis = open_redis(settings)
        self.results = Results(self.redis, settings.namespace)
        self.depths = Depths(self.redis, settings.namespace)
        self.durations = Durations(self.redis, settings.namespace)
        self.capacity = Capacity(self.redis, settings.namespace)
        pace = RedisPace(self.redis, settings.namespace, settings.host_interval, settings.total_timeout)
        self.fetcher = Fetcher(settings, pace, Robots(settings))
        self.parser = ParsePool(settings)
        self.archive = PageArchive(settings) if settings.keep_pages else None

    def close(self) -> None:
        """Ends the connections and the idle parse processes; one at work ends when this process does."""
        self.parser.close(patience=0.0)
        self.redis.close()
