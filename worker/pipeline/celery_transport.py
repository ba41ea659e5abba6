"""Connect Celery to Redis: wait while Redis refuses commands, and park what is no message of ours.

kombu's own transport raises what Redis answers to a blocking pop, and what it cannot decode, into the worker's event loop,
which ends the worker. This one adds two things and leaves the rest as it is.
"""

from __future__ import annotations

import base64
import logging
import time
from queue import Empty

from kombu.transport import redis as kombu_redis
from kombu.transport.virtual import Message
from kombu.utils.json import dumps
from pydantic_core import from_json
from redis.exceptions import RedisError, ResponseError

from worker import queues
from worker.celery_app import FETCH_TASK, LABEL_TASK, RELABEL_TASK
from worker.queues.depths import add_entries, entry_of
from worker.queues.parked import KEPT, PARKED, parked_entry

log = logging.getLogger(__name__)

TASKS = {queues.FETCH: FETCH_TASK, queues.URGENT: FETCH_TASK, queues.LABEL: LABEL_TASK, queues.LABEL_BULK: RELABEL_TASK}
"""The one task whose messages lie on each queue."""
HEADERS = ("id", "root_id", "argsrepr", "kwargsrepr", "origin", "urls", "sent")
"""What passes on of a message's headers: the others could delay a task, compress its body or call another."""
REFUSED = 1.0
"""Seconds until the next blocking pop after one that Redis refused: short beside an outage, and no load."""


class NotOurs(Exception):
    """What was taken from a queue is no message that this program sends."""


class OurMessage(Message):
    """A message whose body was decoded when it was checked, and is not decoded once more."""

    def __init__(self, payload: dict[str, object], channel: object = None, **kwargs: object) -> None:
        super().__init__(payload, channel=channel, **kwargs)  # type: ignore[no-untyped-call]
        self._decoded_cache = payload.get("decoded")


class Channel(kombu_redis.Channel):
    """Reads messages with a blocking pop that a refusing Redis delays and garbage does not end."""

    Message = OurMessage
    _pop_again_at = 0.0
    """Monotonic time before which nothing is popped."""
    _is_refused = False

    def _brpop_start(self, timeout: float | None = None) -> None:
        if time.monotonic() >= self._pop_again_at:
            super()._brpop_start(timeout)  # type: ignore[no-untyped-call]

    def _brpop_read(self, **options: object) -> bool:
        """One answer to a pop; raises kombu's Empty where it brings nothing, as the event loop expects."""
        try:
            popped = self._popped(**options)
        finally:
            self._in_poll = None  # type: ignore[assignment]
            self._flush_brpop_reauth()  # type: ignore[no-untyped-call]
        if popped is None:
            raise Empty
        queue, body = popped
        self._queue_cycle.rotate(queue)
        self._deliver_or_park(queue, body)
        return True

    def _popped(self, **options: object) -> tuple[str, bytes] | None:
        """Queue and message; None where there is none, or Redis refuses."""
        try:
            answer = self.client.parse_response(self.client.connection, "BRPOP", **options)
        except ResponseError as refusal:
            self._refused(refusal)
            return None
        except self.connection_errors:
            self.client.connection.disconnect()
            raise
        if self._is_refused:
            log.info("Redis gives out messages again")
        self._is_refused = False
        return (answer[0].decode("utf-8", "replace").rsplit(self.sep, 1)[0], answer[1]) if answer else None

    def _refused(self, refusal: ResponseError) -> None:
        """A Redis that is full, read-only or cannot save answers an error; so does a queue's key of another type."""
        if not self._is_refused:
            log.error("Redis gives out no messages, trying again: %s", " ".join(str(refusal).split())[:300])
        self._is_refused = True
        self._pop_again_at = time.monotonic() + REFUSED

    def _deliver_or_park(self, queue: str, body: bytes) -> None:
        try:
            message = checked(body, queue)
        except NotOurs as wrong:
            self._park(queue, body, str(wrong))
        else:
            self.connection._deliver(message, queue)

    def _put(self, queue: str, message: dict[str, object], **_: object) -> None:
        """Puts a message on its queue, and what is to be known of it beside the queue, in one transaction."""
        headers = message.get("headers")
        known = headers if isinstance(headers, dict) else {}
        key = str(self._q_for_pri(queue, 0))  # type: ignore[no-untyped-call]
        with self.conn_or_acquire() as client:
            pipe = client.pipeline()
            pipe.lpush(key, dumps(message))  # type: ignore[no-untyped-call]
            add_entries(pipe, key, [entry_of(known.get("urls"), known.get("sent"))], prefix=self.global_keyprefix)
            pipe.execute()

    def _queue_bind(self, *binding: object) -> None:
        """Writes a queue into the table of its exchange, which no message of this program needs: a refusal stops no worker."""
        try:
            super()._queue_bind(*binding)  # type: ignore[no-untyped-call]
        except ResponseError as refusal:
            log.debug("a queue was not bound, Redis refuses: %s", refusal)

    def _size(self, queue: str) -> int:
        """Messages on a queue, asked outside a transaction: a full Redis refuses even to read within one."""
        with self.conn_or_acquire() as client:
            return int(client.llen(queue))

    def _park(self, queue: str, body: bytes, why: str) -> None:
        log.error("message on the queue %s parked: %s", queue, why)
        try:
            with self.conn_or_acquire() as client:
                client.lpush(PARKED, parked_entry(queue, body, why))
                client.execute_command("LTRIM", f"{self.global_keyprefix}{PARKED}", 0, KEPT - 1)  # kombu adds its prefix to few commands
        except (RedisError, OSError) as away:
            log.error("the message is lost, Redis takes none: %s; it began with %r", away, body[:200])  # noqa: TRY400 - one line


