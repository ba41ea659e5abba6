"""Use Redis as transport: queue names, the stream `results`, depths and ages, control values, heartbeats, the public stream.

Every key starts with the namespace and a colon; Celery gets the same as its `global_keyprefix`.
Messages on Celery's queues carry two headers of ours: `urls`, how many URLs are in them, and `sent`, seconds since
1970 when they were sent. Without them a message counts as one URL that was sent just now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from worker.queues.capacity import Capacity, QueueFull
    from worker.queues.connection import (
        CELERY_QUEUES,
        FETCH,
        LABEL,
        LABEL_BULK,
        QUEUES,
        RESULTS,
        URGENT,
        available,
        connect,
        connect_to_report,
    )
    from worker.queues.control import BEAT, Control, WorkerSeen, this_process
    from worker.queues.depths import Depth, Depths, MinuteFigures
    from worker.queues.durations import Durations, Histogram
    from worker.queues.parked import Schema
    from worker.queues.progress import Progress
    from worker.queues.public_stream import PublicStream, StreamLimits
    from worker.queues.stream import Results, urls_in

__all__ = [
    "BEAT",
    "CELERY_QUEUES",
    "FETCH",
    "LABEL",
    "LABEL_BULK",
    "QUEUES",
    "RESULTS",
    "URGENT",
    "Capacity",
    "Control",
    "Depth",
    "Depths",
    "Durations",
    "Histogram",
    "MinuteFigures",
    "Progress",
    "PublicStream",
    "QueueFull",
    "Results",
    "Schema",
    "StreamLimits",
    "WorkerSeen",
    "available",
    "connect",
    "connect_to_report",
    "this_process",
    "urls_in",
]

_HOMES = {
    "BEAT": "worker.queues.control",
    "CELERY_QUEUES": "worker.queues.connection",
    "Capacity": "worker.queues.capacity",
    "Control": "worker.queues.control",
    "Depth": "worker.queues.depths",
    "Depths": "worker.queues.depths",
    "Durations": "worker.queues.durations",
    "FETCH": "worker.queues.connection",
    "Histogram": "worker.queues.durations",
    "LABEL": "worker.queues.connection",
    "LABEL_BULK": "worker.queues.connection",
    "Progress": "worker.queues.progress",
    "MinuteFigures": "worker.queues.depths",
    "PublicStream": "worker.queues.public_stream",
    "QUEUES": "worker.queues.connection",
    "QueueFull": "worker.queues.capacity",
    "RESULTS": "worker.queues.connection",
    "Results": "worker.queues.stream",
    "Schema": "worker.queues.parked",
    "StreamLimits": "worker.queues.public_stream",
    "URGENT": "worker.queues.connection",
    "WorkerSeen": "worker.queues.control",
    "available": "worker.queues.connection",
    "connect": "worker.queues.connection",
    "connect_to_report": "worker.queues.connection",
    "this_process": "worker.queues.control",
    "urls_in": "worker.queues.stream",
}
"""Where each name is defined: a name is imported when it is used, since redis-py takes 0.1 s and many commands need no Redis."""

__getattr__ = imported_when_used(__name__, _HOMES)
