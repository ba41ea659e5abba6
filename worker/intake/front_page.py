"""Find the feeds that a page names: `<link rel="alternate">` in its head, and links that look like one."""

from __future__ import annotations

import re
from itertools import islice

from worker.intake.links import absolute
from worker.intake.text_encoding import decoded
from worker.intake.xml.elements import resolved
from worker.intake.xml.tokens import Tag, Tokens, attributes_of

TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
"""Types under which pages name their feeds; `application/json` and `text/xml` name much else."""
MAX_FEEDS = 20
"""Of one page: a paper has one for each section."""
_LOOKS_LIKE_ONE = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:\.xml|\.rss|\.rdf|\.atom|\.json|/)?$|\.(?:rss|rdf|atom)$|[?&]feed=rss", re.IGNORECASE
)
_COMMENTS = re.compile(r"/comments?/|[?&]comments?=|/replies/", re.IGNORECASE)
"""In the addresses of feeds of readers' comments."""


def feeds_named(body: bytes, base: str, content_type: str | None = None) -> list[str]:
    """The addresses of the page's feeds, those that its head names first; feeds of comments are left out."""
    stated: dict[str, None] = {}
    linked: dict[str, None] = {}
    for token in Tokens(decoded(body, content_type)):
        if not isinstance(token, Tag) or token.is_end or token.name not in ("link", "a", "base"):
            continue
        attributes = {name: resolved(value) for name, value in attributes_of(token.rest).items()}
        address = attributes.get("href", "")
        if token.name == "base":
            base = absolute(address, base) or base
        elif token.name == "link" and _is_feed(attributes):
            stated.setdefault(address)
        elif token.name == "a" and _LOOKS_LIKE_ONE.search(address):
            linked.setdefault(address)
    found = dict.fromkeys(absolute(address, base) or "" for address in [*stated, *linked] if not _COMMENTS.search(address))
    return list(islice((url for url in found if url.startswith(("http://", "https://"))), MAX_FEEDS))


def _is_feed(attributes: dict[str, str]) -> bool:
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in attributes.get("rel", "").lower().split() and kind in TYPES
