"""Decode gzip, deflate, br and zstd in bounded steps, so that a decompression bomb is stopped at the size limit."""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from worker.errors import ItemFailed
from worker.reasons import Reason

STEP = 64 * 1024
"""Bytes that a decoder may return at once."""
MAX_CODINGS = 2
"""Codings of one body: one is common, two exist, more are an attack (CVE-2025-66418)."""
MAX_MEMBERS = 1000
"""Members of one gzip body: concatenated files have a few; 200,000 empty ones would cost CPU and hold nothing."""
ZSTD_WINDOW = 8 * 1024 * 1024
"""Bytes of a zstd window: the most that web content may use (RFC 9659)."""
ZSTD_STEP = 64
"""Bytes given to zstd at once. Its output has no bound, but 4 bytes make at most a block of 128 KiB, so a step makes 2 MiB."""

NO_CODINGS = frozenset({"", "identity", "none", "null", "no", "plain", "text", "text/html", "binary", "7bit", "8bit", "default"})
"""What servers write where there is no content coding."""

Blocks = Iterator[bytes]


def decode(blocks: Blocks, content_encoding: str, offered: tuple[str, ...], notes: set[str] | None = None) -> Blocks:
    """`blocks` without their content codings, of which the last is decoded first, in blocks of bounded size.

    A name that is no coding but an encoding of text, or `none`, stands for none, as browsers take it. Adds `truncated` to
    `notes` where a gzip stream is whole but for its check sum.

    Raises ItemFailed: BAD_RESPONSE for codings that were not offered, are too many or do not match the
    bytes, TRUNCATED where a coded stream ends early.
    """
    names = [name.removeprefix("x-") for part in content_encoding.split(",") if not _is_none(name := part.strip().lower())]
    if len(names) > MAX_CODINGS:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected at most {MAX_CODINGS} content codings, got {len(names)}")
    for name in reversed(names):
        if name not in offered:
            raise ItemFailed(Reason.BAD_RESPONSE, f"expected a content coding of {', '.join(offered) or 'none'}, got {name[:20]!a}")
        decoder = partial(_gzip, notes=notes if notes is not None else set()) if name == "gzip" else DECODERS[name]
        blocks = _checked(decoder, blocks)
    return blocks


def _is_none(name: str) -> bool:
    """Whether a content coding of this name changes no byte."""
    if name in NO_CODINGS or name.startswith(("utf", "iso-", "windows-")):
        return True
    try:
        b"00".decode(name)  # raises LookupError also for what Python can decode, and is no encoding of text
    except UnicodeError:
        return True
    except (LookupError, ValueError):
        return False
    return True


def _checked(decoder: Callable[[Blocks], Blocks], blocks: Blocks) -> Blocks:
    """The decoder's blocks; errors of its library become ItemFailed(BAD_RESPONSE)."""
    try:
        yield from decoder(blocks)
    except _errors() as error:
        raise ItemFailed(Reason.BAD_RESPONSE, f"broken content coding: {error}") from error


def _errors() -> tuple[type[Exception], ...]:
    """Those of zlib, and of the libraries of the extra `codings` where they are in use."""
    loaded = ((sys.modules.get("brotli"), "error"), (sys.modules.get("zstandard"), "ZstdError"))
    return (zlib.error, *(getattr(library, name) for library, name in loaded if library))


def _gzip(blocks: Blocks, notes: set[str] | None = None) -> Blocks:
    """Decodes members one after the other; what follows the last and is no member is ignored, as gzip itself does."""
    unpacking = _Gunzip()
    try:
        for block in blocks:
            yield from unpacking.feed(block)
    except ItemFailed as failure:
        if failure.reason is not Reason.TRUNCATED or notes is None or not unpacking.is_whole():
            raise
    if unpacking.stream is not None and notes is not None and unpacking.is_whole():
        notes.add("truncated")
        return
    _whole(unpacking.stream is None)


class _Gunzip:
    """The members of one gzip body."""

    def __init__(self) -> None:
        self.stream: zlib._Decompress | None = None
        """Of the member that has begun and has not ended."""
        self._members = 0

    def feed(self, data: bytes) -> Blocks:
        while data:
            if self.stream is None:
                if self._members and data[:1] != b"\x1f":
                    return
                self._members, self.stream = self._members + 1, zlib.decompressobj(wbits=31)
            yield from _inflate(self.stream, data)
            if self._members > MAX_MEMBERS:
                raise ItemFailed(Reason.TOO_BIG, f"expected at most {MAX_MEMBERS} gzip members, got more")
            data, self.stream = (self.stream.unused_data, None) if self.stream.eof else (b"", self.stream)

    def is_whole(self) -> bool:
        """Whether all that was packed is there, the last check sum aside."""
        return self._members > 0 and (self.stream is None or _lacks_trailer(self.stream))


def _lacks_trailer(stream: zlib._Decompress) -> bool:
    """Whether the compressed data is whole, and only its check sum and length are missing or cut: zeros in their place do not match."""
    copy = stream.copy()
    try:
        return not copy.decompress(bytes(8)) and copy.eof  # the sum and length of nothing are zeros, too
    except zlib.error as error:
        return "incorrect data check" in str(error) or "incorrect length check" in str(error)


def _deflate(blocks: Blocks) -> Blocks:
    """RFC 9110 says zlib, some servers send the bare stream; the first two bytes show which."""
    stream = None
    for block in blocks:
        if stream is None:
            bare = block[0] & 0x0F != 8 or (len(block) > 1 and int.from_bytes(block[:2], "big") % 31)
            stream = zlib.decompressobj(wbits=-15 if bare else 15)
        if not stream.eof:
            yield from _inflate(stream, block)
    _whole(stream is None or stream.eof)


def _inflate(stream: zlib._Decompress, data: bytes) -> Blocks:
    while True:
        piece = stream.decompress(data, STEP)
        if piece:
            yield piece
        data = stream.unconsumed_tail
        if stream.eof or not (data or len(piece) == STEP):
            return


def _brotli(blocks: Blocks) -> Blocks:
    """A full step may leave output behind even where the library says that it accepts input, so it is asked until it has none."""
    stream = importlib.import_module("brotli").Decompressor()
    begun = False
    for block in blocks:
        begun, data = True, block
        while not stream.is_finished():
            piece = stream.process(data, output_buffer_limit=STEP)
            if not piece:
                break
            yield piece
            data = b""
    _whole(not begun or stream.is_finished())


def _zstd(blocks: Blocks) -> Blocks:
    library, stream = importlib.import_module("zstandard"), None
    for block in blocks:
        for at in range(0, len(block), ZSTD_STEP):
            data = block[at : at + ZSTD_STEP]
            while data:
                stream = stream or library.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
                piece = stream.decompress(data)
                if piece:
                    yield piece
                data, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
    _whole(stream is None)


def _whole(ended: bool) -> None:
    if not ended:
        raise ItemFailed(Reason.TRUNCATED, "the coded stream ends early")


DECODERS: dict[str, Callable[[Blocks], Blocks]] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
