"""Servers that take their time."""

from __future__ import annotations

import itertools
import time

from tests.lab.names import Script
from tests.lab.site import Call
from tests.lab.variant import Variant, article, honest


def endless_continue(call: Call) -> None:
    call.flood(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 50))


def slow_continue(call: Call) -> None:
    for _ in range(40):
        call.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(1)


def early_hints(call: Call) -> None:
    call.say(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 10_000)
    call.answer(article())


def slow_hops(call: Call) -> None:
    hop = int(call.path.rpartition("=")[2] if "=" in call.path else 0)
    time.sleep(9)
    call.answer(b"", "302 Found", Location=f"/news?hop={hop + 1}") if hop < 5 else call.answer(article())


def keep_alive(call: Call) -> None:
    call.answer(article(), Connection="keep-alive")
    call.hang()


def no_length_no_end(call: Call) -> None:
    call.say(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + article())
    call.hang()


def drip_body(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    for byte in article():
        call.say(bytes([byte]))
        time.sleep(0.5)


def drip_head(call: Call) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Long: " + b"a" * 200:
        call.say(bytes([byte]))
        time.sleep(0.4)


def drip_record(call: Call) -> None:
    """A TLS record whose bytes come one by one: a read that waits for the whole record would wait for ever."""
    hello = b"\x16\x03\x03\x40\x00\x02" + bytes(200)
    call.socket.recv(4096)
    for byte in hello:
        call.say(bytes([byte]))
        time.sleep(0.5)


def late_but_honest(call: Call) -> None:
    time.sleep(8)
    call.answer(article())


def pausing(call: Call) -> None:
    body = article()
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:2000])
    time.sleep(9)
    call.say(body[2000:])


def silent(call: Call) -> None:
    call.hang()


SERVERS = {
    "t02": [Variant(silent, raw=True)],  # the driver fills the queue of this address
    "t07": [Variant(silent, raw=True, scheme="https"), Variant(drip_record, raw=True, scheme="https")],
    "t09": [Variant(honest, script=Script(silent=True))],
    "t10": [Variant(honest, script=Script(cname="next.example", delay=4))],
    "t11": [Variant(endless_continue), Variant(slow_continue)],
    "t12": [Variant(early_hints)],
    "t13": [Variant(slow_hops)],
    "t14": [Variant(keep_alive)],
    "t15": [Variant(no_length_no_end)],
    "own-late-but-honest": [Variant(late_but_honest, verdict="ok")],
    "own-pause-in-the-body": [Variant(pausing, verdict="ok")],
    "own-silent-after-request": [Variant(silent, verdict="transient:timeout_first_byte")],
    "own-drip-body": [Variant(drip_body, verdict="transient:timeout_total")],
    "own-drip-head": [Variant(drip_head, verdict="transient:timeout_header")],
}
