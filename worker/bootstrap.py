"""Composition root: builds every service from the settings, each when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import redis

from worker.config import Settings
from worker.queues import Control, Depths, PublicStream, Results, connect
from worker.queues.embedded_server import redis_url
from worker.sandbox.pool import ParsePool

if TYPE_CHECKING:  # each process imports only the rooms whose services it asks for
    from sqlalchemy import Engine

    from worker.fetch.client import Fetcher
    from worker.models.cache import ModelCache
    from worker.models.labeller import Labeller
    from worker.storage.articles import Articles
    from worker.storage.for_dispatcher import ForDispatcher
    from worker.storage.for_intake import ForIntake
    from worker.storage.for_keeper import ForKeeper
    from worker.storage.for_operator import ForOperator
    from worker.storage.model_registry import ModelRegistry
    from worker.storage.relabelling import Relabelling
    from worker.storage.reviews import Reviews


class Services:
    """The services of one process; production and tests both take them from here."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def redis(self) -> redis.Redis:
        """A client for the named Redis or the embedded one; raises Unavailable where there is neither."""
        return connect(replace(self.settings, redis_url=redis_url(self.settings)))

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        from worker.storage.database import open_database

        return open_database(self.settings)

    @cached_property
    def intake_ledger(self) -> ForIntake:
        """The ledger's side that accepts URLs."""
        from worker.storage.for_intake import ForIntake

        return ForIntake(self.engine, self.settings)

    @cached_property
    def dispatcher_ledger(self) -> ForDispatcher:
        """The ledger's side that leads, leases and reclaims."""
        from worker.storage.for_dispatcher import ForDispatcher

        return ForDispatcher(self.engine, self.settings)

    @cached_property
    def keeper_ledger(self) -> ForKeeper:
        """The ledger's side that writes outcomes."""
        from worker.storage.for_keeper import ForKeeper

        return ForKeeper(self.engine, self.settings)

    @cached_property
    def operator_ledger(self) -> ForOperator:
        """The ledger's side that shows, requeues, pauses and forgets."""
        from worker.storage.for_operator import ForOperator

        return ForOperator(self.engine, self.settings)

    @cached_property
    def articles(self) -> Articles:
        """The stored articles, to read."""
        from worker.storage.articles import Articles

        return Articles(self.engine)

    @cached_property
    def results(self) -> Results:
        """The stream between workers and keeper."""
        return Results(self.redis, self.settings.namespace)

    @cached_property
    def depths(self) -> Depths:
        """Depths, ages and flows of the queues."""
        return Depths(self.redis, self.settings.namespace)

    @cached_property
    def control(self) -> Control:
        """Epoch, paused stages, heartbeats."""
        return Control(self.redis, self.settings.namespace)

    @cached_property
    def public_stream(self) -> PublicStream:
        """The stream of Results for other programs."""
        return PublicStream(self.redis, self.settings.namespace)

    @cached_property
    def fetcher(self) -> Fetcher:
        """One for all threads of the process, at the pace that all workers share."""
        from worker.fetch.client import Fetcher
        from worker.fetch.pace import RedisPace
        from worker.fetch.robots import Robots

        settings = self.settings
        pace = RedisPace(self.redis, settings.namespace, settings.host_interval, settings.total_timeout)
        return Fetcher(self.settings, pace, Robots(self.settings))

    @cached_property
    def parser(self) -> ParsePool:
        """The children that read pages."""
        return ParsePool(self.settings)

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
    def relabelling(self) -> Relabelling:
        """What an older model labelled."""
        from worker.storage.relabelling import Relabelling

        return Relabelling(self.engine)

    @cached_property
    def model_cache(self) -> ModelCache:
        """The models of this machine."""
        from worker.models.cache import ModelCache

        return ModelCache(self.settings, lambda: self.registry)

    @property
    def labeller(self) -> Labeller:
        """The active model, mapped read-only: looked for anew every two seconds."""
        return self.model_cache.current()

    def after_fork(self) -> None:
        """A child must not speak on its parent's connections."""
        if "engine" in self.__dict__:
            self.engine.dispose(close=False)

    def close(self) -> None:
        """Ends what was begun; a service that nobody asked for was never built."""
        made = self.__dict__
        if "parser" in made:
            self.parser.close()
        if "redis" in made:
            self.redis.close()
        if "engine" in made:
            self.engine.dispose()
