"""Connect to Redis with time limits; name the queues; turn Redis' errors into one line."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry

from worker.config import Settings
from worker.errors import Unavailable

FETCH, URGENT, LABEL, LABEL_BULK, RESULTS = "fetch", "fetch.urgent", "label", "label.bulk", "results"
QUEUES = (FETCH, URGENT, LABEL, LABEL_BULK, RESULTS)
CELERY_QUEUES = QUEUES[:-1]
PIPELINE = (FETCH, URGENT, LABEL)
"""Celery's queues in which leased items wait; `results` is the last stage and no queue of Celery."""

ANSWER_TIMEOUT = 10.0
"""Seconds for Redis to answer one command: it serves in microseconds, rewriting its log in seconds."""
CONNECT_TIMEOUT = 5.0
"""Seconds to connect: a command that cannot reach Redis says so within them."""
HEALTH_CHECK = 15
"""Seconds of silence after which a connection is tested with PING before it is used again."""
SHORT_TIMEOUT = 2.0
"""Seconds to connect, and for an answer, where a command only reports: with the start of Python it reports within 5 s."""
REMEMBERED = 5.0
"""Seconds for which a reporting command asks a Redis no more that did not answer: it asks several things, one after the other."""
RETRY = 0.05
"""Seconds before a command is tried again, twice: bridges a dropped connection; callers wait out a longer outage themselves."""

SLICE = 50
"""Messages or entries read at once where a whole queue is read: a label message is some 100 KB."""

RawEntry: TypeAlias = tuple[bytes | str | None, Mapping[bytes | str, bytes | str] | None]
"""An entry of a stream as redis-py gives it."""
StreamEntry: TypeAlias = tuple[str, dict[bytes, bytes]]
"""Id and fields of an entry of a stream."""


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Turns Redis' own errors into Unavailable, in one line."""
    try:
        yield
    except redis.ResponseError as error:
        said = " ".join(str(error).split())[:300]
        if said.startswith("WRONGTYPE"):
            raise Unavailable(f"a key in Redis holds another type of value; `pressmark doctor` names it: {said}") from error
        raise Unavailable(f"Redis cannot be used: {said}") from error
    except redis.RedisError as error:
        raise Unavailable(f"Redis cannot be used: {' '.join(str(error).split())[:300] or type(error).__name__}") from error


FOR_NOW = ("MISCONF", "READONLY", "OOM", "BUSY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN")
"""What the answers begin with of a Redis that is there and refuses for a while: it cannot save, is full, follows a master, or loads."""


def expect_answer(client: redis.Redis) -> None:
    """Raises Unavailable where Redis does not answer, or never will; one that refuses for now is waited out by whoever needs it."""
    with available():
        try:
            client.ping()
        except (redis.ResponseError, redis.exceptions.BusyLoadingError) as refusal:
            if not str(refusal).startswith(FOR_NOW) and not isinstance(refusal, redis.exceptions.BusyLoadingError):
                raise


class ReportingClient(redis.Redis):
    """A client that does not ask again, for some seconds, once Redis did not answer."""

    _silent: redis.RedisError | None = None
    _ask_again_at = 0.0

    def execute_command(self, *args: object, **options: object) -> object:
        """As redis-py's own; raises the error of the last command where that is younger than REMEMBERED."""
        if self._silent is not None and time.monotonic() < self._ask_again_at:
            raise self._silent
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (redis.ConnectionError, redis.TimeoutError) as error:
            self._silent, self._ask_again_at = error, time.monotonic() + REMEMBERED
            raise


def connect(settings: Settings) -> redis.Redis:
    """A client for the Redis of these settings, with time limits; raises Unavailable where no URL is known.

    Commands on it raise redis.RedisError; wrap them in `available` for one clear line.
    """
    return _client(
        redis.Redis, settings, ANSWER_TIMEOUT, CONNECT_TIMEOUT, retry=Retry(ConstantBackoff(RETRY), 2), health_check=HEALTH_CHECK
    )


def connect_to_report(settings: Settings) -> redis.Redis:
    """A client as `connect` gives it, for commands that report: it waits briefly, tries once, and remembers that Redis is silent."""
    return _client(ReportingClient, settings, SHORT_TIMEOUT, SHORT_TIMEOUT, retry=Retry(NoBackoff(), 0))


def _client(
    kind: type[redis.Redis], settings: Settings, answer: float, connecting: float, *, retry: Retry, health_check: int = 0
) -> redis.Redis:
    if settings.redis_url is None:
        raise Unavailable("no Redis is known: start `pressmark up`, or set PRESSMARK_REDIS_URL")
    try:
        return kind.from_url(
            settings.redis_url,
            socket_timeout=answer,
            socket_connect_timeout=connecting,
            protocol=2,  # answers in the form that redis-py has known longest, on every server from Redis 6.2
            retry=retry,
            health_check_interval=health_check,
        )
    except ValueError as error:
        raise Unavailable("PRESSMARK_REDIS_URL: expected a URL such as redis://host:6379/0") from error


def as_text(value: bytes | str) -> str:
    """A name or an id as redis-py gives it, as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def as_bytes(value: bytes | str) -> bytes:
    """A value as redis-py gives it, as bytes."""
    return value.encode() if isinstance(value, str) else value


def stream_entries(answer: Iterable[RawEntry] | None) -> list[StreamEntry]:
    """The entries that XRANGE, XREADGROUP or XCLAIM answered; one that was deleted meanwhile has no id and is left out."""
    return [
        (as_text(entry_id), {as_bytes(name): as_bytes(value) for name, value in (fields or {}).items()})
        for entry_id, fields in answer or ()
        if entry_id is not None
    ]
