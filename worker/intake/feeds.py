"""Feed read: RSS, Atom, RDF or JSON Feed in, the addresses of its articles out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from worker.errors import ItemFailed
from worker.intake.xml_stream import Element, elements, local_name
from worker.reasons import Reason

MAX_LINKS = 10_000
"""A feed of a busy agency holds hundreds; more than this is a trap or an archive."""


def links(body: bytes, base: str = "") -> list[str]:
    """The article addresses in a feed, in order, each once, made absolute against `base`.

    Raises ItemFailed(NOT_HTML) for what is no feed and ItemFailed(PARSE_LIMIT) for a bomb.
    """
    found = _json_links(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _xml_links(body)
    return unique(urljoin(base, link) for link in found)


def unique(found: Iterable[str], limit: int = MAX_LINKS) -> list[str]:
    """The first `limit` different ones, in order."""
    seen: dict[str, None] = {}
    for link in found:
        if len(seen) == limit:
            break
        seen.setdefault(link)
    return list(seen)


def _json_links(body: bytes) -> list[str]:
    """JSON Feed 1.1: `items[].url`, else `external_url`."""
    try:
        feed: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ItemFailed(Reason.NOT_HTML, "expected a feed, came broken JSON") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ItemFailed(Reason.NOT_HTML, "expected a JSON feed with `items`")
    addresses = (item.get("url") or item.get("external_url") for item in items if isinstance(item, dict))
    return [address.strip() for address in addresses if isinstance(address, str) and address.strip()]


def _xml_links(body: bytes) -> Iterator[str]:
    root: str | None = None
    for element in elements(body, ("item", "entry")):
        root = root or element.root
        link = _rss_link(element) if element.name == "item" else _atom_link(element)
        if link:
            yield link
    if root is None:
        _expect_feed(body)


def _expect_feed(body: bytes) -> None:
    """An empty feed is one; a page is none."""
    head = body[:2000].lower()
    if not any(mark in head for mark in (b"<rss", b"<feed", b":rdf", b"<rdf")):
        raise ItemFailed(Reason.NOT_HTML, "expected RSS, Atom, RDF or JSON Feed")


def _rss_link(item: Element) -> str | None:
    """`link`, else a `guid` that says it is one (RSS 2.0), else `rdf:about` (RSS 1.0)."""
    link = next((text for name, text, _ in item.children if name == "link" and text), None)
    guid = next((text for name, text, at in item.children if name == "guid" and at.get("isPermaLink") != "false"), None)
    about = next((value for key, value in item.attributes.items() if local_name(key) == "about"), None)
    return link or (guid if guid and guid.startswith("http") else None) or about


def _atom_link(entry: Element) -> str | None:
    """`rel="alternate"`, which is also what a link without `rel` is (RFC 4287 section 4.2.7.2)."""
    hrefs = (at for name, _, at in entry.children if name == "link" and at.get("href"))
    return next((at["href"].strip() for at in hrefs if at.get("rel", "alternate") == "alternate"), None)
