"""Collect the addresses that a feed or a sitemap lists; skip the entries that cannot be read and report each as a warning."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin

from worker.intake.feed_schedule import About

MAX_WARNINGS = 5
"""Warnings kept of one list: enough to see what is wrong with it; a last line counts the others."""
FULL = 4
"""Times the limit of addresses that entries are looked at: some have none, or one that was there before."""
SHOWN = 80
"""Characters of an unusable address that a warning quotes."""
HEAD = 2000
"""Bytes at the beginning of a document that show what it is."""
_TRIMMED = "".join(map(chr, range(0x21)))
_BREAKS = re.compile(r"[\t\r\n]")
_STRAY = re.compile(r"[\udc80-\udcff]")
"""A byte that is no UTF-8: see `text_encoding`."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"https?://[^\s/?#@:\\<>\"`{}%]+(?=[/?#:]|$)", re.IGNORECASE)
_UNSAFE = re.compile(r"[^!-~]+|[<>\"`{}]")
"""What browsers escape in any part of an address."""
KINDS = {"html": "an HTML page", "rss": "a feed", "feed": "a feed", "rdf": "a feed", "urlset": "a sitemap", "sitemapindex": "a sitemap"}
"""What a document is, by the name of its root element in lower case."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be the address of an entry, as it is written, with the bases that the document gives it."""

    address: str
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed or a sitemap lists."""

    urls: list[str]
    """Addresses of articles, in order, each once."""
    sitemaps: list[str]
    """Addresses of further sitemaps."""
    warnings: list[str] = field(default_factory=list)
    """One line for each entry that was skipped, and for a document that breaks off."""
    published: dict[str, str] = field(default_factory=dict)
    """By address, when it was published, RFC 3339 in UTC; without those that do not say."""
    about: About = field(default_factory=About)


class LinkCollector:
    """Gathers addresses entry by entry, made absolute against `base`; keeps the first `limit` different ones of each kind."""

    def __init__(self, limit: int, base: str = "") -> None:
        self.about = About()
        """What the document says of itself."""
        self.entries = 0
        """Entries seen so far, whether or not they have an address."""
        self._limit = limit
        self._base = base
        self._urls: dict[str, None] = {}
        self._sitemaps: dict[str, None] = {}
        self._published: dict[str, str] = {}
        self._warnings: list[str] = []
        self._unshown = self._beyond = 0

    def add(self, candidates: Sequence[Candidate], *, sitemap: bool = False, published: str | None = None) -> None:
        """Takes the next entry's first usable address; where none is, a warning says what the first one was."""
        self.entries += 1
        target = next(filter(None, (self._usable(one) for one in candidates)), None)
        if target is None:
            self.warn(f"entry {self.entries}: {not_usable(candidates[0].address if candidates else '')}")
            return
        found = self._sitemaps if sitemap else self._urls
        if target not in found and len(found) >= self._limit:
            self._beyond += 1
            return
        found.setdefault(target)
        if (at := moment(published)) is not None:
            self._published.setdefault(target, at)

    @property
    def full(self) -> bool:
        """Whether so many entries came that no further one is read."""
        return self.entries >= FULL * self._limit

    def _usable(self, candidate: Candidate) -> str | None:
        base = self._base
        for part in candidate.bases:
            base = absolute(part, base) or base
        target = absolute(candidate.address, base)
        return target if target and (not _SCHEME.match(target) or target.startswith(("http://", "https://"))) else None

    def skip(self, text: str) -> None:
        """Passes over the next entry, which holds `text` and no address."""
        self.entries += 1
        self.warn(f"entry {self.entries}: {not_usable(text)}")

    def warn(self, text: str) -> None:
        """Adds a warning, or counts it where there are MAX_WARNINGS already."""
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append(text)
        else:
            self._unshown += 1

    def links(self) -> Links:
        """Everything that was gathered."""
        more = [f"{self._unshown} more warnings"] if self._unshown else []
        more += ["the rest is not read"] if self.full else []
        more += [f"{self._beyond} entries beyond the first {self._limit:,} are left out"] if self._beyond else []
        return Links(list(self._urls), list(self._sitemaps), self._warnings + more, self._published, self.about)


def absolute(address: str, base: str) -> str | None:
    """The address made absolute against `base` as browsers do (WHATWG URL Standard); None for one that no request could be sent to.

    Blanks and control characters around it are dropped, line breaks and tabs within it, other blanks and letters
    outside ASCII are escaped, and a backslash is a slash. `&amp;` that was escaped twice is an ampersand.
    """
    address = _BREAKS.sub("", address.strip(_TRIMMED)).replace("&amp;", "&")
    if not address:
        return None
    if address[:6].lower() in ("http:/", "https:") or not _SCHEME.match(address):
        path, mark, query = address.partition("?")
        address = path.replace("\\", "/") + mark + query
    try:
        target = urljoin(base, address)
        target.encode()  # JSON can hold half of a surrogate pair, which no message can carry
        start = _HOST.match(target)  # a name in its own letters is brought to ASCII where addresses are checked
        kept = start.end() if start else 0
        return target[:kept] + _UNSAFE.sub(lambda match: quote(match[0]), target[kept:])
    except ValueError:
        return None


def moment(text: str | None) -> str | None:
    """A date of RFC 822 or RFC 3339 as RFC 3339 in UTC; None for anything else, and for a day without a time."""
    text = (text or "").strip()[:80]
    with contextlib.suppress(ValueError, TypeError, OverflowError, IndexError):
        at = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        if len(text) > 10:  # a day alone says too little
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return None


def not_usable(text: str) -> str:
    """What a warning says of an entry that holds `text`."""
    shown = _STRAY.sub("\N{REPLACEMENT CHARACTER}", text.strip()[:SHOWN])
    return f"expected an address, got {shown!a}" if shown else "expected an address, got none"


def described(body: bytes, root: str = "") -> str:
    """What a document is, for the message that says what it is not; `root` names its root element where it has one."""
    head = body[:HEAD].strip().lower()
    if not head:
        return "an empty document"
    if root in KINDS:
        return KINDS[root]
    if root:
        return f"XML with the root element {root[:SHOWN]!a}"
    if head[:1] in b"{[":
        return "JSON"
    return "binary data" if b"\0" in head or _undecodable(head) else "plain text"


def _undecodable(head: bytes) -> bool:
    """Whether this is no UTF-8, a character cut at the end left aside."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start < len(head) - 3
    return False
