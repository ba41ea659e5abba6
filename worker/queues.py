"""Redis as transport: names, the stream `results`, depths and ages, the epoch, heartbeats, pause flags.

Every key starts with the namespace and a colon; Celery gets the same as its `global_keyprefix`.
Messages on Celery's queues carry two headers of ours: `urls`, how many URLs are in them, and `sent`, seconds since
1970 when they were sent. Without them a message counts as one URL that was sent just now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis

from worker.config import Settings
from worker.records import Outcome

FETCH, URGENT, LABEL, LABEL_BULK, RESULTS = "fetch", "fetch.urgent", "label", "label.bulk", "results"
QUEUES = (FETCH, URGENT, LABEL, LABEL_BULK, RESULTS)
CELERY_QUEUES = QUEUES[:-1]


def connect(settings: Settings) -> redis.Redis:
    """A client for the Redis of these settings, with time limits; raises Unavailable where no URL is known.

    Commands on it raise redis.RedisError; wrap them in `available` for one clear line.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue as `queues` shows it; in URLs."""

    name: str
    waiting: int
    oldest_waiting_s: float | None
    in_per_min: int
    out_per_min: int


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker's last sign of life."""

    name: str
    queues: tuple[str, ...]
    alive: bool
    last_seen: float
    running: int


class Results:
    """The stream `results` with its one consumer group."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        raise NotImplementedError

    def add(self, outcomes: Sequence[Outcome], out_of: str | None = None) -> None:
        """Puts outcomes on the stream, in one round trip; `out_of` names the queue whose flow they leave.

        Raises Unavailable; the caller holds them and tries again.
        """
        raise NotImplementedError

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        """New entries for this consumer: pairs of message id and body."""
        raise NotImplementedError

    def claim(self, consumer: str, count: int, idle_ms: int) -> list[tuple[str, bytes, int]]:
        """Entries that another consumer took and left for `idle_ms`: id, body, times delivered."""
        raise NotImplementedError

    def ack(self, message_ids: Sequence[str]) -> None:
        """They are kept: acknowledged and deleted."""
        raise NotImplementedError


class Queues:
    """Depths, ages and flows of every queue; the epoch; pause flags; heartbeats."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        raise NotImplementedError

    def depths(self) -> list[Depth]:
        """Every queue of QUEUES, in that order."""
        raise NotImplementedError

    def oldest_age(self, now: float) -> float:
        """Seconds that the oldest entry waits in any pipeline queue; 0 where all are empty."""
        raise NotImplementedError

    def flowed(self, queue: str, *, came: int = 0, left: int = 0) -> None:
        """Counts URLs for the flow per minute. Publishers say `came`, consumers `left`."""
        raise NotImplementedError

    def epoch(self) -> str | None:
        """The mark that shows that Redis still remembers; None after it was emptied."""
        raise NotImplementedError

    def begin_epoch(self, epoch: str) -> None:
        """Sets it."""
        raise NotImplementedError

    def show_paused(self, stages: Sequence[str]) -> None:
        """Tells the workers which stages are stopped."""
        raise NotImplementedError

    def paused(self) -> frozenset[str]:
        """The stages that are stopped: what fetch and label workers ask before they take work."""
        raise NotImplementedError

    def heartbeat(self, name: str, queues: Sequence[str], running: int) -> None:
        """A worker lives; every few seconds."""
        raise NotImplementedError

    def gone(self, name: str) -> None:
        """A worker left in good order."""
        raise NotImplementedError

    def workers(self) -> list[WorkerSeen]:
        """Every worker seen within a day; alive where seen within 15 s."""
        raise NotImplementedError

    def publish(self, results: Sequence[str], keep: int) -> None:
        """Puts Results (JSON) on the public stream `articles`, trimmed near `keep` entries."""
        raise NotImplementedError


Send = Callable[[str, list[object]], None]
