"""Redis as transport: names, the stream `results`, depths and ages, the epoch, heartbeats, pause flags.

Every key starts with the namespace and a colon; Celery gets the same as its `global_keyprefix`.
Messages on Celery's queues carry two headers of ours: `urls`, how many URLs are in them, and `sent`, seconds since
1970 when they were sent. Without them a message counts as one URL that was sent just now.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from worker.config import Settings
from worker.errors import Unavailable
from worker.records import Outcome, encode

FETCH, URGENT, LABEL, LABEL_BULK, RESULTS = "fetch", "fetch.urgent", "label", "label.bulk", "results"
QUEUES = (FETCH, URGENT, LABEL, LABEL_BULK, RESULTS)
CELERY_QUEUES = QUEUES[:-1]
PIPELINE = (FETCH, URGENT, LABEL)
"""Celery's queues in which leased items wait; `results` is the last stage and no queue of Celery."""

GROUP = "keepers"
ANSWER_TIMEOUT = 10.0
"""Seconds for Redis to answer one command: it serves in microseconds, rewriting its log in seconds."""
RETRY = 0.05
"""Seconds before a command is tried again, twice: bridges a dropped connection; callers wait out a longer outage themselves."""
ALIVE = 15.0
"""Seconds since the last heartbeat within which a worker counts as alive: three beats of 5 s."""
WORKERS_KEPT = 86400.0
"""Seconds for which a worker that is gone is still shown: a day."""
SLICE = 50
"""Messages read at once to count their URLs: a label message is some 100 KB."""


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Redis' own errors as ours, in one line."""
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable(f"Redis cannot be used: {' '.join(str(error).split())[:300] or type(error).__name__}") from error


def connect(settings: Settings) -> redis.Redis:
    """A client for the Redis of these settings, with time limits; raises Unavailable where no URL is known.

    Commands on it raise redis.RedisError; wrap them in `available` for one clear line.
    """
    if settings.redis_url is None:
        raise Unavailable("no Redis is known: start `pressmark up`, or set PRESSMARK_REDIS_URL")
    try:
        return redis.Redis.from_url(
            settings.redis_url,
            socket_timeout=ANSWER_TIMEOUT,
            socket_connect_timeout=5.0,
            health_check_interval=15,
            protocol=2,
            retry=Retry(ConstantBackoff(RETRY), 2),
        )
    except ValueError as error:
        raise Unavailable("PRESSMARK_REDIS_URL: expected a URL such as redis://host:6379/0") from error


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
    """The stream `results` with its one consumer group.

    An entry has two fields: `m`, the message as JSON, and `n`, how many URLs' outcomes are in it (0 for Taken).
    """

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis: Any = client  # its own types cannot tell its answers from promises of them
        self._key = f"{namespace}:{RESULTS}"
        self._flow = Flow(client, namespace)

    def add(self, outcomes: Sequence[Outcome], out_of: str | None = None) -> None:
        """Puts outcomes on the stream, in one round trip; `out_of` names the queue whose flow they leave.

        Raises Unavailable; the caller holds them and tries again.
        """
        if not outcomes:
            return
        weights = [urls_in(outcome) for outcome in outcomes]
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for outcome, weight in zip(outcomes, weights, strict=True):
                pipe.xadd(self._key, {"m": encode(outcome), "n": weight})
            self._flow.count(pipe, RESULTS, "in", sum(weights))
            if out_of is not None:
                self._flow.count(pipe, out_of, "out", sum(weights))
            pipe.execute()

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        """New entries for this consumer: pairs of message id and body. Waits up to `block_ms` (0: not at all)."""
        with available():
            try:
                return self._read(consumer, count, block_ms)
            except redis.ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self._make_group()
                return self._read(consumer, count, block_ms)

    def _read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        streams = self._redis.xreadgroup(GROUP, consumer, {self._key: ">"}, count=count, block=block_ms or None)
        return [(_text(entry_id), body.get(b"m", b"")) for _, entries in streams or [] for entry_id, body in entries]

    def _make_group(self) -> None:
        """From the beginning of the stream: what came before the first keeper is kept as well."""
        try:
            self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def claim(self, consumer: str, count: int, idle_ms: int) -> list[tuple[str, bytes, int]]:
        """Entries that another consumer took and left for `idle_ms`: id, body, times delivered before this one.

        What was delivered twice or more is handed out alone: whoever it ends takes no other with it.
        """
        with available():
            try:
                left = self._redis.xpending_range(self._key, GROUP, "-", "+", count, idle=idle_ms)
            except redis.ResponseError as error:
                if str(error).startswith("NOGROUP"):
                    return []
                raise
            fresh = [entry for entry in left if entry["times_delivered"] < 2] or left[:1]
            times = {_text(entry["message_id"]): int(entry["times_delivered"]) for entry in fresh}
            return self._claim(consumer, times, idle_ms) if times else []

    def _claim(self, consumer: str, times: dict[str, int], idle_ms: int) -> list[tuple[str, bytes, int]]:
        claimed = self._redis.xclaim(self._key, GROUP, consumer, min_idle_time=idle_ms, message_ids=list(times))
        bodies = {_text(entry_id): body or {} for entry_id, body in claimed if entry_id is not None}
        return [(entry_id, body.get(b"m", b""), times[entry_id]) for entry_id, body in bodies.items()]

    def ack(self, message_ids: Sequence[str], urls: int = 0) -> None:
        """They are kept: acknowledged and deleted. `urls` for the flow."""
        if not message_ids:
            return
        with available():
            pipe = self._redis.pipeline(transaction=True)
            pipe.xack(self._key, GROUP, *message_ids)
            pipe.xdel(self._key, *message_ids)
            self._flow.count(pipe, RESULTS, "out", urls)
            pipe.execute()

    def leave(self, consumer: str) -> None:
        """A consumer stops in good order, with nothing in hand; one with entries in hand stays, for them to be claimed."""
        with available(), contextlib.suppress(redis.ResponseError):
            consumers = self._redis.xinfo_consumers(self._key, GROUP)
            if any(_text(c["name"]) == consumer and c["pending"] == 0 for c in consumers):
                self._redis.xgroup_delconsumer(self._key, GROUP, consumer)


