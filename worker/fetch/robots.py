"""robots.txt by RFC 9309: what a site lets us read, remembered for a day at most."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from protego import Protego

from worker.config import Settings
from worker.errors import ItemFailed
from worker.guard import Address
from worker.reasons import Reason

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer one is a mistake or a trap, and a page a minute is slow enough for anybody."""
UNAVAILABLE_TTL = 300.0
"""Seconds until a robots.txt that could not be had is asked for again: long for a server in trouble, short for an article."""
CACHE_ORIGINS = 10_000
"""Origins remembered; most have a few rules, about 2 KB each."""
CACHE_BYTES = 8 * 1024 * 1024
"""Bytes of robots.txt remembered in sum, so that large files cannot fill the memory; parsed they weigh about five times as much."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us."""

    allows: Callable[[str], bool]
    """Whether a URL may be fetched."""
    crawl_delay: float | None = None
    """Seconds between requests, at most MAX_CRAWL_DELAY."""
    unavailable: str | None = None
    """Why the file could not be had; nothing may be fetched then."""
    size: int = 0

    def check(self, address: Address) -> None:
        """Raises ItemFailed: ROBOTS where the page is forbidden, ROBOTS_UNAVAILABLE where nobody knows."""
        if self.unavailable is not None:
            raise ItemFailed(Reason.ROBOTS_UNAVAILABLE, f"robots.txt of {address.origin}: {self.unavailable}", retry_after=UNAVAILABLE_TTL)
        if not self.allows(address.url):
            raise ItemFailed(Reason.ROBOTS, f"robots.txt of {address.origin} forbids {address.target[:80]}")


ALLOW_ALL = Rules(lambda _url: True)


def unavailable(why: str) -> Rules:
    """Server errors and silence mean that everything is forbidden for now (RFC 9309 section 2.3.1.4)."""
    return Rules(lambda _url: False, unavailable=why)


def parse_rules(body: bytes, user_agent: str) -> Rules:
    """The rules of a robots.txt for the product that `user_agent` names first; nonsense is no rule."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "\ufffd")
    parser = Protego.parse(text)
    name = product(user_agent)
    return Rules(lambda url: bool(parser.can_fetch(url, name)), _delay(parser.crawl_delay(name)), size=len(body))


def product(user_agent: str) -> str:
    """The name that robots.txt may call us by: `pressmark` of `Pressmark/0.1 (…)`."""
    return user_agent.partition("/")[0].strip().lower()


def judge_status(status: int) -> Rules | None:
    """What a status means by itself; None for a success, whose body has to be read.

    401 and 403 allow everything, as RFC 9309 section 2.3.1.3 has it; 429 is a server that asks for rest.
    """
    if 200 <= status < 300:
        return None
    if 400 <= status < 500 and status != 429:
        return ALLOW_ALL
    return unavailable(f"status {status}")


def first_bytes(blocks: Iterator[bytes], limit: int) -> bytes:
    """At most `limit` bytes; the rest is never read."""
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


class Robots:
    """The rules of origins lately seen, within limits; thread-safe, one a process."""

    def __init__(self, settings: Settings) -> None:
        self._ttl = min(settings.robots_ttl, 86400.0)
        self._kept: OrderedDict[str, tuple[float, Rules]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, origin: str) -> Rules | None:
        """The rules of `origin` where they are known and fresh."""
        with self._lock:
            until, rules = self._kept.get(origin, (0.0, None))
            if rules is None or until <= time.monotonic():
                return None
            self._kept.move_to_end(origin)
            return rules

    def put(self, origin: str, rules: Rules) -> None:
        """Remembers `rules`; the least used are forgotten where it gets too much."""
        ttl = self._ttl if rules.unavailable is None else min(UNAVAILABLE_TTL, self._ttl)
        with self._lock:
            self._drop(origin)
            self._kept[origin] = (time.monotonic() + ttl, rules)
            self._bytes += rules.size
            while len(self._kept) > CACHE_ORIGINS or self._bytes > CACHE_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop(self, origin: str) -> None:
        _, rules = self._kept.pop(origin, (0.0, None))
        self._bytes -= rules.size if rules else 0
