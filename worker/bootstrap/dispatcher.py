"""Build what a dispatcher works with."""

from __future__ import annotations

from worker.bootstrap.stores import Stores
from worker.config import Settings
from worker.queues import Capacity, Control, Depths, Schema
from worker.storage.for_dispatcher import ForDispatcher


class DispatcherServices(Stores):
    """The ledger's side that leads, leases and reclaims; depths of the queues, and the room in them; keys; control values."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.ledger = ForDispatcher(self.engine, settings)
        self.depths = Depths(self.redis, settings.namespace)
        self.control = Control(self.redis, settings.namespace)
        self.schema = Schema(self.redis, settings.namespace)
        self.capacity = Capacity(self.redis, settings.namespace)