def urls_in(outcome: Outcome) -> int:
    """URLs whose way ends with this outcome; a Taken ends none."""
    if outcome.type == "taken":
        return 0
    return len(outcome.leases) if outcome.type == "returned" else 1


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


class Flow:
    """URLs that came into and went out of each queue, minute by minute."""

    def __init__(self, client: redis.Redis, namespace: str, now: Callable[[], float] = time.time) -> None:
        self._redis: Any = client
        self._prefix = f"{namespace}:flow"
        self._now = now

    def count(self, pipe: Any, queue: str, way: str, urls: int) -> None:
        """Adds to a pipeline the commands that count; `way` is `in` or `out`."""
        if urls:
            key = self._key(queue, way, int(self._now() // 60))
            pipe.incrby(key, urls)
            pipe.expire(key, 180)

    def per_minute(self, queue: str, way: str) -> int:
        """Over the last 60 seconds, taking the minute before as even."""
        minute, second = divmod(self._now(), 60)
        this, last = (int(n or 0) for n in self._redis.mget([self._key(queue, way, int(minute) - back) for back in (0, 1)]))
        return round(this + last * (60 - second) / 60)

    def _key(self, queue: str, way: str, minute: int) -> str:
        return f"{self._prefix}:{queue}:{way}:{minute}"


class Queues:
    """Depths, ages and flows of every queue; the epoch; pause flags; heartbeats. All raise Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis: Any = client
        self._namespace = namespace
        self._flow = Flow(client, namespace)

    def _key(self, name: str) -> str:
        return f"{self._namespace}:{name}"

    def depths(self) -> list[Depth]:
        """Every queue of QUEUES, in that order."""
        with available():
            return [self._depth(name) for name in QUEUES]

    def _depth(self, name: str) -> Depth:
        waiting = self._urls_on_stream() if name == RESULTS else self._urls_in_list(name)
        age = self._age(name)
        return Depth(name, waiting, age, self._flow.per_minute(name, "in"), self._flow.per_minute(name, "out"))

    def _urls_in_list(self, name: str) -> int:
        total, start = 0, 0
        while messages := self._redis.lrange(self._key(name), start, start + SLICE - 1):
            total += sum(int(_headers(message).get("urls", 1)) for message in messages)
            start += SLICE
        return total

    def _urls_on_stream(self) -> int:
        total, start = 0, "-"
        while entries := self._redis.xrange(self._key(RESULTS), start, "+", count=SLICE):
            total += sum(int(body.get(b"n", 1)) for _, body in entries)
            start = "(" + _text(entries[-1][0])
        return total

    def oldest_age(self) -> float:
        """Seconds that the oldest entry waits in any pipeline queue; 0 where all are empty."""
        with available():
            return max((self._age(name) or 0.0 for name in (*PIPELINE, RESULTS)), default=0.0)

    def _age(self, name: str) -> float | None:
        """Seconds that the oldest entry of one queue waits, None where it is empty."""
        if name == RESULTS:
            first = self._redis.xrange(self._key(RESULTS), "-", "+", count=1)
            if not first:
                return None
            second, micros = self._redis.time()
            return float(max(second + micros / 1e6 - int(_text(first[0][0]).partition("-")[0]) / 1000, 0.0))
        last = self._redis.lindex(self._key(name), -1)
        return None if last is None else max(time.time() - float(_headers(last).get("sent", time.time())), 0.0)

    def flowed(self, queue: str, *, came: int = 0, left: int = 0) -> None:
        """Counts URLs for the flow per minute. Publishers say `came`, consumers `left`."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            self._flow.count(pipe, queue, "in", came)
            self._flow.count(pipe, queue, "out", left)
            pipe.execute()

    def epoch(self) -> str | None:
        """The mark that shows that Redis still remembers; None after it was emptied."""
        with available():
            mark = self._redis.get(self._key("epoch"))
            return None if mark is None else _text(mark)

    def begin_epoch(self, epoch: str) -> None:
        """Sets it."""
        with available():
            self._redis.set(self._key("epoch"), epoch)

    def show_paused(self, stages: Sequence[str]) -> None:
        """Tells the workers which stages are stopped."""
        with available():
            self._redis.set(self._key("paused"), json.dumps(sorted(stages)))

    def paused(self) -> frozenset[str]:
        """The stages that are stopped: what fetch and label workers ask before they take work."""
        with available():
            stages = self._redis.get(self._key("paused"))
            return frozenset(json.loads(stages)) if stages else frozenset()

    def heartbeat(self, name: str, queues: Sequence[str], running: int) -> None:
        """A worker lives; every 5 seconds."""
        seen = json.dumps({"queues": list(queues), "at": time.time(), "running": running})
        with available():
            self._redis.hset(self._key("workers"), name, seen)

    def gone(self, name: str) -> None:
        """A worker left in good order."""
        with available():
            self._redis.hdel(self._key("workers"), name)

    def workers(self) -> list[WorkerSeen]:
        """Every worker seen within a day, by name; alive where seen within 15 s."""
        with available():
            found = self._redis.hgetall(self._key("workers"))
            seen = sorted((_text(name), json.loads(value)) for name, value in found.items())
            old = [name for name, value in seen if time.time() - value["at"] > WORKERS_KEPT]
            if old:
                self._redis.hdel(self._key("workers"), *old)
        return [_worker(name, value) for name, value in seen if name not in old]

    def publish(self, results: Sequence[str], keep: int) -> None:
        """Puts Results (JSON) on the public stream `articles`, trimmed near `keep` entries."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for result in results:
                pipe.xadd(self._key("articles"), {"result": result}, maxlen=keep, approximate=True)
            pipe.execute()

    def unpublish(self, item_ids: Collection[int]) -> None:
        """Takes every Result of these items out of the public stream; reads it through, which takes seconds when it is full."""
        start = "-"
        with available():
            while item_ids and (entries := self._redis.xrange(self._key("articles"), start, "+", count=SLICE)):
                gone = [entry_id for entry_id, body in entries if _item_of(body) in item_ids]
                if gone:
                    self._redis.xdel(self._key("articles"), *gone)
                start = "(" + _text(entries[-1][0])


def _item_of(body: dict[bytes, bytes]) -> int | None:
    """The item of an entry of the public stream."""
    try:
        return int(json.loads(body[b"result"])["item_id"])
    except (ValueError, KeyError, TypeError):
        return None


def _headers(message: bytes) -> dict[str, Any]:
    """The headers of a message as kombu writes it; none where it is something else."""
    try:
        headers = json.loads(message)["headers"]
    except (ValueError, KeyError, TypeError):
        return {}
    return headers if isinstance(headers, dict) else {}


def _worker(name: str, value: dict[str, Any]) -> WorkerSeen:
    alive = time.time() - value["at"] <= ALIVE
    return WorkerSeen(name, tuple(value["queues"]), alive, value["at"], int(value["running"]) if alive else 0)
