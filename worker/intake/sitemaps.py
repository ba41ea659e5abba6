"""Read a sitemap or an index of sitemaps, gzipped or not, into the addresses in it."""

from __future__ import annotations

import zlib

from worker.errors import ItemFailed
from worker.intake.links import HEAD, KINDS, Candidate, LinkCollector, Links, described
from worker.intake.text_encoding import decoded
from worker.intake.xml.elements import Wanted
from worker.intake.xml.stream import XmlStream
from worker.reasons import Reason

MAX_DECODED = 50 * 1024 * 1024
"""The protocol's own bound for one sitemap (sitemaps.org: 50 MB, 50,000 URLs)."""
MAX_URLS = 50_000
GZIP = b"\x1f\x8b"
MAX_MEMBERS = 100
"""Members of one gzip file: programs that append write one a part, and each costs a copy of what follows it."""
EXPECTED = "expected a sitemap (XML, or a URL a line)"
ROOTS = ("urlset", "sitemapindex")
"""Root elements of a sitemap and of an index, in lower case."""
NEWS_DATE = "publication_date"
"""In `news:news` of a sitemap of news, which often says no `lastmod`."""
WANTED = Wanted(("url", "sitemap"), frozenset({"loc", "lastmod"}), ROOTS, frozenset({NEWS_DATE}))


def links(body: bytes, base: str = "", content_type: str | None = None) -> Links:
    """The addresses in a sitemap, gzipped or not, in order, each once, made absolute against `base`.

    An entry without a usable address is skipped with a warning; a sitemap that breaks off gives its whole entries and
    says so. Raises ItemFailed: NOT_FEED for what cannot be read as a sitemap, TRUNCATED for gzip that ends early,
    TOO_BIG and PARSE_LIMIT for bombs.
    """
    found = LinkCollector(MAX_URLS, base)
    body = _unzipped(body)
    text = decoded(body, content_type)
    if "<" in text[:HEAD]:
        _read_xml(body, text, found)
    else:
        _read_lines(body, text, found)
    if found.entries == 0:
        found.warn("it lists no pages")
    return found.links()


def _read_xml(body: bytes, text: str, found: LinkCollector) -> None:
    stream = XmlStream(text, WANTED)
    for element in stream:
        locations = [one for one in element.children if one.name == "loc" and one.vocabulary != "foreign" and one.whole and one.text]
        dates = {one.name: one.text for one in element.children if one.name in ("lastmod", NEWS_DATE) and one.whole}
        published = dates.get(NEWS_DATE) or dates.get("lastmod")
        found.add([Candidate(one.text, one.bases) for one in locations], sitemap=element.name == "sitemap", published=published)
        if found.full:
            break
    if stream.root not in ROOTS and (stream.root in KINDS or found.entries == 0):
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got {described(body, stream.root)}")
    if stream.error is not None:
        found.warn(stream.error)


def _read_lines(body: bytes, text: str, found: LinkCollector) -> None:
    """A text sitemap: one URL a line, UTF-8 (sitemaps.org). Where most lines are none, it is some other text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if 2 * sum(map(_is_address, lines)) <= len(lines):
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got {described(body)}")
    for line in lines:
        if _is_address(line):
            found.add([Candidate(line)])
        else:
            found.skip(line)


def _is_address(line: str) -> bool:
    return line.lower().startswith(("http://", "https://"))


def _unzipped(body: bytes) -> bytes:
    """The bytes inside a `.gz`, all its members one after the other; others as they are."""
    plain = bytearray()
    for _ in range(MAX_MEMBERS):
        if body[:2] != GZIP:  # at the end; what follows the last member and is none is ignored, as gzip itself does
            break
        piece, body = _first_member(body, MAX_DECODED - len(plain))
        plain += piece
    else:
        raise ItemFailed(Reason.TOO_BIG, f"more than {MAX_MEMBERS - 1} gzip members")
    return bytes(plain) or body


def _first_member(body: bytes, limit: int) -> tuple[bytes, bytes]:
    """What the first gzip member holds, and the bytes behind it."""
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got gzip that cannot be unpacked") from error
    if len(plain) > limit:
        raise ItemFailed(Reason.TOO_BIG, f"more than {MAX_DECODED} bytes unpacked")
    if not reader.eof:
        raise ItemFailed(Reason.TRUNCATED, "the gzip ends early")
    return plain, reader.unused_data
