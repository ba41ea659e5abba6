"""Servers whose heads are wrong."""

from __future__ import annotations

import itertools

from tests.lab.site import Call
from tests.lab.variant import Variant, article

BODY = article()


def head(*lines: bytes, body: bytes = BODY, status: bytes = b"HTTP/1.1 200 OK"):
    """A handler that sends exactly these lines."""
    fields = lines or (b"Content-Type: text/html",)
    return lambda call: call.say(b"\r\n".join([status, *fields, b"", b""]) + body)


def flood_of(line: bytes):
    def handler(call: Call) -> None:
        call.say(b"HTTP/1.1 200 OK\r\n")
        call.flood(itertools.repeat(line))

    return handler


def cookies(call: Call) -> None:
    jar = "".join(f"Set-Cookie: c{number}={'x' * 4000}; Path=/\r\n" for number in range(90))
    call.say(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{jar}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)


def super_cookie(call: Call) -> None:
    call.answer(b"", "302 Found", Location="http://other-h05.example/news", Set_Cookie="sid=1; Domain=.example")


def banner(text: bytes):
    def handler(call: Call) -> None:
        call.say(text)
        call.hang(2)

    return handler


def reset_half(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY[: len(BODY) // 2])
    call.socket.settimeout(1)
    call.reset()


LENGTH = b"Content-Length: %d" % len(BODY)
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + LENGTH + b"\r\n\r\n"
SERVERS = {
    "h01": [
        Variant(flood_of(b"X-A: b\r\n" * 100)),
        Variant(flood_of(b"x" * 65536)),
        Variant(flood_of(b"Set-Cookie: a=" + b"b" * 4000 + b"\r\n")),
    ],
    "h04": [Variant(cookies, steps=("/news", "/again"))],
    "h05": [Variant(super_cookie, names={"other-h05.example": "45.33.200.5"})],
    "h06": [Variant(head(b"Content-Length: 5", b"Content-Length: 500"))],
    "h07": [Variant(head(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)))],
    "h08": [Variant(head(b"Content-Length: -1"))],
    "h09": [Variant(head(b"Content-Length:" + value)) for value in (b" +5", b" 1_0", b"  5 ", b" 5 5", b" 0x10", b" \xb2")],
    "h10": [Variant(head(b"Content-Type: text/html", b"Content-Length: 100000"))],
    "h14": [Variant(head(b"X: a\0b", LENGTH)), Variant(head(b"X\0: ab", LENGTH)), Variant(head(b"X: a\rb", LENGTH))],
    "h15": [Variant(lambda call: call.say(b"HTTP/1.1 200 OK\nContent-Type: text/html\n%b\n\n" % LENGTH + BODY))],
    "h16": [Variant(head(b"Content-Type: \xff\xfe", LENGTH)), Variant(head(b"Content-Type: text/html", b'ETag: "\xff\xfe"', LENGTH))],
    "h17": [
        Variant(head(b"Content-Type: text/html", b"Server: \x1b[2J\x1b]0;x\x07", LENGTH, status=b"HTTP/1.1 200 \x1b[2J\x1b]0;x\x07")),
    ],
    "h18": [
        Variant(head(status=b"HTTP/1.1 " + code))
        for code in (b"99 Odd", b"600 Odd", b"0 Odd", b"abc Odd", b"099 Odd", b"-200", b"2000 OK", b"")
    ],
    "h21": [Variant(banner(text), raw=True) for text in (b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail ESMTP\r\n", b"-ERR unknown command\r\n")],
    "h23": [Variant(lambda call: call.reset(), raw=True)],
    "h24": [Variant(reset_half)],
    "h25": [Variant(head(b"Upgrade: websocket", status=b"HTTP/1.1 101 Switching Protocols"))],
    "h26": [Variant(lambda call: call.answer(b"", "401 Unauthorized", WWW_Authenticate='Basic realm="x", Negotiate'))],
    "h27": [Variant(lambda call: call.answer(b"", "407 Proxy Authentication Required", Proxy_Authenticate="Basic"))],
    "own-binary": [
        Variant(lambda call: call.say(bytes(range(256)) * 4), verdict="permanent:bad_response"),
        Variant(lambda call: call.say(b"\x16\x03\x01\x02\x00"), verdict="permanent:bad_response"),
    ],
    "own-some-hints-then-ok": [
        Variant(lambda call: call.say(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 5 + OK_HEAD + BODY), verdict="ok"),
    ],
    "own-length-smaller-than-body": [
        Variant(head(b"Content-Type: text/html", b"Content-Length: 500"), verdict="ok|permanent:empty_document")
    ],
    "own-no-body": [Variant(head(b"Content-Type: text/html", b"Content-Length: 0", body=b""), verdict="permanent:empty_document")],
    "own-http09": [Variant(lambda call: call.say(BODY), verdict="permanent:bad_response")],
    "own-http2": [Variant(head(status=b"HTTP/2 200 OK"), verdict="permanent:bad_response")],
    "own-no-colon": [Variant(head(b"NoColonHere", LENGTH), verdict="permanent:bad_response")],
    "own-blank-before-colon": [Variant(head(b"Content-Length : 5"), verdict="ok")],
    "own-folded": [Variant(head(b"X-A: b", b"  c", b"Content-Type: text/html", LENGTH), verdict="ok")],
    "own-closes-without-answer": [Variant(lambda call: None, verdict="transient:connection_reset")],
    "own-closes-in-head": [Variant(lambda call: call.say(b"HTTP/1.1 200 OK\r\nContent-Ty"), verdict="transient:truncated")],
    "own-endless-status": [
        Variant(lambda call: call.flood(itertools.repeat(b"HTTP/1.1 200 " + b"O" * 60000)), verdict="permanent:header_flood")
    ],
    "own-no-reason": [Variant(head(b"Content-Type: text/html", LENGTH, status=b"HTTP/1.1 200"), verdict="ok")],
    "own-same-length-twice": [Variant(head(b"Content-Type: text/html", LENGTH, LENGTH), verdict="ok")],
    "own-no-type": [Variant(head(LENGTH), verdict="ok")],
}
