"""Read the body of an answer by its framing; stop at the size limit, or where it is slower than the least speed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from worker.config import Settings
from worker.errors import ItemFailed
from worker.fetch.deadline import Deadline
from worker.fetch.head import MAX_FIELDS, Head
from worker.fetch.timed_socket import BLOCK, TimedSocket
from worker.reasons import Reason

MAX_CHUNK_LINE = 4096
"""Bytes of a chunk's size line with its extensions (CVE-2026-97689): sizes need 16, and nobody uses extensions."""
FREE_FRAMING = 64 * 1024
"""Bytes of chunk lines that are allowed in any case; beyond them framing may not outweigh content: chunks of one byte cost six."""
WINDOW, GRACE = 10.0, 5.0
"""Seconds over which the least speed is measured, and before the first measurement: one lost packet does not matter."""

Read = TypeVar("Read")

_LENGTH = re.compile(r"[0-9]{1,20}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\x00\r]*)?")
_LAST = re.compile(rb"0{1,16}\r?")


def read_body(wire: TimedSocket, head: Head, settings: Settings, total: Deadline, notes: set[str]) -> Iterator[bytes]:
    """The body in blocks of at most 64 KiB, with its content codings. Adds `truncated` to `notes` where only its framing is cut.

    Raises ItemFailed: BAD_RESPONSE (framing), TOO_BIG, TRUNCATED, TIMEOUT, CONNECT. A stated length
    beyond the limit is refused before the first byte is read.
    """
    speed = Speed(wire, settings.min_rate, total)
    length = _length(head)
    if _is_chunked(head):
        return _chunked(settings.max_wire_bytes, settings.max_header_bytes, speed, notes)
    if length is None:
        return _until_close(settings.max_wire_bytes, speed)
    if length > settings.max_wire_bytes:
        raise ItemFailed(Reason.TOO_BIG, f"expected at most {settings.max_wire_bytes} bytes, got Content-Length {length}")
    return _counted(length, speed)


class Speed:
    """Reads at a least speed: `rate` bytes a second over each window, as the socket counts them."""

    def __init__(self, wire: TimedSocket, rate: int, total: Deadline) -> None:
        self._wire, self._total, self._least = wire, total, rate * WINDOW
        self._what = f"slower than {rate} bytes a second"
        self._mark, self._end = wire.received, time.monotonic() + GRACE + WINDOW

    def some(self, most: int) -> bytes:
        """As TimedSocket.some; raises ItemFailed(TIMEOUT) when a window ends with too few bytes."""
        return self._read(lambda: self._wire.some(most))

    @property
    def was_cut(self) -> bool:
        """See TimedSocket.was_cut."""
        return self._wire.was_cut

    @property
    def left(self) -> bytes:
        """See TimedSocket.left."""
        return self._wire.left

    def line(self, limit: int) -> bytes | None:
        """As TimedSocket.line, at the least speed."""
        return self._read(lambda: self._wire.line(limit))

    def _read(self, read: Callable[[], Read]) -> Read:
        """A read may outlast its window where the window had enough bytes before: a pause is not yet slow."""
        while True:
            self._begin()
            try:
                return read()
            except ItemFailed as failure:
                if failure.reason is not Reason.TIMEOUT or time.monotonic() < self._end:
                    raise

    def _begin(self) -> None:
        now = time.monotonic()
        if now >= self._end:
            if self._wire.received - self._mark < self._least:
                raise ItemFailed(Reason.TIMEOUT, self._what)
            self._mark, self._end = self._wire.received, now + WINDOW
        window = Deadline(self._end, self._what)
        self._wire.deadline = window if window.end < self._total.end else self._total


def _is_chunked(head: Head) -> bool:
    codings = ",".join(head.all("transfer-encoding")).strip(" \t").lower()
    if codings not in {"", "chunked"}:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected Transfer-Encoding chunked, got {codings[:40]!a}")
    return bool(codings)


def _length(head: Head) -> int | None:
    """RFC 9112 section 6.3: one length may be given twice, two different ones are an error. An empty field gives none, as for browsers."""
    given = {part.strip(" \t") for value in head.all("content-length") if value for part in value.split(",")}
    if not given:
        return None
    text = given.pop()
    if given or _LENGTH.fullmatch(text) is None:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected one number as Content-Length, got {text[:40]!a}")
    return int(text)


def _counted(length: int, speed: Speed) -> Iterator[bytes]:
    left = length
    while left:
        block = speed.some(min(left, BLOCK))
        if not block:
            raise ItemFailed(Reason.TRUNCATED, f"expected {length} bytes, got {length - left}")
        left -= len(block)
        yield block


def _until_close(limit: int, speed: Speed) -> Iterator[bytes]:
    got = 0
    while block := speed.some(BLOCK):
        got += len(block)
        if got > limit:
            raise ItemFailed(Reason.TOO_BIG, f"more than {limit} bytes on the wire")
        yield block
    if speed.was_cut:  # without TLS, or with its close_notify, the end of the connection is the end of the body (RFC 9112, 6.3 and 9.8)
        raise ItemFailed(Reason.TRUNCATED, "the connection ended without close_notify, and no length was given")


def _chunked(limit: int, trailer_limit: int, speed: Speed, notes: set[str]) -> Iterator[bytes]:
    content = framing = 0
    while True:
        line = _size_line(speed, notes)
        size = _chunk_size(line)
        framing += len(line or b"") + 4
        content += size
        if content > limit or framing > max(FREE_FRAMING, content):
            raise ItemFailed(Reason.TOO_BIG, f"more than {limit} bytes, or more framing than content")
        if size == 0:
            return _skip_trailers(trailer_limit, speed, notes)
        yield from _counted(size, speed)
        if speed.line(0) != b"":
            raise ItemFailed(Reason.BAD_RESPONSE, "a chunk is longer than it says")


def _size_line(speed: Speed, notes: set[str]) -> bytes | None:
    """The line with a chunk's size; the size 0 of the last chunk needs no end of its line where the connection ends."""
    try:
        return speed.line(MAX_CHUNK_LINE)
    except ItemFailed as failure:
        if failure.reason is not Reason.TRUNCATED or _LAST.fullmatch(speed.left) is None:
            raise
        notes.add("truncated")
        return b"0"


def _chunk_size(line: bytes | None) -> int:
    match = None if line is None else _CHUNK.fullmatch(line)
    if match is None:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected the size of a chunk, got {'an endless line' if line is None else repr(line[:40])}")
    return int(match[1], 16)


def _skip_trailers(limit: int, speed: Speed, notes: set[str]) -> None:
    """Reads trailers up to their end, and ignores them; the last chunk has come, so nothing is lost where they are cut."""
    seen = count = 0
    try:
        while (line := speed.line(limit)) != b"":
            seen, count = seen + len(line or b"") + 2, count + 1
            if line is None or seen > limit or count > MAX_FIELDS:
                raise ItemFailed(Reason.TOO_BIG, f"trailers over {limit} bytes or {MAX_FIELDS} fields")
    except ItemFailed as failure:
        if failure.reason is not Reason.TRUNCATED:
            raise
        notes.add("truncated")
