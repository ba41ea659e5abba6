"""Build what commands and the demonstration work with: each service when it is first used, since a command uses few."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from worker.config import Settings

if TYPE_CHECKING:  # a command imports only the rooms whose services it uses
    import redis
    from sqlalchemy import Engine

    from worker.models.cache import ModelCache
    from worker.models.labeller import Labeller
    from worker.models.manifest import ModelNote
    from worker.queues import Control, Depths, Durations, Schema
    from worker.storage.articles import Articles
    from worker.storage.audit import AuditLog
    from worker.storage.for_intake import ForIntake
    from worker.storage.for_operator import ForOperator
    from worker.storage.for_sources import ForSources
    from worker.storage.for_viewer import ForViewer
    from worker.storage.model_registry import ModelRegistry
    from worker.storage.relabelling import Relabelling
    from worker.storage.review_leases import ReviewLeases
    from worker.storage.reviews import Reviews


class Services:
    """The services of one command; `close` ends the connections of those that were used.

    The imports stand inside the properties because every process imports this package: SQLAlchemy costs 0.3 s of CPU and
    16 MiB, a model's libraries 0.3 s and 34 MiB, redis-py 0.1 s.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def redis(self) -> redis.Redis:
        """A client for the named Redis or the embedded one, which waits 2 s at most; raises Unavailable where there is neither."""
        from worker.bootstrap.connections import open_redis_to_report

        return open_redis_to_report(self.settings)

    @cached_property
    def depths(self) -> Depths:
        """Depths, ages and flows of the queues."""
        from worker.queues import Depths

        return Depths(self.redis, self.settings.namespace)

    @cached_property
    def durations(self) -> Durations:
        """How long the stages take."""
        from worker.queues import Durations

        return Durations(self.redis, self.settings.namespace)

    @cached_property
    def control(self) -> Control:
        """Paused stages and heartbeats of workers."""
        from worker.queues import Control

        return Control(self.redis, self.settings.namespace)

    @cached_property
    def schema(self) -> Schema:
        """Which of our keys hold something else."""
        from worker.queues import Schema

        return Schema(self.redis, self.settings.namespace)

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        from worker.storage.database import open_database

        return open_database(self.settings, for_command=True)

    @cached_property
    def intake_ledger(self) -> ForIntake:
        """The ledger's side that accepts URLs."""
        from worker.storage.for_intake import ForIntake

        return ForIntake(self.engine, self.settings)

    @cached_property
    def operator_ledger(self) -> ForOperator:
        """The ledger's side that shows, requeues, pauses and forgets."""
        from worker.storage.for_operator import ForOperator

        return ForOperator(self.engine, self.settings)

    @cached_property
    def sources(self) -> ForSources:
        """The feeds and sitemaps that are followed."""
        from worker.storage.for_sources import ForSources

        return ForSources(self.engine, self.settings)

    @cached_property
    def viewer_ledger(self) -> ForViewer:
        """The ledger's side that only shows, as pages and lists need it."""
        from worker.storage.for_viewer import ForViewer

        return ForViewer(self.engine, self.settings)

    @cached_property
    def audit(self) -> AuditLog:
        """The log of who did what."""
        from worker.storage.audit import AuditLog

        return AuditLog(self.engine)

    @cached_property
    def articles(self) -> Articles:
        """The stored articles, to read."""
        from worker.storage.articles import Articles

        return Articles(self.engine)

    @cached_property
    def registry(self) -> ModelRegistry:
        """Every model that was trained, and which one is active."""
        from worker.storage.model_registry import ModelRegistry

        return ModelRegistry(self.engine)

    @cached_property
    def reviews(self) -> Reviews:
        """What people say of articles."""
        from worker.storage.reviews import Reviews

        return Reviews(self.engine)

    @cached_property
    def review_leases(self) -> ReviewLeases:
        """Which articles people review just now."""
        from worker.storage.review_leases import ReviewLeases

        return ReviewLeases(self.engine)

    @cached_property
    def relabelling(self) -> Relabelling:
        """What an older model labelled."""
        from worker.storage.relabelling import Relabelling

        return Relabelling(self.engine)

    @cached_property
    def model_cache(self) -> ModelCache:
        """The models on this machine."""
        from worker.models.cache import ModelCache

        return ModelCache(self.settings, lambda: self.registry)

    @property
    def labeller(self) -> Labeller:
        """The active model, loaded."""
        return self.model_cache.current()

    @property
    def model_note(self) -> ModelNote:
        """What the active model's manifest says of it, without loading it. Raises UsageError where that cannot be read."""
        return self.model_cache.note()

    def close(self) -> None:
        """Ends the connections; a service that was never used was never built."""
        built = self.__dict__
        if "redis" in built:
            self.redis.close()
        if "engine" in built:
            self.engine.dispose()
