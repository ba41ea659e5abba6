"""Mutated answers: whatever comes, the reader gives a body within the limits or a reason on the list, and nothing else."""

from __future__ import annotations

import gzip
import os
import random
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from worker.config import Settings
from worker.errors import ItemFailed
from worker.fetch.content_coding import decode
from worker.fetch.deadline import Deadline
from worker.fetch.head import read_head
from worker.fetch.timed_socket import TimedSocket
from worker.fetch.transport import Exchange

BODY = b"<p>Some words of a page.</p>\n" * 20
CHUNKS = b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (BODY[:100], BODY[100:])) + b"0\r\nX-T: a\r\n\r\n"
PACKED = gzip.compress(BODY)
START = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SEEDS = [
    START + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    START + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    START + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
    START
    + b"Content-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    % (len(zlib.compress(BODY)), zlib.compress(BODY)),
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + START + b"Set-Cookie: a=b\r\nX: y\r\n  folded\r\n\r\n" + BODY,
    b"HTTP/1.0 302 Found\r\nLocation: /a\r\n\r\n",
]
PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\0", b":", b";", b" ", b"\t", b"0\r\n\r\n", b"ffffffff", b"-1", b"1_0", b"\xff\xfe", b"\x1f\x8b\x08"),
    *(b"HTTP/1.1 ", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip, gzip\r\n"),
    *(b"A" * 5000, b"X: y\r\n" * 250),
]
LIMIT = 4096


def mutated(chance: random.Random) -> bytes:
    """A good answer with a few things wrong."""
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            data[at:at] = chance.choice(PIECES)
        elif kind == 1:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 2:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            other = chance.choice(SEEDS)
            data[at:] = other[chance.randrange(len(other)) :]
        else:
            data = data[:at] or data
    return bytes(data)


def read(data: bytes, settings: Settings) -> bytes | str:
    """The whole body of the answer `data`, or the reason why there is none."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(5)
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        deadline = Deadline.after(20, "late")
        wire, body = TimedSocket(ours, deadline), b""
        try:
            head = read_head(wire, settings)
            for block in Exchange(wire, head, settings, deadline).stream():
                body += block
                if len(body) > LIMIT * 4:
                    return "too-big"
        except ItemFailed as failure:
            return failure.reason.word
    return body


def answers(seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    while True:
        yield mutated(chance)


def fuzz(settings: Settings, seed: int, *, count: int = 0, seconds: float = 0.0) -> set[str]:
    """Reads so many, or for so long; the kinds of ends that were met."""
    small = replace(settings, max_wire_bytes=LIMIT, codings=("gzip", "deflate", "br", "zstd"))
    ends: set[str] = set()
    stop = time.monotonic() + seconds
    for number, data in enumerate(answers(seed)):
        if (count and number >= count) or (seconds and time.monotonic() > stop):
            return ends
        end = read(data, small)
        ends.add("read" if isinstance(end, bytes) else end)
    return ends


def test_mutated_answers_end_with_a_body_or_a_reason(settings) -> None:
    ends = fuzz(settings, seed=7, count=3000)
    assert {"read", "bad-response", "truncated", "too-big"} <= ends
    assert ends <= {"read", "bad-response", "truncated", "too-big", "connect", "timeout"}


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_mutated_answers_for_minutes(settings) -> None:
    seed = int(os.environ.get("PRESSMARK_TEST_SEED", "0")) or random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201 - to play it again
    fuzz(settings, seed, seconds=240)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_chance_bytes_under_a_coding_end_with_a_reason(coding: str) -> None:
    chance, ends = random.Random(11), set()
    for _ in range(300):
        blocks = (chance.randbytes(chance.randint(1, 200)) for _ in range(3))
        try:
            ends.add(sum(len(block) for block in decode(blocks, coding, ("gzip", "deflate", "br", "zstd"))) >= 0)
        except ItemFailed as failure:
            ends.add(failure.reason.word)
    assert ends <= {True, "bad-response", "truncated", "too-big"}
