"""Read well-formed XML element by element with libxml2, at a fifth of what a mended document costs; expand no entity, fetch nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

from lxml import etree

from worker.errors import ItemFailed, PressmarkError
from worker.intake.xml.elements import CONTAINERS, MAX_BASES, MAX_CHILDREN, MAX_ELEMENTS, MAX_TEXT, Element, Wanted, vocabulary
from worker.intake.xml.tokens import has_huge_tag
from worker.reasons import Reason

_DECLARATION = re.compile(r"<\?xml\s[^>]*>")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_UNDECLARED = "NS_ERR_UNDEFINED_NAMESPACE"
"""libxml2's name for a prefix that is declared nowhere; the document is read to its end all the same."""
_BASE = _XML + "base"


class NotWellFormed(PressmarkError):
    """The document is no XML 1.0, or has something that this reader leaves to the other."""


class StrictReader:
    """As RepairingReader, for well-formed documents. Iterating raises NotWellFormed where one turns out not to be that.

    A document with a document type never comes to libxml2, nor an element of many attributes, which it checks against
    each other in quadratic time.
    """

    def __init__(self, text: str, wanted: Wanted) -> None:
        self._text, self._wanted = text.lstrip("\ufeff \t\r\n"), wanted
        self._has_bases = "xml:base" in text
        self.root = ""
        self.about: list[Element] = []
        self.error: str | None = None

    def __iter__(self) -> Iterator[Element]:
        depth = 0
        entry: etree._Element | None = None
        for count, (event, node) in enumerate(self._events()):
            if event == "start":
                if depth == 0:
                    self._check_root(_local(node.tag))
                elif entry is None and self._is_entry(node):
                    entry = node
                depth += 1
                continue
            depth -= 1
            if count > 2 * MAX_ELEMENTS:
                raise ItemFailed(Reason.PARSE_LIMIT, f"more than {MAX_ELEMENTS} elements")
            if node is entry:
                yield self._entry(node)
                entry = None
                _drop(node)
            elif entry is None and depth:
                self._note(node)

    def _events(self) -> Iterator[tuple[str, etree._Element]]:
        begin = _DECLARATION.match(self._text)
        if "<!DOCTYPE" in self._text or has_huge_tag(self._text):
            raise NotWellFormed("left to the other reader")
        try:
            source = BytesIO(self._text[begin.end() if begin else 0 :].encode())
            yield from etree.iterparse(
                source,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
        except etree.XMLSyntaxError as error:
            if any(fault.type_name != _UNDECLARED for fault in error.error_log):  # these alone come last, after everything was read
                raise NotWellFormed(str(error)[:200]) from error
        except UnicodeEncodeError as error:
            raise NotWellFormed("letters that are none") from error

    def _check_root(self, name: str) -> None:
        self.root = name
        if name not in self._wanted.roots:
            raise NotWellFormed("its root is another's")

    def _is_entry(self, node: etree._Element) -> bool:
        return _local(node.tag) in self._wanted.entries and _vocabulary(node) != "foreign"

    def _note(self, node: etree._Element) -> None:
        parent = node.getparent()
        if parent is not None and _local(parent.tag) in CONTAINERS and len(self.about) < MAX_CHILDREN:
            self.about.append(_element(node, ()))

    def _entry(self, node: etree._Element) -> Element:
        element = _element(node, self._bases(node))
        for child in node:
            if _local(child.tag) in self._wanted.fields:
                element.add(_element(child, self._bases(child)))
            elif self._wanted.inner:
                for inner in child:
                    if _local(inner.tag) in self._wanted.inner:
                        element.add(_element(inner, self._bases(inner)))
        return element

    def _bases(self, node: etree._Element) -> tuple[str, ...]:
        if not self._has_bases:
            return ()
        found = [base for base in (node.get(_BASE), *(around.get(_BASE) for around in node.iterancestors())) if base is not None]
        return tuple(reversed(found[:MAX_BASES]))


def _element(node: etree._Element, bases: tuple[str, ...]) -> Element:
    text = node.text or ""
    if len(node):
        text += "".join(child.tail or "" for child in node)
    attributes = {_key(name): value for name, value in node.items()} if node.attrib else {}
    return Element(_local(node.tag), _vocabulary(node), attributes, bases, text[:MAX_TEXT].strip())


@lru_cache(maxsize=256)  # a document has a few names, each many times
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _vocabulary(node: etree._Element) -> str:
    return _whose(node.tag, node.prefix or "")


@lru_cache(maxsize=256)
def _whose(tag: str, prefix: str) -> str:
    if tag[:1] != "{" and ":" in tag:  # a prefix that is declared nowhere
        return vocabulary(tag.partition(":")[0].lower(), {})
    return vocabulary(prefix, {prefix: tag.partition("}")[0][1:].strip().lower() if tag[:1] == "{" else ""})


def _key(name: str) -> str:
    """`xml:base`, `rdf:about`: what the readers look for keeps a prefix, whichever it was."""
    space, _, local = name.rpartition("}")
    if not space:
        return local.lower()
    return f"{'xml' if name.startswith(_XML) else 'ns'}:{local.lower()}"


def _drop(node: etree._Element) -> None:
    """Frees what has been read; otherwise a sitemap of 50 MB would take ten times that in memory."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]
