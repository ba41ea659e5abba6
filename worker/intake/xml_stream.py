"""XML read one element at a time: feeds and sitemaps, with nothing expanded and nothing fetched."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from worker.errors import ItemFailed
from worker.reasons import Reason

MAX_ELEMENTS = 1_000_000
"""Twenty tags for each of a sitemap's 50,000 URLs: more is a bomb."""
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE[^>]*\[|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """One element with its direct children, names without their namespaces."""

    name: str
    root: str
    attributes: Mapping[str, str]
    children: Sequence[tuple[str, str, Mapping[str, str]]]
    """Name, trimmed text, attributes."""


def elements(body: bytes, names: Collection[str]) -> Iterator[Element]:
    """Every element called one of `names`, in document order; each is dropped once it has been given.

    A document type with declarations of its own is refused before it is parsed, so no entity can
    grow or read a file. Raises ItemFailed(PARSE_LIMIT), or ItemFailed(NOT_HTML) for what is no XML
    at all; what comes before the first error of a broken document is given.
    """
    if _DOCTYPE.search(body):
        raise ItemFailed(Reason.PARSE_LIMIT, "declares entities of its own")
    root = ""
    for count, (event, node) in enumerate(_events(body)):
        if count > 2 * MAX_ELEMENTS:
            raise ItemFailed(Reason.PARSE_LIMIT, f"more than {MAX_ELEMENTS} elements")
        root = root or local_name(node.tag)
        if event == "end" and local_name(node.tag) in names:
            yield _element(node, root)
            _drop(node)


def _events(body: bytes) -> Iterator[tuple[str, etree._Element]]:
    """Starts and ends of elements, up to the first error that cannot be mended."""
    source = BytesIO(body.strip())
    reader = etree.iterparse(
        source, events=("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    with contextlib.suppress(etree.XMLSyntaxError):
        yield from reader


def local_name(tag: object) -> str:
    """The name without its namespace; empty for comments and instructions."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _element(node: etree._Element, root: str) -> Element:
    children = [(local_name(child.tag), (child.text or "").strip(), dict(child.attrib)) for child in node]
    return Element(local_name(node.tag), root, dict(node.attrib), children)


def _drop(node: etree._Element) -> None:
    """Frees what has been read, or a sitemap of 50 MB would stand in memory ten times over."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]
