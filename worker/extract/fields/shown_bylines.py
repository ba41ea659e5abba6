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
NAME_PARTS = {
    **dict.fromkeys(("givenname", "firstname", "fname", "forename"), "given"),
    **dict.fromkeys(("additionalname", "middlename"), "middle"),
    **dict.fromkeys(("familyname", "lastname", "lname", "surname"), "family"),
}
"""Classes and properties of the parts of a name, in small letters without hyphens."""
MAX_PARTS = 100  # elements of a byline that are looked at: twenty authors have two or three parts and an outer element each
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


def names_in_parts(element: Element) -> list[str]:
    """The names that an element shows with the given name and the surname in elements of their own, in the page's order of both; a
    comma behind the surname puts it last."""
    names: list[str] = []
    parts: dict[str, str] = {}
    for inner in islice(element.iterdescendants(), MAX_PARTS):
        kind = _part_of_name(inner)
        if kind is None or not (text := " ".join((inner.get("content") or inner.text_content()).split())):
            continue
        if kind in parts:
            names, parts = [*names, *_whole_name(parts)], {}
        ends = text.endswith(",") or (inner.tail or "").lstrip().startswith(",")
        parts[kind] = f"{text.rstrip(', ')}," if kind == "family" and ends and not parts else text.rstrip(", ")
    return [*names, *_whole_name(parts)]


def _part_of_name(element: Element) -> str | None:
    """Which part of a name the classes of an element or its property name."""
    marks = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower().split()
    plain = [mark.rpartition("__")[2].replace("-", "").replace("_", "") for mark in marks]
    return next((kind for mark in plain if (kind := NAME_PARTS.get(mark))), None)


def _whole_name(parts: dict[str, str]) -> list[str]:
    """The name of several parts; none where the given name or the surname is missing."""
    if not {"given", "family"} <= parts.keys():
        return []
    ordered = [kind for kind in parts if kind != "family"] + ["family"] if parts["family"].endswith(",") else list(parts)
    return [" ".join(parts[kind].rstrip(",") for kind in ordered)]
