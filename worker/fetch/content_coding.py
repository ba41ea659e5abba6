"""Decode gzip, deflate, br and zstd in bounded steps; stop a decompression bomb at the size limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from worker.errors import ItemFailed
from worker.reasons import Reason

STEP = 64 * 1024
"""Bytes that a decoder may give at once."""
MAX_CODINGS = 2
"""One is common, two exist, more is an attack (CVE-2025-66418)."""
MAX_MEMBERS = 1000
"""Members of one gzip body: concatenated logs have a few, 200,000 empty ones cost CPU and give nothing."""
ZSTD_WINDOW = 8 * 1024 * 1024
"""RFC 9659: what a decoder of web content has to hold at most."""
ZSTD_BITE = 64
"""Bytes fed to zstd at once. It has no bound for its output, but 4 bytes make at most a block of 128 KiB, so a bite makes 2 MiB."""

Blocks = Iterator[bytes]


def decode(blocks: Blocks, content_encoding: str, offered: tuple[str, ...]) -> Blocks:
    """`blocks` with their codings undone, the last one first, in blocks of bounded size.

    Raises ItemFailed: BAD_RESPONSE for codings that were not offered, are too many or do not fit the
    bytes, TRUNCATED where a coded stream ends early.
    """
    names = [name.removeprefix("x-") for part in content_encoding.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if len(names) > MAX_CODINGS:
        raise ItemFailed(Reason.BAD_RESPONSE, f"{len(names)} codings, at most {MAX_CODINGS}")
    for name in reversed(names):
        if name not in offered:
            raise ItemFailed(Reason.BAD_RESPONSE, f"coding {name[:20]!a} was not offered")
        blocks = _checked(DECODERS[name], blocks)
    return blocks


def _checked(decoder: Callable[[Blocks], Blocks], blocks: Blocks) -> Blocks:
    """The decoder's blocks; its library's errors become ours."""
    try:
        yield from decoder(blocks)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise ItemFailed(Reason.BAD_RESPONSE, f"coded badly: {error}") from error


def _gzip(blocks: Blocks) -> Blocks:
    """Members one after the other; what follows the last and is no member is ignored, as gzip itself does."""
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
                raise ItemFailed(Reason.TOO_BIG, f"more than {MAX_MEMBERS} gzip members")
            data, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
    _whole(stream is None)


def _deflate(blocks: Blocks) -> Blocks:
    """RFC 9110 says zlib, some servers send the bare stream: the first two bytes tell."""
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
    """A full step may leave more behind even where the library says that it can take more, so it is asked until it is dry."""
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
        for at in range(0, len(block), ZSTD_BITE):
            data = block[at : at + ZSTD_BITE]
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
