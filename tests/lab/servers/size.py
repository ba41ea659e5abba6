"""Servers that send too much, or pretend to."""

from __future__ import annotations

import gzip
import itertools
import random
import zlib
from functools import cache

import brotli
import zstandard

from tests.lab.site import Call
from tests.lab.variant import Variant, article

LIMIT = 5 * 1024 * 1024
GIB = 1 << 30
ALL = {"PRESSMARK_CODINGS": "gzip,deflate,br,zstd"}


@cache
def zeros(coding: str, size: int = GIB) -> bytes:
    """`size` zeros in `coding`, made in a moment: a block that stands for itself is repeated; nobody reads to the sum at the end."""
    if coding == "br":
        coder = brotli.Compressor(quality=1)
        return b"".join(coder.process(bytes(1 << 24)) for _ in range(size >> 24)) + coder.finish()
    if coding == "zstd":
        return zstandard.compress(bytes(1 << 24), 1) * (size >> 24)
    coder = zlib.compressobj(9, wbits=-15)
    block = coder.compress(bytes(1 << 20)) + coder.flush(zlib.Z_FULL_FLUSH)
    start = {"gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "deflate": b"\x78\xda", "bare": b""}[coding]
    return start + block * (size >> 20) + b"\x03\0"


def page_of(size: int) -> bytes:
    """An article of exactly `size` bytes."""
    base = article(paragraphs=20)
    return base.replace(b"</article>", b"</article><!--" + b"x" * (size - len(base) - 7) + b"-->")


def words(size: int) -> bytes:
    """An article of plain words, as large as asked."""
    chance = random.Random(1)
    some = ["river", "market", "bridge", "council", "harvest", "minister", "export", "village", "school", "border", "the", "of", "and"]
    text = bytearray()
    while len(text) < size:
        text += b"<p>" + " ".join(chance.choices(some, k=120)).encode() + b".</p>\n"
    return b"<html><head><title>Long read</title></head><body><article><h1>Long read</h1>" + bytes(text) + b"</article></body></html>"


@cache
def long_read() -> bytes:
    """9.9 MiB of honest words, packed."""
    return gzip.compress(words(int(9.9 * 1024 * 1024)), 1)


def cut(body: bytes) -> bytes:
    """The first 60 % of it."""
    return body[: len(body) * 6 // 10]


def coded(body, coding):
    """A handler that sends `body()` under Content-Encoding `coding`."""
    return lambda call: call.answer(body(), Content_Encoding=coding)


def endless(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    call.flood(itertools.repeat(b"10000\r\n" + b"a" * 65536 + b"\r\n"))


def crumbs(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    call.flood(itertools.repeat(b"1\r\na\r\n" * 1000))


def small_chunks(call: Call) -> None:
    """Honest, if odd: 32 bytes a chunk."""
    body = article(paragraphs=400)
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    call.say(b"".join(b"%x\r\n%b\r\n" % (len(part), part) for at in range(0, len(body), 32) if (part := body[at : at + 32])) + b"0\r\n\r\n")


def endless_until_close(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    call.flood(itertools.repeat(b"a" * 65536))


def redirect_with_bomb(call: Call) -> None:
    if call.path == "/news":
        call.answer(zeros("gzip"), "302 Found", Location="/good", Content_Encoding="gzip")
    else:
        call.answer(article())


@cache
def nested_bomb() -> bytes:
    return gzip.compress(zeros("gzip", 10 * GIB), 9)


def trailing(call: Call) -> None:
    body = gzip.compress(article())
    call.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + body)
    call.flood(b"j" * 65536 for _ in range(1600))


def members() -> bytes:
    return gzip.compress(article()) + gzip.compress(b"") * 200_000


def declared(length: int):
    return lambda call: call.answer(article(), Content_Length=str(length))


def not_offered(call: Call) -> None:
    """Whatever this client offered, it gets something else."""
    offered = call.headers.get("accept-encoding", "")
    coding = "br" if "br" not in offered else "compress"
    call.answer(brotli.compress(article()), Content_Encoding=coding)


SERVERS = {
    "s02": [Variant(endless), Variant(endless_until_close)],
    "s03": [Variant(crumbs)],
    "s04": [Variant(declared(10**13))],
    "s05": [Variant(lambda call: call.answer(page_of(LIMIT + 1)))],
    "s06": [Variant(lambda call: call.answer(page_of(LIMIT)))],
    "s07": [Variant(coded(lambda: zeros("gzip"), "gzip"))],
    "s08": [Variant(coded(nested_bomb, "gzip, gzip"))],
    "s09": [Variant(coded(article, ", ".join(["gzip"] * 6)))],
    "s10": [Variant(coded(lambda: zeros("br"), "br")), Variant(coded(lambda: zeros("br"), "br"), settings=ALL)],
    "own-zstd-bomb": [Variant(coded(lambda: zeros("zstd"), "zstd"), settings=ALL, verdict="permanent:decompression_bomb")],
    "own-mixed-bomb": [
        Variant(coded(lambda: brotli.compress(zeros("gzip"), quality=5), "gzip, br"), settings=ALL, verdict="permanent:decompression_bomb"),
        Variant(coded(lambda: zstandard.compress(zeros("br"), 3), "br, zstd"), settings=ALL, verdict="permanent:decompression_bomb"),
    ],
    "own-good-codings": [
        Variant(coded(lambda: gzip.compress(article()), "gzip"), verdict="ok"),
        Variant(coded(lambda: gzip.compress(article()[:500]) + gzip.compress(article()[500:]), "x-gzip"), verdict="ok"),
        Variant(coded(lambda: zlib.compress(article()), "deflate"), verdict="ok"),
        Variant(coded(lambda: zlib.compress(article())[2:-4], "deflate"), verdict="ok"),
        Variant(coded(lambda: brotli.compress(article()), "br"), settings=ALL, verdict="ok"),
        Variant(coded(lambda: zstandard.compress(article()), "zstd"), settings=ALL, verdict="ok"),
        Variant(coded(lambda: gzip.compress(zlib.compress(article())), "deflate, gzip"), verdict="ok"),
        Variant(small_chunks, verdict="ok"),
    ],
    "s12": [Variant(coded(lambda: zeros("deflate"), "deflate")), Variant(coded(lambda: zeros("bare"), "deflate"))],
    "s13": [Variant(redirect_with_bomb)],
    "s16": [Variant(not_offered), Variant(not_offered, settings=ALL)],
    "s17": [Variant(coded(article, "rot13"))],
    "s18": [Variant(coded(article, "gzip"))],
    "s19": [
        Variant(coded(lambda: cut(gzip.compress(article())), "gzip")),
        Variant(coded(lambda: cut(brotli.compress(article())), "br"), settings=ALL),
        Variant(coded(lambda: cut(zstandard.compress(article())), "zstd"), settings=ALL),
        Variant(coded(lambda: cut(zlib.compress(article())), "deflate")),
        Variant(coded(lambda: gzip.compress(article())[:-1], "gzip"), verdict="ok"),  # whole but for its check sum
        Variant(coded(lambda: gzip.compress(article())[:5], "gzip")),
    ],
    "s20": [Variant(trailing)],
    "s21": [Variant(coded(members, "gzip"))],
    "s22": [Variant(coded(long_read, "gzip"))],
}
