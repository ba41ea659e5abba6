from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from worker.errors import ItemFailed
from worker.fetch import body
from worker.fetch.body import read_body
from worker.fetch.deadline import Deadline
from worker.fetch.head import Head
from worker.fetch.timed_socket import TimedSocket

CHUNKED = (("transfer-encoding", "chunked"),)
LIMIT = 1000


@pytest.fixture
def read(wire_of, settings):
    """`read(fields, data)`: the whole body that `data` is under these header fields, at most LIMIT bytes."""

    def whole(fields, data: bytes, *, ends: bool = True, limit: int = LIMIT) -> bytes:
        small = replace(settings, max_wire_bytes=limit)
        return b"".join(read_body(wire_of(data, ends=ends), Head(200, tuple(fields)), small, Deadline.after(20, "late"), set()))

    return whole


def length(number: int | str):
    return [("content-length", str(number))]


def test_a_length_ends_the_body_though_the_connection_stays(read) -> None:
    assert read(length(5), b"hello and more", ends=False) == b"hello"


def test_without_a_length_the_connection_ends_the_body(read) -> None:
    assert read([], b"hello") == b"hello"


def test_chunks_are_joined_and_their_extensions_and_trailers_dropped(read) -> None:
    assert read(CHUNKED, b"5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n", ends=False) == b"hello!"


def test_an_empty_length_states_none(read) -> None:
    assert read(length(""), b"hello") == b"hello"


def test_a_body_of_exactly_the_limit_is_read(read) -> None:
    assert len(read(length(LIMIT), b"a" * LIMIT)) == LIMIT
    assert len(read([], b"a" * LIMIT)) == LIMIT
    assert len(read(CHUNKED, b"3e8\r\n" + b"a" * LIMIT + b"\r\n0\r\n\r\n")) == LIMIT


def test_a_length_may_come_twice_if_it_is_the_same(read) -> None:
    assert read(length(5) + length("5, 5"), b"hello") == b"hello"


@pytest.mark.parametrize(
    ("fields", "data", "reason"),
    [
        (length(LIMIT + 1), b"a", "too-big"),
        (length(10**18), b"a", "too-big"),
        ([], b"a" * (LIMIT + 1), "too-big"),
        (CHUNKED, b"3e9\r\n", "too-big"),
        (CHUNKED, b"FFFFFFFFFFFFFFFF\r\n", "too-big"),
        (CHUNKED, b"FFFFFFFFFFFFFFFFF\r\n", "bad-response"),
        (length(10), b"short", "truncated"),
        (CHUNKED, b"5\r\nhel", "truncated"),
        (CHUNKED, b"5\r\nhello\r\n", "truncated"),
        (CHUNKED, b"5\r\nhello!\r\n0\r\n\r\n", "bad-response"),
        (CHUNKED, b"zz\r\n", "bad-response"),
        (CHUNKED, b"\r\n", "bad-response"),
        (CHUNKED, b"-1\r\n", "bad-response"),
        (CHUNKED, b"0x5\r\n", "bad-response"),
        (CHUNKED, b"1_0\r\n", "bad-response"),
        (CHUNKED, b"1;" + b"x" * 5000 + b"\r\n", "bad-response"),
        (CHUNKED, b"0\r\n" + b"A: b\r\n" * 300, "too-big"),
        (length("+5"), b"hello", "bad-response"),
        (length("1_0"), b"hello", "bad-response"),
        (length("-1"), b"hello", "bad-response"),
        (length("٥"), b"hello", "bad-response"),
        (length(5) + length(6), b"hello", "bad-response"),
        ([("transfer-encoding", "gzip, chunked")], b"", "bad-response"),
        ([("transfer-encoding", "identity")], b"", "bad-response"),
        ([*CHUNKED, *CHUNKED], b"", "bad-response"),
    ],
)
def test_a_body_that_will_not_do_fails_for_its_reason(read, fields, data: bytes, reason: str) -> None:
    with pytest.raises(ItemFailed) as failure:
        read(fields, data)
    assert failure.value.reason.word == reason


def test_a_length_that_lies_is_found_out_before_a_byte_is_read(wire_of, settings) -> None:
    wire = wire_of(b"a" * 100)
    with pytest.raises(ItemFailed, match="too-big"):
        read_body(wire, Head(200, (("content-length", "99999999999"),)), settings, Deadline.after(5, "late"), set())
    assert wire.received == 0


def test_more_framing_than_content_is_an_attack(read) -> None:
    with pytest.raises(ItemFailed, match="too-big"):
        read(CHUNKED, b"1\r\na\r\n" * 20_000, limit=10**6)


def test_a_body_that_drips_is_given_up_after_its_window(wire_of, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a server that is slower than the least speed, and a short window
    monkeypatch.setattr(body, "WINDOW", 0.05)
    monkeypatch.setattr(body, "GRACE", 0.05)
    wire = wire_of(b"a" * 3, ends=False)
    # When the body is read
    blocks = read_body(wire, Head(200, ()), settings, Deadline.after(20, "late"), set())
    # Then it ends long before the whole time is over
    with pytest.raises(ItemFailed, match="slower than 128 bytes a second"):
        list(blocks)


def test_a_pause_at_the_end_of_a_window_is_no_drip(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a server that sends plenty, rests longer than the window lasts, and sends the rest
    monkeypatch.setattr(body, "WINDOW", 0.3)
    monkeypatch.setattr(body, "GRACE", 0.0)
    ours, theirs = socket.socketpair()

    def send() -> None:
        theirs.sendall(b"a" * 500)
        time.sleep(0.4)
        theirs.sendall(b"b" * 500)

    threading.Thread(target=send, daemon=True).start()
    # When the body is read
    wire = TimedSocket(ours, Deadline.after(20, "late"))
    blocks = read_body(wire, Head(200, (("content-length", "1000"),)), settings, Deadline.after(20, "late"), set())
    # Then all of it comes
    assert b"".join(blocks) == b"a" * 500 + b"b" * 500
    ours.close()
    theirs.close()


def test_the_whole_time_ends_a_body_that_keeps_its_speed(wire_of, settings) -> None:
    wire = wire_of(b"a" * 100, ends=False)
    with pytest.raises(ItemFailed, match="timeout: late"):
        list(read_body(wire, Head(200, ()), settings, Deadline.after(0.05, "late"), set()))
