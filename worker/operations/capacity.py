"""Report how much room is left: on the disk of the data folder, and in Redis."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.operations.document import Document
from worker.queues import available
from worker.queues.public_stream import max_memory, used_memory


@dataclass(frozen=True, slots=True)
class Capacity(Document):
    """Bytes; None where they cannot be known."""

    disk_free: int | None
    redis_used: int | None
    redis_max: int | None
    """0 where Redis is not limited."""


def capacity(services: Services) -> Capacity:
    """As it is now; works while Redis is away."""
    folder = services.settings.data_dir
    free = shutil.disk_usage(folder).free if folder.exists() else None
    try:
        with available():
            return Capacity(free, used_memory(services.redis), max_memory(services.redis))
    except Unavailable:
        return Capacity(free, None, None)
