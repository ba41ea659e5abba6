"""Find the reservations against machines in the head of a parsed page."""

from __future__ import annotations

from collections.abc import Iterator

from worker.extract.page.elements import Element
from worker.reservations import METAS


def reserving_metas(root: Element) -> Iterator[tuple[str, str]]:
    """Name, in lower case, and content of the meta elements that may reserve a use of the page, in order.

    Those of the head, and those beside the body's first children: a parser ends the head at the first element that does
    not belong there, and the rest of it follows in the body.
    """
    for meta in root.iter("meta"):
        name = (meta.get("name") or "").strip().lower()
        if name in METAS and _is_in_head(meta):
            yield name, meta.get("content") or ""


def _is_in_head(meta: Element) -> bool:
    parent = meta.getparent()
    return parent is None or parent.tag in ("html", "body") or any(outer.tag == "head" for outer in meta.iterancestors())
