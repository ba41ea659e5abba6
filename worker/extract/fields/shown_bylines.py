"""Read the lines that elements show, and find the bylines with a label among them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from worker.extract.fields.bylines import MAX_BYLINE
from worker.extract.fields.own_article import is_outside_article
from worker.extract.fields.person_names import BY
from worker.extract.page.elements import Element
from worker.extract.words.languages import pattern

LABELLED_IN = ("span", "li", "em", "i", "b", "strong", "small", "div", "dd", "p")
"""Elements that such a byline may fill."""
MAX_LABELLED, MAX_TEXTS = 60, 300  # characters of such a byline, and texts with a colon that are looked at: real pages have some tens
DEPTH = 3  # elements around the one with the colon, at most
_COLONS = etree.XPath(
    "//body/descendant::text()"
    "[(contains(., ':') or contains(., '\uff1a')) and not(parent::script or parent::style) and string-length(.) <= 200]"
)
"""Most texts have no colon, and are ruled out first: the length is counted in characters, which takes as long again."""
JOINED = pattern(r"\s*\n\s*(,|&|<and>|with reporting by)\s*\n?\s*", 0)
"""A line break before or after a conjunction: both lines are one."""


def labelled_lines(root: Element) -> Iterator[str]:
    """The bylines with a label that fill an element: in their line only the screen may part them from date and source."""
    for element in _around_colons(root):
        line = " ".join((element.text or "").split()) if len(element) == 0 else shown_line(element).replace("\n", " ")
        if len(line) <= MAX_LABELLED and any(colon in line for colon in ":\uff1a") and BY.match(line) and not is_outside_article(element):
            yield line


def _around_colons(root: Element) -> Iterator[Element]:
    """The elements around the first short texts with a colon, outer ones first, each once."""
    known: set[Element] = set()
    for text in _COLONS(root)[:MAX_TEXTS]:
        holder = text.getparent()
        inner = holder.getparent() if text.is_tail else holder
        for element in [*reversed([*islice(inner.iterancestors(), DEPTH)]), inner]:
            if element.tag in LABELLED_IN and element not in known:
                known.add(element)
                yield element


def shown_line(element: Element) -> str:
    """The text of an element, its parts separated by line breaks; "" for biographies and for text without letters."""
    pieces, size = [], 0
    for text in element.itertext():
        if piece := " ".join(text.split()):
            pieces.append(piece)
            size += len(piece)
        if size > MAX_BYLINE:  # the rest of a long element is not read
            return ""
    line = element.get("content") or JOINED.sub(r" \1 ", "\n".join(pieces))
    return line if len(line) <= MAX_BYLINE and any(map(str.isalpha, line)) else ""