class Transport(kombu_redis.Transport):
    """kombu's transport for Redis, for which an error that Redis answers is an outage and no end."""

    Channel = Channel
    connection_errors = (*kombu_redis.Transport.connection_errors, ResponseError)


def checked(body: bytes, queue: str) -> dict[str, object]:
    """The message in kombu's form, with its decoded body under `decoded`; raises NotOurs where this program sends no such message."""
    message = _object(_json(body, "the message"), "the message")
    headers = _object(message.get("headers"), "its headers")
    properties = _object(message.get("properties"), "its properties")
    if headers.get("task") != TASKS.get(queue):
        raise NotOurs(f"expected the task {TASKS.get(queue)}, got {str(headers.get('task'))[:100]!r}")
    if message.get("content-type") != "application/json" or properties.get("body_encoding") != "base64":
        raise NotOurs("expected a body of JSON in base64")
    for name, value in (("id", headers.get("id")), ("delivery_tag", properties.get("delivery_tag"))):
        if not isinstance(value, str):
            raise NotOurs(f"expected a text as {name}, got {type(value).__name__}")
    call = _call(message.get("body"))
    return {
        "body": message["body"],
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "py", "task": headers["task"], **{name: headers[name] for name in HEADERS if name in headers}},
        "properties": {
            "delivery_tag": properties["delivery_tag"],
            "delivery_info": {"exchange": "", "routing_key": queue},
            "body_encoding": "base64",
            "correlation_id": headers["id"],
            "priority": 0,
        },
        "decoded": call,
    }


def _call(body: object) -> list[object]:
    """The decoded body: arguments, which are one list; no named arguments; no tasks to call afterwards."""
    try:
        decoded = base64.b64decode(body if isinstance(body, str) else "", validate=True)
    except ValueError as error:
        raise NotOurs(f"its body is no base64: {error}") from error
    match _json(decoded, "its body"):
        case [[list()], dict() as named, dict() as after] as call if not named and not any(after.values()):
            return list(call)
    raise NotOurs("expected one list of records as arguments")


def _json(text: bytes, what: str) -> object:
    try:
        return from_json(text)
    except ValueError as error:
        raise NotOurs(f"{what} is no JSON: {error}") from error


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise NotOurs(f"expected {what} as an object, got {type(value).__name__}")
    return value
