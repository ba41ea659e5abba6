"""Use Redis as transport: queue names, the stream `results`, depths and ages, control values, heartbeats, the public stream.

Every key starts with the namespace and a colon; Celery gets the same as its `global_keyprefix`.
Messages on Celery's queues carry two headers of ours: `urls`, how many URLs are in them, and `sent`, seconds since
1970 when they were sent. Without them a message counts as one URL that was sent just now.
"""

from __future__ import annotations

from worker.queues.connection import CELERY_QUEUES, FETCH, LABEL, LABEL_BULK, QUEUES, RESULTS, URGENT, available, connect, connect_to_report
from worker.queues.control import BEAT, Control, WorkerSeen, this_process
from worker.queues.depths import Depth, Depths
from worker.queues.durations import Durations, Histogram
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
    "Control",
    "Depth",
    "Depths",
    "Durations",
    "Histogram",
    "Progress",
    "PublicStream",
    "Results",
    "StreamLimits",
    "WorkerSeen",
    "available",
    "connect",
    "connect_to_report",
    "this_process",
    "urls_in",
]
