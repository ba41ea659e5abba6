"""Collect the addresses that a feed or a sitemap lists; skip the entries that cannot be read and report each as a warning."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin

MAX_WARNINGS = 5
"""Warnings kept of one list: enough to see what is wrong with it; a last line counts the others."""
SHOWN = 80
"""Characters of an unusable address that a warning quotes."""
HEAD = 2000
"""Bytes at the beginning of a document that show what it is."""
KINDS = {"html": "an HTML page", "rss": "a feed", "feed": "a feed", "rdf": "a feed", "urlset": "a sitemap", "sitemapindex": "a sitemap"}
"""What a document is, by the name of its root element in lower case."""


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed or a sitemap lists."""

    urls: list[str]
    """Addresses of articles, in order, each once."""
    sitemaps: list[str]
    """Addresses of further sitemaps."""
    warnings: list[str] = field(default_factory=list)
    """One line for each entry that was skipped, and for a document that breaks off."""


class LinkCollector:
    """Gathers addresses entry by entry, made absolute against `base`; keeps the first `limit` different ones of each kind."""

    def __init__(self, limit: int, base: str = "") -> None:
        self._limit = limit
        self._base = base
        self._entries = 0
        self._urls: dict[str, None] = {}
        self._sitemaps: dict[str, None] = {}
        self._warnings: list[str] = []
        self._unshown = 0

    @property
    def empty(self) -> bool:
        """Whether no address was found yet."""
        return not (self._urls or self._sitemaps)

    def add(self, address: str | None, *, sitemap: bool = False) -> None:
        """Takes the next entry's address; one that is missing or unusable becomes a warning."""
        self._entries += 1
        try:
            target = absolute(address, self._base)
        except ValueError as error:
            self.warn(f"entry {self._entries}: {error}")
            return
        found = self._sitemaps if sitemap else self._urls
        if len(found) < self._limit:
            found.setdefault(target)

    def skip(self, text: str) -> None:
        """Passes over the next entry, which holds `text` and no address."""
        self._entries += 1
        self.warn(f"entry {self._entries}: {not_usable(text)}")

    def warn(self, text: str) -> None:
        """Adds a warning, or counts it where there are MAX_WARNINGS already."""
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append(text)
        else:
            self._unshown += 1

    def links(self) -> Links:
        """Everything that was gathered."""
        more = [f"{self._unshown} more warnings"] if self._unshown else []
        return Links(list(self._urls), list(self._sitemaps), self._warnings + more)


def absolute(address: str | None, base: str) -> str:
    """The address made absolute against `base`; raises ValueError, worded for people, for one that no request could be sent to."""
    if not address or not address.strip():
        raise ValueError("expected an address, got none")
    try:
        target = urljoin(base, address.strip())
        target.encode()  # JSON can hold half of a surrogate pair, which no message can carry
    except ValueError as error:
        raise ValueError(not_usable(address)) from error
    return target


def not_usable(text: str) -> str:
    """What a warning says of an entry that holds `text`."""
    return f"expected an address, got {text[:SHOWN]!a}"


def described(body: bytes, root: str = "") -> str:
    """What a document is, for the message that says what it is not; `root` names its root element where it has one."""
    head = body[:HEAD].strip().lower()
    if not head:
        return "an empty document"
    if root.lower() in KINDS or head.startswith(b"<!doctype html"):
        return KINDS.get(root.lower(), "an HTML page")
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
