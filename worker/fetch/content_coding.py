"""Decode gzip, deflate, br and zstd in bounded steps, so that a decompression bomb is stopped at the size limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

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

Blocks = Iterator[bytes]


def decode(blocks: Blocks, content_encoding: str, offered: tuple[str, ...]) -> Blocks:
    """`blocks` without their content codings, of which the last is decoded first, in blocks of bounded size.

    Raises ItemFailed: BAD_RESPONSE for codings that were not offered, are too many or do not match the
    bytes, TRUNCATED where a coded stream ends early.
    """
    names = [name.removeprefix("x-") for part in content_encoding.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if len(names) > MAX_CODINGS:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected at most {MAX_CODINGS} content codings, got {len(names)}")
    for name in reversed(names):
        if name not in offered:
            raise ItemFailed(Reason.BAD_RESPONSE, f"expected a content coding of {', '.join(offered) or 'none'}, got {name[:20]!a}")
        blocks = _checked(DECODERS[name], blocks)
    return blocks


def _checked(decoder: Callable[[Blocks], Blocks], blocks: Blocks) -> Blocks:
    """The decoder's blocks; errors of its library become ItemFailed(BAD_RESPONSE)."""
    try:
        yield from decoder(blocks)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise ItemFailed(Reason.BAD_RESPONSE, f"broken content coding: {error}") from error


def _gzip(blocks: Blocks) -> Blocks:
    """Decodes members one after the other; what follows the last and is no member is ignored, as gzip itself does."""
    members, stream = 0, None
    for block in blocks:
        data = block
        while data:
            if stream is None:
                if members and data[:1] != b"\x1f":
                    break
                members, stream = members + 1, zlib.decompressobj(wbits=31)
            yield from _inflate(stream, data)
            if members > MAX_MEMBERS:
                raise ItemFailed(Reason.TOO_BIG, f"expected at most {MAX_MEMBERS} gzip members, got more")
            data, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
    _whole(stream is None)


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
    stream = brotli.Decompressor()
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
    stream = None
    for block in blocks:
        for at in range(0, len(block), ZSTD_STEP):
            data = block[at : at + ZSTD_STEP]
            while data:
                stream = stream or zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
                piece = stream.decompress(data)
                if piece:
                    yield piece
                data, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
    _whole(stream is None)


def _whole(ended: bool) -> None:
    if not ended:
        raise ItemFailed(Reason.TRUNCATED, "the coded stream ends early")


DECODERS: dict[str, Callable[[Blocks], Blocks]] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
