"""What Celery's transport takes for a message, and what it does while Redis refuses."""

from __future__ import annotations

import base64
import json
import time
from queue import Empty

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from worker.pipeline.celery_transport import Channel, NotOurs, OurMessage, Transport, checked

AFTER = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def body(*args, after=AFTER, **named) -> str:
    return base64.b64encode(json.dumps([list(args), named, after]).encode()).decode()


def message(headers=None, properties=None, **changed) -> bytes:
    """As Celery writes it for `fetch`."""
    return json.dumps(
        {
            "body": body(["{}"]),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "py", "task": "pressmark.fetch", "id": "1", "urls": 1, **(headers or {})},
            "properties": {"delivery_tag": "1", "body_encoding": "base64", **(properties or {})},
            **changed,
        }
    ).encode()


def test_a_message_of_ours_is_taken_with_its_decoded_body():
    taken = checked(message(), "fetch")
    assert taken["decoded"] == [[["{}"]], {}, AFTER]
    assert taken["headers"]["task"] == "pressmark.fetch"


@pytest.mark.parametrize("header", ["eta", "expires", "timelimit", "compression", "shadow", "retries"])
def test_headers_that_would_change_how_a_task_runs_do_not_pass(header):
    assert header not in checked(message(headers={header: "garbage"}), "fetch")["headers"]


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<html>",
        b"5",
        b"[]",
        b"{}",
        b"\x00" * 64,
        b"\xff\xfe",
        b"[" * 100_000,
        message(headers={"task": "pressmark.label"}),
        message(headers={"task": None}),
        message(headers={"id": 5}),
        message(headers={"id": None}),
        message(properties={"delivery_tag": None}),
        message(properties={"body_encoding": "zip"}),
        message(body=None),
        message(body="=="),
        message(body="é"),
        message(body=base64.b64encode(b"[" * 100_000).decode()),
        message(body=body()),
        message(body=body(5)),
        message(body=body([], [])),
        message(body=body([], named=1)),
        message(body=body([], after={"callbacks": [{"task": "pressmark.fetch"}]})),
        message(**{"content-type": "application/x-python-serialize"}),
    ],
)
def test_anything_else_is_refused(wrong):
    with pytest.raises(NotOurs):
        checked(wrong, "fetch")


def test_a_message_is_decoded_once():
    class Decoder:
        def decode_body(self, text, encoding):
            return base64.b64decode(text)

    found = OurMessage(checked(message(), "fetch"), channel=Decoder())
    found._decode = lambda: pytest.fail("decoded again")
    assert found.payload == [[["{}"]], {}, AFTER]


class Connection:
    """Counts what happens to it."""

    disconnected = 0

    def disconnect(self) -> None:
        self.disconnected += 1


class Client:
    """Answers a blocking pop with what it is given."""

    def __init__(self) -> None:
        self.connection, self.answer = Connection(), None

    def parse_response(self, connection, command, **options):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Cycle:
    """The order of queues."""

    def rotate(self, queue) -> None:
        pass


class Line:
    """Takes what is delivered."""

    def __init__(self) -> None:
        self.delivered: list[str] = []

    def _deliver(self, message, queue) -> None:
        self.delivered.append(queue)


@pytest.fixture
def channel(monkeypatch) -> Channel:
    """One without a connection."""
    channel = Channel.__new__(Channel)
    client = Client()
    monkeypatch.setattr(Channel, "client", client)
    monkeypatch.setattr(Channel, "_flush_brpop_reauth", lambda self: None)
    channel.connection, channel._queue_cycle = Line(), Cycle()
    channel.connection_errors = Transport.connection_errors
    channel.parked = []
    monkeypatch.setattr(Channel, "_park", lambda self, queue, body, why: self.parked.append(queue))
    return channel


@pytest.mark.parametrize("refusal", [OutOfMemoryError("full"), ReadOnlyError("replica"), ResponseError("MISCONF no disk")])
def test_a_refused_pop_is_logged_once_and_tried_again_later(channel, refusal, caplog):
    # When
    channel.client.answer = refusal
    for _ in range(3):
        with pytest.raises(Empty):
            channel._brpop_read()
    # Then
    assert len(caplog.records) == 1
    assert channel._pop_again_at > time.monotonic()
    assert channel.client.connection.disconnected == 0
    assert channel._in_poll is None


def test_a_lost_connection_is_an_error_that_celery_answers_with_a_new_one(channel):
    channel.client.answer = RedisConnectionError("gone")
    with pytest.raises(RedisConnectionError):
        channel._brpop_read()
    assert channel.client.connection.disconnected == 1


def test_a_message_is_delivered_and_garbage_parked(channel):
    for answer in (("fetch", message()), ("fetch", b"<html>"), ("fetch", message())):
        channel.client.answer = (answer[0].encode(), answer[1])
        assert channel._brpop_read()
    assert channel.connection.delivered == ["fetch", "fetch"]
    assert channel.parked == ["fetch"]


def test_an_error_that_redis_answers_is_a_lost_connection_for_celery():
    assert issubclass(OutOfMemoryError, Transport.connection_errors)
