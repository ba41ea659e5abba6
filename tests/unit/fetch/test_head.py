from __future__ import annotations

import pytest

from worker.errors import ItemFailed
from worker.fetch.head import read_head

OK = b"HTTP/1.1 200 OK\r\n"


def test_status_and_fields_are_read_in_order(wire_of, settings) -> None:
    # Given a plain head, a folded field and one in Latin-1
    wire = wire_of(OK + b"Content-Type: text/html\r\nX-A: b\r\n  c\r\nx-a:\tD\xe9 \r\n\r\nbody")
    # When it is read
    head = read_head(wire, settings)
    # Then names are lower case, values trimmed, and the body is still there
    assert head.status == 200
    assert head.fields == (("content-type", "text/html"), ("x-a", "b c"), ("x-a", "Dé"))
    assert (head.get("x-a"), head.all("x-a"), head.get("none")) == ("b c", ["b c", "Dé"], None)
    assert wire.some(10) == b"body"


def test_interim_answers_are_skipped(wire_of, settings) -> None:
    wire = wire_of(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404\r\n\r\n")
    assert read_head(wire, settings).status == 404


def test_cookies_are_thrown_away_as_they_come(wire_of, settings) -> None:
    jar = (b"Set-Cookie: a=" + b"x" * 4000 + b"\r\n") * 90
    assert read_head(wire_of(OK + jar + b" folded\r\nA: b\r\n\r\n"), settings).fields == (("a", "b"),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "bad-response"),
        (b"<html>", "bad-response"),
        (b"\0\xff\xfe", "bad-response"),
        (b"HTTP/1.1 200", "truncated"),
        (b"HTT", "truncated"),
        (b"<html>\n", "bad-response"),
        (b"HTTP/2 200 OK\r\n\r\n", "bad-response"),
        (b"HTTP/1.1 99 x\r\n\r\n", "bad-response"),
        (b"HTTP/1.1 600 x\r\n\r\n", "bad-response"),
        (b"HTTP/1.1 200OK\r\n\r\n", "bad-response"),
        (b"HTTP/1.1 200 O\0K\r\n\r\n", "bad-response"),
        (b"HTTP/1.1 101 Switching\r\n\r\n", "bad-response"),
        (OK + b"NoColon\r\n\r\n", "bad-response"),
        (OK + b": b\r\n\r\n", "bad-response"),
        (OK + b" folded first\r\n\r\n", "bad-response"),
        (OK + b"A: b\0c\r\n\r\n", "bad-response"),
        (OK + b"A: b\rc\r\n\r\n", "bad-response"),
        (OK + b"Content-Length: 5 \r\n\r\n", "bad-response"),
        (OK + b"A: b", "truncated"),
        (OK + b"A: " + b"b" * 70_000 + b"\r\n\r\n", "too-big"),
        (OK + b"A: b\r\n" * 201 + b"\r\n", "too-big"),
        (OK + (b"A: " + b"b" * 1000 + b"\r\n") * 70 + b"\r\n", "too-big"),
        (OK + (b"Set-Cookie: " + b"b" * 9000 + b"\r\n") * 70 + b"\r\n", "too-big"),
        (b"HTTP/1.1 200 " + b"O" * 70_000, "too-big"),
        (b"", "connect"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 30, "timeout"),
        (b"HTTP/1.1 103 Hints\r\n\r\n" * 30, "bad-response"),
    ],
)
def test_a_head_that_will_not_do_fails_for_its_reason(wire_of, settings, data: bytes, reason: str) -> None:
    with pytest.raises(ItemFailed) as failure:
        read_head(wire_of(data), settings)
    assert failure.value.reason.word == reason


def test_a_banner_is_known_by_its_first_bytes(wire_of, settings) -> None:
    with pytest.raises(ItemFailed, match="bad-response: expected HTTP, got b'220 mai'"):
        read_head(wire_of(b"220 mail", ends=False), settings)


def test_a_head_that_never_ends_is_given_up_at_the_deadline(wire_of, settings) -> None:
    with pytest.raises(ItemFailed, match="timeout: too late"):
        read_head(wire_of(OK, ends=False, seconds=0.05), settings)


def test_a_location_is_read_as_utf8_where_it_is(wire_of, settings) -> None:
    head = read_head(wire_of(OK + "Location: /ក\r\n\r\n".encode()), settings)
    assert head.location() == "/ក"
    assert read_head(wire_of(OK + b"Location: /\xe9\r\n\r\n"), settings).location() == "/%E9"
