"""Decode gzip, deflate, br and zstd in bounded steps, so that a decompression bomb is stopped at the size limit."""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Callable, Iterator

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

NO_CODINGS = frozenset({
    *("", "identity", "none", "null", "no", "off", "false", "0", "default", "plain", "text", "html", "unicode", "binary", "7bit", "8bit"),
    *("chunked", "aws-chunked"),  # how the answer travels or was once sent to a store of objects, not how it is packed
})  # fmt: skip
"""What servers write where there is no content coding."""
BAD_CHECKSUM = "bad_checksum"
"""The warning of a body that came whole and does not match its own check sum; browsers do not look at it."""
TRAILER_ERRORS = ("incorrect data check", "incorrect length check")
"""What zlib says where all was unpacked, and only the check sum or the length after it is another."""

Blocks = Iterator[bytes]
Decoder = Callable[[Blocks, set[str]], Blocks]
"""From coded blocks to decoded ones; the set takes warnings."""


def decode(blocks: Blocks, content_encoding: str, offered: tuple[str, ...], notes: set[str] | None = None) -> Blocks:
    """`blocks` without their content codings, of which the last is decoded first, in blocks of bounded size.

    A name that is no coding but an encoding of text, a media type or `none`, stands for none, as browsers take it. Where a
    coded stream is whole, the framing around it may be cut. Adds to `notes`: `truncated` where only the check sum is missing,
    BAD_CHECKSUM where it is another.

    Raises ItemFailed: BAD_RESPONSE for codings that were not offered, are too many or do not match the
    bytes, TRUNCATED where a coded stream ends early.
    """
    notes = notes if notes is not None else set()
    names = [name for part in content_encoding.split(",") if not _is_none(name := _name(part))]
    if len(names) > MAX_CODINGS:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected at most {MAX_CODINGS} content codings, got {len(names)}")
    for name in reversed(names):
        if name not in offered:
            raise ItemFailed(Reason.BAD_RESPONSE, f"expected a content coding of {', '.join(offered) or 'none'}, got {name[:20]!a}")
        blocks = _checked(DECODERS[name], blocks, notes)
    return blocks


def _name(part: str) -> str:
    """The coding that one part of the header names; quotation marks around it and parameters after it do not count."""
    return part.partition(";")[0].strip(" \t\"'").lower().removeprefix("x-")


def _is_none(name: str) -> bool:
    """Whether a content coding of this name changes no byte."""
    if name in NO_CODINGS or name.startswith(("utf", "iso-", "windows-", "charset=", "text/", "application/")):
        return True
    try:
        b"00".decode(name)  # raises LookupError also for what Python can decode, and is no encoding of text
    except UnicodeError:
        return True
    except (LookupError, ValueError):
        return False
    return True


def _checked(decoder: Decoder, blocks: Blocks, notes: set[str]) -> Blocks:
    """The decoder's blocks; errors of its library become ItemFailed(BAD_RESPONSE)."""
    try:
        yield from decoder(blocks, notes)
    except _errors() as error:
        raise ItemFailed(Reason.BAD_RESPONSE, f"broken content coding: {error}") from error


def _errors() -> tuple[type[Exception], ...]:
    """Those of zlib, and of the libraries of the extra `codings` where they are in use."""
    loaded = ((sys.modules.get("brotli"), "error"), (sys.modules.get("zstandard"), "ZstdError"))
    return (zlib.error, *(getattr(library, name) for library, name in loaded if library))


def _unless(whole: Callable[[], bool], blocks: Blocks) -> Blocks:
    """The blocks; that their framing is cut does not matter once the stream in them is whole: its length may have been that of the
    text before it was packed."""
    try:
        yield from blocks
    except ItemFailed as failure:
        if failure.reason is not Reason.TRUNCATED or not whole():
            raise


