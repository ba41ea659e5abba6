"""Sitemap read: a sitemap or an index of sitemaps in, the addresses in it out."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from worker.errors import ItemFailed
from worker.intake.feeds import unique
from worker.intake.xml_stream import elements
from worker.reasons import Reason

MAX_DECODED = 50 * 1024 * 1024
"""The protocol's own bound for one sitemap (sitemaps.org: 50 MB, 50,000 URLs)."""
MAX_URLS = 50_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: article addresses, and further sitemaps where it is an index."""

    urls: list[str]
    sitemaps: list[str]


def links(body: bytes) -> Sitemap:
    """The addresses in a sitemap, gzipped or not, in order, each once.

    Raises ItemFailed: NOT_HTML for what is no sitemap, TOO_BIG and PARSE_LIMIT for bombs.
    """
    body = _unzipped(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        return _plain(body)
    urls: list[str] = []
    sitemaps: list[str] = []
    for element in elements(body, ("url", "sitemap")):
        place = next((text for name, text, _ in element.children if name == "loc" and text), None)
        if place:
            (urls if element.name == "url" else sitemaps).append(place)
    if not urls and not sitemaps:
        _expect_sitemap(body)
    return Sitemap(unique(urls, MAX_URLS), unique(sitemaps, MAX_URLS))


def _expect_sitemap(body: bytes) -> None:
    head = body[:2000].lower()
    if b"urlset" not in head and b"sitemapindex" not in head:
        raise ItemFailed(Reason.NOT_HTML, "expected a sitemap")


def _plain(body: bytes) -> Sitemap:
    """A text sitemap: one URL a line, UTF-8 (sitemaps.org)."""
    try:
        lines = body.decode("utf-8-sig").split()
    except UnicodeDecodeError as error:
        raise ItemFailed(Reason.NOT_HTML, "expected a sitemap, came binary data") from error
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        raise ItemFailed(Reason.NOT_HTML, "expected a sitemap")
    return Sitemap(unique(lines, MAX_URLS), [])


def _unzipped(body: bytes) -> bytes:
    """The bytes inside a `.gz`; others as they are."""
    if body[:2] != b"\x1f\x8b":
        return body
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = reader.decompress(body, MAX_DECODED)
    except zlib.error as error:
        raise ItemFailed(Reason.DECODE, "broken gzip") from error
    if reader.unconsumed_tail:
        raise ItemFailed(Reason.TOO_BIG, f"more than {MAX_DECODED} bytes unpacked")
    return plain
