"""Parse robots.txt (RFC 9309) and keep the rules of each origin for a day at most."""

from __future__ import annotations

import math
import re
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from protego import Protego

from worker.config import Settings
from worker.errors import ItemFailed
from worker.net.url import Address
from worker.reasons import Reason

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer delay is a mistake or a trap, and a page a minute is slow enough for any site."""
UNAVAILABLE_TTL = 300.0
"""Seconds until a robots.txt that could not be fetched is fetched again: long for a server in trouble, short for an article."""
CACHE_BYTES = 16 * 1024 * 1024
"""Bytes of compressed files and their origins: about 20,000 of them, since most files compress to half a KiB."""
ORIGIN_BYTES = 300
"""Bytes that an origin costs besides its file."""
CACHE_LINES = 20_000
"""Lines kept parsed, of all files: 28,000 rules with wildcards took 30 MiB, a file of usual size 20 KiB."""


_SITEMAP = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to this program."""

    allows: Callable[[str], bool]
    """Whether a URL may be fetched."""
    crawl_delay: float | None = None
    """Seconds between requests, at most MAX_CRAWL_DELAY."""
    unavailable: str | None = None
    """Why the file could not be fetched; no page may be fetched then."""
    source: bytes = b""
    """The file, up to the size limit; empty where there is none."""

    @property
    def lines(self) -> int:
        """Lines of the file: the size of its parsed form follows from them."""
        return self.source.count(b"\n") + 1

    def check(self, address: Address) -> None:
        """Raises ItemFailed: ROBOTS where the page is forbidden, ROBOTS_UNAVAILABLE where the file could not be fetched."""
        if self.unavailable is not None:
            raise ItemFailed(Reason.ROBOTS_UNAVAILABLE, f"robots.txt of {address.origin}: {self.unavailable}", retry_after=UNAVAILABLE_TTL)
        if not self.allows(address.url):
            raise ItemFailed(Reason.ROBOTS, f"robots.txt of {address.origin} forbids {address.target[:80]}")


ALLOW_ALL = Rules(lambda _url: True)


def unavailable(why: str) -> Rules:
    """The rules after a server error or a timeout: everything is forbidden for now (RFC 9309 section 2.3.1.4)."""
    return Rules(lambda _url: False, unavailable=why)


def parse_rules(body: bytes, user_agent: str) -> Rules:
    """The rules of a robots.txt for the product that `user_agent` names first; lines that are no rules are ignored."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "\ufffd")
    parser = Protego.parse(text)
    name = product(user_agent)
    return Rules(lambda url: bool(parser.can_fetch(url, name)), _delay(parser.crawl_delay(name)), source=body)


def product(user_agent: str) -> str:
    """The name of this program in robots.txt: `pressmark` of `Pressmark/0.1 (…)`."""
    return user_agent.partition("/")[0].strip().lower()


def rules_of_status(status: int) -> Rules | None:
    """The rules that follow from a status alone; None for a success, whose body has to be read.

    401 and 403 allow everything (RFC 9309 section 2.3.1.3); 429 counts as a server error.
    """
    if 200 <= status < 300:
        return None
    if 400 <= status < 500 and status != 429:
        return ALLOW_ALL
    return unavailable(f"status {status}")


def first_bytes(blocks: Iterator[bytes], limit: int) -> bytes:
    """The first `limit` bytes; the rest is never read."""
    kept = bytearray()
    for block in blocks:
        kept += block
        if len(kept) >= limit:
            break
    return bytes(kept[:limit])


def _delay(value: float | None) -> float | None:
    if value is None or math.isnan(value) or value <= 0:
        return None
    return min(float(value), MAX_CRAWL_DELAY)


def sitemaps_named(source: bytes) -> list[str]:
    """The addresses in the lines `Sitemap:` of a robots.txt, which belong to no group (sitemaps.org), each once."""
    found = (match[1].decode("utf-8", "replace") for match in _SITEMAP.finditer(source))
    return list(dict.fromkeys(url for url in found if url.lower().startswith(("http://", "https://"))))


class Robots:
    """The rules of origins that were fetched lately; thread-safe, one a process.

    Files are kept compressed for a day, and parsed only while there is room: parsed, a file takes up to
    sixty times its size. Parsing one of usual size again takes 0.2 ms.
    """

    def __init__(self, settings: Settings) -> None:
        self._ttl = min(settings.robots_ttl, 86400.0)
        self._user_agent = settings.user_agent
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._parsed: OrderedDict[str, Rules] = OrderedDict()
        self._bytes = self._lines = 0
        self._lock = threading.Lock()

    def get(self, origin: str) -> Rules | None:
        """The rules of `origin` where they are known and fresh."""
        with self._lock:
            kept = self._kept.get(origin)
            if kept is None or kept.until <= time.monotonic():
                return None
            self._kept.move_to_end(origin)
            found = kept.rules or self._parsed.get(origin)
        if found is None:
            found = parse_rules(zlib.decompress(kept.packed), self._user_agent)
            with self._lock:
                self._keep_parsed(origin, found)
        return found

    def put(self, origin: str, rules: Rules) -> None:
        """Keeps `rules`; drops those that were used longest ago where memory runs out."""
        ttl = self._ttl if rules.unavailable is None else min(UNAVAILABLE_TTL, self._ttl)
        packed = zlib.compress(rules.source, 1) if rules.source else b""
        with self._lock:
            self._drop(origin)
            self._kept[origin] = _Kept(time.monotonic() + ttl, packed, None if packed else rules)
            self._bytes += len(packed) + ORIGIN_BYTES
            if packed:
                self._keep_parsed(origin, rules)
            while self._bytes > CACHE_BYTES:
                self._drop(next(iter(self._kept)))

    def _keep_parsed(self, origin: str, rules: Rules) -> None:
        self._drop_parsed(origin)
        self._parsed[origin] = rules
        self._lines += rules.lines
        while self._lines > CACHE_LINES:
            self._drop_parsed(next(iter(self._parsed)))

    def _drop_parsed(self, origin: str) -> None:
        rules = self._parsed.pop(origin, None)
        self._lines -= rules.lines if rules else 0

    def _drop(self, origin: str) -> None:
        self._drop_parsed(origin)
        kept = self._kept.pop(origin, None)
        self._bytes -= len(kept.packed) + ORIGIN_BYTES if kept else 0


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    packed: bytes
    rules: Rules | None
    """Rules that were not parsed from a file: they follow from a status or a failure."""
