"""Servers whose chunks are wrong."""

from __future__ import annotations

import gzip
import itertools

from tests.lab.site import Call
from tests.lab.variant import Variant, article

BODY = article()
GOOD = b"%x\r\n%b\r\n" % (len(BODY), BODY)
START = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(data: bytes, coding: bytes = b"chunked"):
    return lambda call: call.say(START.replace(b": chunked", b": " + coding) + data)


def then_for_ever(first: bytes, piece: bytes):
    def handler(call: Call) -> None:
        call.say(START + first)
        call.flood(itertools.repeat(piece))

    return handler


SERVERS = {
    "c01": [
        Variant(chunks(GOOD + bad))
        for bad in (b"zz\r\n", b"-1\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"+5\r\n", b"1_0\r\n", b"\r\n", b" 5\r\n")
    ],
    "c03": [Variant(chunks(GOOD + b"FFFFFFFFFFFFFFFFF\r\nabc")), Variant(chunks(GOOD + b"FFFFFFFFFFFFFFF\r\nabc"))],
    "c04": [Variant(then_for_ever(GOOD + b"1;", b"x" * 60000))],
    "c05": [Variant(chunks(GOOD)), Variant(chunks(GOOD + b"5\r\nhel"))],
    "c06": [Variant(then_for_ever(GOOD + b"0\r\n", b"X-T: a\r\n" * 1000)), Variant(then_for_ever(GOOD + b"0\r\n", b"x" * 60000))],
    "c07": [Variant(chunks(GOOD + b"5\r\n0123456789\r\n0\r\n\r\n"))],
    "c08": [Variant(chunks(b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed), b"gzip, chunked")) for packed in (gzip.compress(BODY),)],
    "c09": [
        Variant(chunks(GOOD + b"0\r\n\r\n", coding))
        for coding in (b"identity", b"xchunked", b"chunked, chunked", b"chunked;q=1", b"\x0bchunked")
    ],
    "own-chunk-extensions": [Variant(chunks(GOOD.replace(b"\r\n", b";name=value\r\n", 1) + b"0\r\n\r\n"), verdict="ok")],
    "own-trailers": [Variant(chunks(GOOD + b"0\r\nX-Sum: 1\r\n\r\n"), verdict="ok")],
    "own-chunks-end-without-blank": [Variant(chunks(GOOD + b"0\r\n"), verdict="ok")],
}
