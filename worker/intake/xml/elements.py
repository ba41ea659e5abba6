"""Define an element of a feed or a sitemap: what both readers of XML give, whichever of them reads the document."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

MAX_ELEMENTS = 1_000_000
"""Of one document. Twenty tags for each of a sitemap's 50,000 URLs: more is a bomb."""
MAX_TEXT = 16_000
"""Characters kept of one element's text: twice the longest URL that is fetched."""
MAX_BASES = 10
"""`xml:base` kept of one element: of the innermost; real documents have two."""
MAX_CHILDREN = 200
"""Children kept of one entry, and of the document outside of its entries: those of a real one are some twenty."""
CONTAINERS = frozenset({"channel", "rss", "feed", "rdf", "urlset", "sitemapindex"})
"""Their ends close every entry that is open."""
ATOM = ("http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "atom:", "a10:")
CORE = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://backend.userland.com/", "http://www.sitemaps.org/",
        "http://www.google.com/schemas/sitemap/0.", "http://channel.netscape.com/", "rss:")  # fmt: skip
"""Beginnings of the names of namespaces, and prefixes that are common where they are declared nowhere."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a document, in names without prefix and in lower case."""

    entries: Collection[str]
    """Elements that are yielded."""
    fields: Collection[str]
    """Their children that are kept."""
    roots: Collection[str]
    """Root elements of such documents."""
    inner: Collection[str] = frozenset()
    """Elements in a child that is not kept, which count as children."""


@dataclass(slots=True)
class Element:
    """An element once it has ended."""

    name: str
    """Without its prefix, in lower case."""
    vocabulary: str
    """`core` (RSS, sitemap, or no namespace), `atom`, or `foreign`: any other that has a prefix."""
    attributes: Mapping[str, str]
    """Names as they are written, in lower case: `xml:base`, `rdf:about`."""
    bases: tuple[str, ...]
    """`xml:base` of the elements around it and of its own, the outermost first."""
    text: str = ""
    """Its own text, references and CDATA resolved, trimmed."""
    children: list[Element] = field(default_factory=list)
    """Elements directly in it."""
    whole: bool = True
    """False where the end of an element around it ended it, so that its text may be cut."""

    def add(self, child: Element) -> None:
        """Takes one more child, up to MAX_CHILDREN."""
        if len(self.children) < MAX_CHILDREN:
            self.children.append(child)


_REFERENCE = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});")


@lru_cache(maxsize=256)
def _whose(space: str, *, prefixed: bool) -> str:
    space = space.replace("https://", "http://", 1)  # as some write what is no address but a name
    if space.startswith(ATOM):
        return "atom"
    return "foreign" if prefixed and not space.startswith(CORE) else "core"


def vocabulary(prefix: str, spaces: Mapping[str, str]) -> str:
    """Whose name one with this prefix is: see Element."""
    return _whose(spaces.get(prefix, f"{prefix}:" if prefix else ""), prefixed=bool(prefix))


def resolved(text: str) -> str:
    """`text` with characters in place of the references to characters and of HTML's named entities; others stay as they are."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    return html.unescape(reference[0])