def _gzip(blocks: Blocks, notes: set[str]) -> Blocks:
    """Decodes members one after the other; what follows the last and is no member is ignored, as gzip itself does."""
    members = 0
    stream: Inflater | None = None

    def whole() -> bool:
        return members > 0 and (stream is None or stream.is_whole)

    for block in _unless(whole, blocks):
        data = block
        while data:
            if stream is None:
                if members and data[:1] != b"\x1f":
                    break
                members, stream = members + 1, Inflater(31, notes)
            yield from stream.feed(data)
            if members > MAX_MEMBERS:
                raise ItemFailed(Reason.TOO_BIG, f"expected at most {MAX_MEMBERS} gzip members, got more")
            data, stream = (stream.rest, None) if stream.ended else (b"", stream)
    if stream is not None:
        stream.end()


def _deflate(blocks: Blocks, notes: set[str]) -> Blocks:
    """RFC 9110 says zlib, some servers send the bare stream; the first two bytes show which."""
    stream: Inflater | None = None

    def whole() -> bool:
        return stream is not None and stream.is_whole

    for block in _unless(whole, blocks):
        if stream is None:
            bare = block[0] & 0x0F != 8 or (len(block) > 1 and int.from_bytes(block[:2], "big") % 31)
            stream = Inflater(-15 if bare else 15, notes)
        if not stream.ended:
            yield from stream.feed(block)
    if stream is not None:
        stream.end()


class Inflater:
    """One stream of zlib, gzip or bare deflate (`wbits` as in zlib). A wrong check sum is noted, a missing one too."""

    def __init__(self, wbits: int, notes: set[str]) -> None:
        self._stream, self._notes = zlib.decompressobj(wbits=wbits), notes
        self._sum_differs = False

    @property
    def ended(self) -> bool:
        """Whether nothing more belongs to the stream."""
        return self._stream.eof or self._sum_differs

    @property
    def rest(self) -> bytes:
        """What followed the stream in the data fed last."""
        return self._stream.unused_data

    @property
    def is_whole(self) -> bool:
        """Whether all that was packed is there, the check sum aside: whatever comes next is taken for it."""
        return self.ended or all(map(self._takes_for_sum, (bytes(8), b"\xff" * 8)))

    def _takes_for_sum(self, data: bytes) -> bool:
        """Whether `data` ends the stream without a byte of content, or is found to be a wrong check sum."""
        copy = self._stream.copy()
        try:
            return not copy.decompress(data) and copy.eof
        except zlib.error as error:
            return str(error).endswith(TRAILER_ERRORS)

    def feed(self, data: bytes) -> Blocks:
        """What `data` unpacks to, in pieces of at most STEP. Raises zlib.error for anything wrong but the check sum."""
        while True:
            before = self._stream.copy()
            try:
                piece = self._stream.decompress(data, STEP)
            except zlib.error as error:
                if not str(error).endswith(TRAILER_ERRORS):
                    raise
                self._sum_differs = True
                self._notes.add(BAD_CHECKSUM)
                yield from _until_error(before, data)
                return
            if piece:
                yield piece
            data = self._stream.unconsumed_tail
            if self._stream.eof or not (data or len(piece) == STEP):
                return

    def end(self) -> None:
        """No more data comes; raises ItemFailed(TRUNCATED) unless all that was packed has come."""
        if not self.ended:
            _whole(self.is_whole)
            self._notes.add("truncated")


def _until_error(stream: zlib._Decompress, data: bytes) -> Blocks:
    """What `data` unpacks to before the error in it, which keeps zlib from giving anything for the whole: byte for byte."""
    for at in range(len(data)):
        try:
            piece = stream.decompress(data[at : at + 1])
        except zlib.error:
            return
        if piece:
            yield piece


def _brotli(blocks: Blocks, _notes: set[str]) -> Blocks:
    """A full step may leave output behind even where the library says that it accepts input, so it is asked until it has none."""
    stream = importlib.import_module("brotli").Decompressor()
    begun = False
    for block in _unless(stream.is_finished, blocks):
        begun, data = True, block
        while not stream.is_finished():
            piece = stream.process(data, output_buffer_limit=STEP)
            if not piece:
                break
            yield piece
            data = b""
    _whole(not begun or stream.is_finished())


def _zstd(blocks: Blocks, _notes: set[str]) -> Blocks:
    library, stream, begun = importlib.import_module("zstandard"), None, False

    def whole() -> bool:
        return begun and stream is None

    for block in _unless(whole, blocks):
        begun = True
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


DECODERS: dict[str, Decoder] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
