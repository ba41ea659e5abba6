"""Read files and pipes a line at a time, in bounded memory, with one clear error for what is not text."""

from __future__ import annotations

import codecs
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from worker.errors import UsageError

CHUNK = 1 << 20
"""Bytes read at once: past a mebibyte, larger reads gain nothing."""


def shown(name: str) -> str:
    """The name of a file in messages."""
    return "standard input" if name == "-" else name


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input for `-`; raises UsageError for what cannot be read to its end."""
    if name == "-":
        if sys.stdin is None:
            raise UsageError("expected text on standard input, but it is closed")
        yield sys.stdin.buffer
        return
    _expect_readable(name)
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; only its opening is checked here
    except OSError as error:
        raise UsageError(f"{name}: expected a readable file: {error.strerror}") from error
    with file:
        yield file


def _expect_readable(name: str) -> None:
    """Refuses what would hang or never end: pipes that nobody writes to, and devices."""
    try:
        mode = Path(name).stat().st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"{name}: expected a readable file: {getattr(error, 'strerror', error)}") from error
    handed_over = name.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/"))
    if stat.S_ISREG(mode) or handed_over or name == os.devnull:
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a named pipe" if stat.S_ISFIFO(mode) else "a device"
    raise UsageError(f"{name}: expected a file, got {kind} (`-` reads standard input)")


def read_all(name: str, limit: int) -> bytes:
    """The whole of a file or of standard input; raises UsageError where it is longer than `limit` bytes."""
    with opened(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UsageError(f"{name}: expected at most {limit} bytes")
    return data


def lines(file: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Every line with its number, without its end; None in place of one longer than `limit` bytes."""
    number = 0
    while raw := file.readline(limit + 2):
        number += 1
        if len(raw) >= limit + 2 and not raw.endswith(b"\n"):
            _skip_line(file)
            yield number, None
        else:
            yield number, raw.rstrip(b"\r\n")


def _skip_line(file: BinaryIO) -> None:
    while (part := file.readline(CHUNK)) and not part.endswith(b"\n"):
        pass


def expect_text(name: str, file: BinaryIO) -> None:
    """Reads a regular file through once and rewinds it; raises UsageError, naming the line, unless it is UTF-8 text.

    A pipe cannot be rewound; its lines are checked as they are read.
    """
    if not file.seekable() or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, start = 1, file.tell()
    while True:
        chunk = file.read(CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise not_text(name, line + error.object.count(b"\n", 0, error.start), error.object[error.start]) from error
        if not chunk:
            break
        line += chunk.count(b"\n")
    file.seek(start)


def not_text(name: str, line: int, byte: int) -> UsageError:
    """The error for a file that is not UTF-8 text."""
    return UsageError(f"{name}:{line}: expected UTF-8 text, got the byte 0x{byte:02x}")


def decoded(name: str, number: int, raw: bytes) -> str:
    """A line as text, without the mark that some editors put first; raises UsageError for other encodings.

    A NUL in the first line means UTF-16, or no text at all; in a later line it is the fault of that line alone.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_text(name, number, raw[error.start]) from error
    if number == 1 and "\0" in text:
        raise not_text(name, number, 0)
    return text.removeprefix("\ufeff") if number == 1 else text
