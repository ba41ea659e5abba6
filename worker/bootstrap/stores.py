"""Open Redis and the database for a process that needs both."""

from __future__ import annotations

from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.queues.connection import expect_answer
from worker.storage.database import open_database, require_current


class Stores:
    """A client of Redis and an engine of the database; both connect at their first use."""

    def __init__(self, settings: Settings) -> None:
        self.redis = open_redis(settings)
        self.engine = open_database(settings)

    def expect_ready(self) -> None:
        """Raises Unavailable where Redis does not answer, or the schema of the database is not this program's own."""
        expect_answer(self.redis)
        require_current(self.engine)

    def close(self) -> None:
        """Ends the connections."""
        self.redis.close()
        self.engine.dispose()
