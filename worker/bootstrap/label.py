"""Build what a label worker works with."""

from __future__ import annotations

from sqlalchemy import Engine

from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.models.cache import ModelCache
from worker.queues import Capacity, Results
from worker.sandbox.budget import Budget
from worker.storage.database import open_database
from worker.storage.model_registry import ModelRegistry


class LabelServices:
    """The active model, what labelling may use, the stream `results`, and the room in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None
        self.redis = open_redis(settings)
        self.results = Results(self.redis, settings.namespace)
        self.capacity = Capacity(self.redis, settings.namespace)
        self.budget = Budget(settings.label_cpu, settings.label_memory)
        self.models = ModelCache(settings, self._registry)

    def _registry(self) -> ModelRegistry:
        """Opens the database at the first use, so that a worker labels with the model on this machine also where that fails."""
        if self._engine is None:
            self._engine = open_database(self._settings)
        return ModelRegistry(self._engine)

    def disconnect(self) -> None:
        """Closes every connection; the next use opens new ones. For the moment before a fork: parent and child may share none."""
        self.redis.connection_pool.disconnect()
        if self._engine is not None:
            self._engine.dispose()

    def close(self) -> None:
        """Ends the connections."""
        self.disconnect()
        self.redis.close()
