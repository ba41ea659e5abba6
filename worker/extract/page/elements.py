"""The type of a parsed page's elements: the part of lxml's interface that extraction uses (lxml itself is untyped)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Element(Protocol):
    """An `lxml.html.HtmlElement`; comments and processing instructions are left out when a page is parsed."""

    @property
    def tag(self) -> str: ...

    @property
    def text(self) -> str | None:
        """Text before the first child."""

    @property
    def tail(self) -> str | None:
        """Text after the end tag, before the next sibling."""

    def __iter__(self) -> Iterator[Element]: ...

    def __len__(self) -> int:
        """The number of children."""

    def get(self, name: str) -> str | None:
        """The value of an attribute."""

    def items(self) -> list[tuple[str, str]]:
        """Names and values of all attributes."""

    def getparent(self) -> Element | None: ...

    def find(self, path: str) -> Element | None: ...

    def iter(self, *tags: str) -> Iterator[Element]:
        """This element and its descendants in document order, those with one of `tags` where any is given."""

    def iterancestors(self) -> Iterator[Element]: ...

    def iterdescendants(self) -> Iterator[Element]: ...

    def itersiblings(self, *, preceding: bool = False) -> Iterator[Element]:
        """The siblings that follow, or those before, the nearest first."""

    def itertext(self) -> Iterator[str]: ...

    def text_content(self) -> str:
        """The text of the element and its descendants, joined."""

    def xpath(self, path: str) -> object: ...


class Attribute(Protocol):
    """An attribute value found by an XPath expression; it is a `str` in lxml, and remembers its element."""

    def getparent(self) -> Element: ...


def text_before(element: Element) -> str:
    """The text directly before an element, behind the tag before it."""
    before, outer = next(element.itersiblings(preceding=True), None), element.getparent()
    return (before.tail if before is not None else outer.text if outer is not None else None) or ""
