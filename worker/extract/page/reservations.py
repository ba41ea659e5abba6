"""Find the reservations against machines in the head of a parsed page."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from worker.extract.page.elements import Element
from worker.reservations import METAS

_IN_HEAD = etree.XPath("/html/head//meta | /html/meta | /html/body/meta")


def reserving_metas(root: Element) -> Iterator[tuple[str, str]]:
    """Name, in lower case, and content of the meta elements that may reserve a use of the page, in order.

    Those of the head, and those beside the body's first children: a parser ends the head at the first element that does
    not belong there, and the rest of it follows in the body.
    """
    for meta in _IN_HEAD(root):
        name = (meta.get("name") or "").strip().lower()
        if name in METAS:
            yield name, meta.get("content") or ""
