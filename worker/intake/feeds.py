"""Read a feed (RSS, Atom, RDF or JSON Feed) into the addresses of its articles."""

from __future__ import annotations

import json
from typing import Any

from worker.errors import ItemFailed
from worker.intake.links import LinkCollector, Links, described
from worker.intake.xml_stream import Element, XmlStream, local_name
from worker.reasons import Reason

MAX_LINKS = 10_000
"""A feed of a busy agency holds hundreds; more than this is a trap or an archive."""
EXPECTED = "expected a feed (RSS, Atom, RDF or JSON Feed)"
ROOTS = ("rss", "feed", "rdf")
"""Root elements of the three XML families, in lower case."""


def links(body: bytes, base: str = "") -> Links:
    """The article addresses in a feed, in order, each once, made absolute against `base`.

    An entry without a usable address is skipped with a warning. Raises ItemFailed: NOT_FEED for
    what cannot be read as a feed, PARSE_LIMIT for a bomb.
    """
    found = LinkCollector(MAX_LINKS, base)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        _read_json(body, found)
    else:
        _read_xml(body, found)
    return found.links()


def _read_json(body: bytes, found: LinkCollector) -> None:
    """JSON Feed 1.1: `items[].url`, else `external_url`."""
    try:
        feed: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got broken JSON") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got JSON without a list `items`")
    for item in items:
        address = (item.get("url") or item.get("external_url")) if isinstance(item, dict) else None
        found.add(address if isinstance(address, str) else None)


def _read_xml(body: bytes, found: LinkCollector) -> None:
    stream = XmlStream(body, ("item", "entry"))
    for element in stream:
        found.add(_rss_link(element) if element.name == "item" else _atom_link(element))
    root = stream.root.lower()
    if root == "html" or (root not in ROOTS and found.empty):
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got {described(body, stream.root)}")
    if stream.error is not None:
        found.warn(stream.error)


def _rss_link(item: Element) -> str | None:
    """`link`, else a `guid` that says it is one (RSS 2.0), else `rdf:about` (RSS 1.0)."""
    link = next((text for name, text, _ in item.children if name == "link" and text), None)
    guid = next((text for name, text, at in item.children if name == "guid" and at.get("isPermaLink") != "false"), None)
    about = next((value for key, value in item.attributes.items() if local_name(key) == "about"), None)
    return link or (guid if guid and guid.startswith("http") else None) or about


def _atom_link(entry: Element) -> str | None:
    """`rel="alternate"`, which is also what a link without `rel` is (RFC 4287 section 4.2.7.2)."""
    hrefs = (at for name, _, at in entry.children if name == "link" and at.get("href"))
    return next((at["href"] for at in hrefs if at.get("rel", "alternate") == "alternate"), None)
