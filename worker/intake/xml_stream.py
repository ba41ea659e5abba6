"""Read XML one element at a time; expand no entity and fetch nothing."""

from __future__ import annotations

import contextlib
import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from worker.errors import ItemFailed
from worker.reasons import Reason

MAX_ELEMENTS = 1_000_000
"""Twenty tags for each of a sitemap's 50,000 URLs: more is a bomb."""
MAX_ATTRIBUTES = 128
"""On one element; libxml2's check for duplicates is quadratic. Feeds and sitemaps have some ten namespaces and a few attributes."""
_LONG_SPAN = re.compile(rb"<[^<]{512,}")
"""A tag and what follows it up to the next one, where it is long enough to hold more than MAX_ATTRIBUTES."""
_TAG_NAME = re.compile(rb"<[^\s<>/=]+")
_ATTRIBUTE = re.compile(rb"""\s*[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_PROLOG = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
"""White space, instructions and comments: all that may come before a document type (XML 1.0, production 22)."""
_SUBSET = re.compile(rb"""<!DOCTYPE(?:[^>\["']|"[^"]*"|'[^']*')*\[""", re.IGNORECASE)
"""A document type with declarations of its own, up to where they begin."""
_BREAKS_OFF = ("_NOT_FINISHED", "_RESOURCE_LIMIT")
"""Endings of the names of libxml2's errors after which it reads no further."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element with its direct children, names without their namespaces."""

    name: str
    attributes: Mapping[str, str]
    children: Sequence[tuple[str, str, Mapping[str, str]]]
    """Name, trimmed text, attributes."""


class XmlStream:
    """Yields every element called one of `names`, in document order, and drops each once it has been yielded.

    A document type that declares entities is refused before it is parsed, so no entity can grow or
    read a file. Iterating raises ItemFailed(PARSE_LIMIT) for that, for an element with more than
    MAX_ATTRIBUTES, before anything is parsed, and for too many elements; and nothing for what is no
    XML: then `root` stays empty. Broken XML is read as far as libxml2 can.
    """

    def __init__(self, body: bytes, names: Collection[str]) -> None:
        self._body = body
        self._names = names
        self.root = ""
        """Name of the root element, once it has been read."""
        self.error: str | None = None
        """Once all is read: where the document breaks off and why, None where it does not."""

    def __iter__(self) -> Iterator[Element]:
        if _declares_entities(self._body):
            raise ItemFailed(Reason.PARSE_LIMIT, "declares entities of its own")
        if _has_huge_tag(self._body):
            raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_ATTRIBUTES} attributes on an element, got more")
        for count, (event, node) in enumerate(self._events()):
            if count > 2 * MAX_ELEMENTS:
                raise ItemFailed(Reason.PARSE_LIMIT, f"more than {MAX_ELEMENTS} elements")
            self.root = self.root or local_name(node.tag)
            if event == "end" and local_name(node.tag) in self._names:
                yield _element(node)
                _drop(node)

    def _events(self) -> Iterator[tuple[str, etree._Element]]:
        """Starts and ends of elements, up to the first error that libxml2 cannot recover from."""
        source = BytesIO(self._body.strip())
        reader = etree.iterparse(
            source, events=("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        with contextlib.suppress(etree.XMLSyntaxError):
            yield from reader
        last = next((error for error in reader.error_log if error.type_name.endswith(_BREAKS_OFF)), None)
        self.error = None if last is None else f"breaks off at line {last.line}: {last.message.splitlines()[0]}"


def _declares_entities(body: bytes) -> bool:
    """Whether its document type may; what an article quotes declares nothing."""
    text = body.removeprefix(BOM_UTF8)
    prolog = _PROLOG.match(text)
    return prolog is not None and _SUBSET.match(text, prolog.end()) is not None


def _has_huge_tag(body: bytes) -> bool:
    """Whether a tag has more than MAX_ATTRIBUTES; without their zero bytes, UTF-16 and UTF-32 read as ASCII."""
    return any(_attributes_exceed(span.group(), MAX_ATTRIBUTES) for span in _LONG_SPAN.finditer(body.replace(b"\0", b"")))


def _attributes_exceed(tag: bytes, limit: int) -> bool:
    """Whether the tag at the beginning of `tag` has more than `limit` attributes; reads no further than these."""
    name = _TAG_NAME.match(tag)
    at = name.end() if name else len(tag)
    for _ in range(limit + 1):
        found = _ATTRIBUTE.match(tag, at)
        if found is None:
            return False
        at = found.end()
    return True


def local_name(tag: object) -> str:
    """The name without its namespace; empty for comments and instructions."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _element(node: etree._Element) -> Element:
    children = [(local_name(child.tag), (child.text or "").strip(), dict(child.attrib)) for child in node]
    return Element(local_name(node.tag), dict(node.attrib), children)


def _drop(node: etree._Element) -> None:
    """Frees what has been read; otherwise a sitemap of 50 MB would take ten times that in memory."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]
