from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
import zstandard

from worker.errors import ItemFailed
from worker.fetch.content_coding import DECODERS, decode

ALL = tuple(DECODERS)
TEXT = random.Random(1).randbytes(70_000) + b"words and words " * 10_000
MIB = 1 << 20


def undone(data: bytes, coding: str, offered: tuple[str, ...] = ALL, size: int = 1000) -> bytes:
    """`data` decoded, fed in pieces of `size`."""
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(decode(pieces, coding, offered))


def bare(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


CODED = [
    ("gzip", gzip.compress(TEXT)),
    ("x-gzip", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
    ("gzip", gzip.compress(TEXT) + b"\0" * 64),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", bare(TEXT)),
    ("br", brotli.compress(TEXT, quality=3)),
    ("zstd", zstandard.compress(TEXT)),
    ("zstd", zstandard.compress(TEXT[:99]) + zstandard.compress(TEXT[99:])),
    ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
    ("BR , identity", brotli.compress(TEXT, quality=3)),
]


@pytest.mark.parametrize("size", [1, 7, 65536])
@pytest.mark.parametrize(("coding", "data"), CODED)
def test_every_coding_is_undone_however_it_is_cut(coding: str, data: bytes, size: int) -> None:
    assert undone(data, coding, size=size) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_no_body_at_all_is_no_body(coding: str) -> None:
    assert undone(b"", coding) == b""


@pytest.mark.parametrize(("coding", "data"), [pair for pair in CODED if "\0" not in pair[0]][:1] + CODED[3:7])
@pytest.mark.parametrize("kept", [0.1, 0.6, 0.999])
def test_a_coded_stream_that_ends_early_is_truncated(coding: str, data: bytes, kept: float) -> None:
    with pytest.raises(ItemFailed, match="truncated"):
        undone(data[: int(len(data) * kept)], coding)


@pytest.mark.parametrize(("coding", "body"), [("gzip", b"plain words"), ("br", b"<html>plain</html>"), ("zstd", b"<html>plain</html>")])
def test_plain_text_under_a_coding_is_a_bad_response(coding: str, body: bytes) -> None:
    with pytest.raises(ItemFailed, match="bad-response"):
        undone(body * 100, coding)


def test_a_page_that_says_gzip_and_is_not_packed_is_refused_as_browsers_refuse_it() -> None:
    with pytest.raises(ItemFailed, match="bad-response"):
        undone(b"<html>plain</html>" * 100, "gzip")


@pytest.mark.parametrize("coding", ["rot13", "gzip, gzip, gzip", "br"])
def test_a_coding_that_was_not_offered_is_refused_unopened(coding: str) -> None:
    with pytest.raises(ItemFailed, match="bad-response"):
        undone(b"", coding, offered=("gzip",))


def bombs() -> list[tuple[str, bytes]]:
    coder = zlib.compressobj(9, wbits=31)
    zeros = b"".join(coder.compress(bytes(MIB)) for _ in range(64)) + coder.flush()
    return [
        ("gzip", zeros),
        ("deflate", zlib.compress(bytes(64 * MIB))),
        ("br", brotli.compress(bytes(64 * MIB), quality=1)),
        ("zstd", zstandard.compress(bytes(64 * MIB))),
        ("gzip, br", brotli.compress(zeros, quality=1)),
    ]


@pytest.mark.parametrize(("coding", "data"), bombs())
def test_a_bomb_comes_out_in_small_pieces(coding: str, data: bytes) -> None:
    # Given 64 MiB of zeros in a few KiB
    largest = total = 0
    # When they are decoded as one block
    for block in decode(iter([data]), coding, ALL):
        largest, total = max(largest, len(block)), total + len(block)
        if total > 20 * MIB:
            break
    # Then no step gave more than 2 MiB
    assert total > 20 * MIB
    assert largest <= 2 * MIB + 65536


def test_empty_gzip_members_cannot_be_counted_up_for_ever() -> None:
    with pytest.raises(ItemFailed, match="too-big"):
        undone(gzip.compress(b"") * 5000, "gzip", size=65536)
