"""Take the figures of one moment for monitoring, at a bounded cost however large the tables are."""

from __future__ import annotations

import platform
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from worker import __version__
from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.operations import drift
from worker.operations.drift import DriftReport
from worker.operations.figures import Kept
from worker.operations.queues import model_id
from worker.queues import Depth, Histogram, WorkerSeen
from worker.storage.for_metrics import ForMetrics, Totals, Waiting
from worker.storage.values import DeadGroup

T = TypeVar("T")

FRESH = 5.0
"""Seconds for which a figure is kept: Prometheus asks every 15 s, and a second one, or a person, then costs nothing more."""
DRIFT_FRESH = 300.0
"""Seconds for which the drift is kept: it compares weeks."""


@dataclass(frozen=True, slots=True)
class InRedis:
    """What Redis tells without reading a message."""

    messages: Mapping[str, int]
    """By queue."""
    depths: tuple[Depth, ...]
    """As the dispatcher counted them last; empty where none has within a minute."""
    workers: tuple[WorkerSeen, ...]
    durations: tuple[Histogram, ...]
    memory: int
    """Bytes in use."""
    memory_max: int
    """Bytes that Redis may use; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Figures of one moment; None for what cannot be known now."""

    totals: Totals | None
    """None where the database is away."""
    waiting: Waiting | None
    dead: tuple[DeadGroup, ...] | None
    sources: Mapping[str, int] | None
    """By health."""
    drift: DriftReport | None
    model: str | None
    redis: InRedis | None
    """None where Redis is away."""
    disk_free: int | None
    """Bytes."""
    disk_free_min: int
    """Bytes below which nothing is fetched."""
    version: str = __version__
    python: str = platform.python_version()


class Snapshots:
    """Takes snapshots with the services of one process; may be used from many threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        ledger = ForMetrics(services.engine, services.settings)
        self._totals = Kept(ledger.totals, FRESH)
        self._waiting = Kept(ledger.waiting, FRESH)
        self._dead = Kept(lambda: tuple(ledger.dead()), FRESH)
        self._sources = Kept(ledger.sources, FRESH)
        self._drift = Kept(lambda: drift.report(services), DRIFT_FRESH)
        self._model = Kept(lambda: model_id(services) or "", FRESH)
        self._redis = Kept(lambda: in_redis(services), FRESH)

    def take(self) -> Snapshot:
        """The figures of now, or of some seconds ago. A server that does not answer is asked one thing only."""
        with self._lock:
            settings = self._services.settings
            totals = _known(self._totals)
            return Snapshot(
                totals=totals,
                waiting=_known(self._waiting) if totals else None,
                dead=_known(self._dead) if totals else None,
                sources=_known(self._sources) if totals else None,
                drift=_known(self._drift) if totals else None,
                model=(_known(self._model) or None) if totals else None,
                redis=_known(self._redis),
                disk_free=shutil.disk_usage(settings.data_dir).free if settings.data_dir.exists() else None,
                disk_free_min=settings.disk_free_min,
            )


def _known(figure: Kept[T]) -> T | None:
    try:
        return figure.get()
    except Unavailable:
        return None


def in_redis(services: Services) -> InRedis:
    """Some eight commands; raises Unavailable."""
    memory, most = services.control.memory()
    return InRedis(
        messages=services.depths.messages(),
        depths=tuple(services.depths.all()),
        workers=tuple(services.control.workers()),
        durations=tuple(services.durations.all()),
        memory=memory,
        memory_max=most,
    )
