"""Markup made safe, then parsed once: what would stall the parser is taken out before, what it drops is noticed after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from worker.errors import ItemFailed
from worker.extract.page.elements import Element
from worker.reasons import Reason

MAX_LENGTH = 10 * 1024 * 1024  # characters: beyond it libxml2 drops text without a word
LONG_TAG = 1024  # characters between two '>': shorter tags hold too few attributes to cost the parser anything
MAX_ATTRIBUTES = 128  # on one tag; 1,013 real pages have 60 at most, and the parser's check for copies is quadratic
MAX_NODES = 400_000  # elements; ten times the largest of 1,013 real pages, and under 300 MiB as a tree

LOOKUP = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""One class for every element: lxml.html's own look-up asks Python for each, a fifth of a walk's time."""

MAX_SIGNS = 400_000  # equals signs, scripts included: above it attributes alone fill the memory
STREAMED_SIGN = "<div hidden"
STREAMED = re.compile(r"<div hidden(?:=\"\")? id=\"S:")
"""Parts of a page that React streams after the rest, hidden until its script moves them to their place."""
_TAG_START = re.compile(r"<[a-zA-Z][^\s<>/]*[\s/]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_STRUCTURE = re.compile(
    r"</?(?!(?:p|h[1-6]|li|br|blockquote|title|meta|link|head|body|html|time|script|style)\b)[a-zA-Z][^<>]*>", re.IGNORECASE
)


@dataclass(frozen=True)
class Tree:
    """A parsed page: its root element, and what is known to be missing."""

    root: Element | None
    """None where the page holds no element at all."""
    warnings: list[str] = field(default_factory=list)


def parse(text: str) -> Tree:
    """The tree of `text`; raises ItemFailed(PARSE_LIMIT) for a page that is no page."""
    if len(text) > MAX_LENGTH:
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_LENGTH} characters, came {len(text)}")
    if _more(text, "<", 2 * MAX_NODES):
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_NODES} elements, came {text.count('<')} tags")
    if STREAMED_SIGN in text:
        text = STREAMED.sub('<div id="S:', text)
    text, warnings = _without_absurd_tags(text)
    if _more(text, "=", MAX_SIGNS):
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_SIGNS} attributes, came {text.count('=')} equals signs")
    root, complete = _parsed(text)
    if not complete:
        root, _ = _parsed(_STRUCTURE.sub(" ", text))
        warnings.append("too_deep")
    return Tree(root, warnings)


def _more(text: str, sign: str, most: int) -> bool:
    """Whether `text` holds a sign more than so many times; most texts are too short for that."""
    return len(text) > most and text.count(sign) > most


def _without_absurd_tags(text: str) -> tuple[str, list[str]]:
    """`text` with tags of too many attributes emptied; what stands in scripts and styles is no tag."""
    kept, reached = [], 0
    for start, end in _long_parts(text):
        if (bare := _bare(text[start:end])) is not None and not _in_script(text, start):
            kept += [text[reached:start], bare]
            reached = end
    return ("".join([*kept, text[reached:]]), ["absurd_tag"]) if kept else (text, [])


def _long_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where more than LONG_TAG characters stand without a '>', found in strides: of the others hardly any is looked at."""
    start = 0
    while start + LONG_TAG < len(text):
        last = text.rfind(">", start, start + LONG_TAG + 1)
        if last < 0:
            end = text.find(">", start)
            last = len(text) if end < 0 else end
            yield start, last
        start = last + 1


def _in_script(text: str, place: int) -> bool:
    """Whether the last script or style that opens before `place` is still open there."""
    return any(text.rfind(f"<{name}", 0, place) > text.rfind(f"</{name}", 0, place) for name in ("script", "style"))


def _bare(part: str) -> str | None:
    """The part before a '>' with its tag bare, where that has more attributes than any real one; else None."""
    start = _TAG_START.search(part) if "<" in part else None  # most long parts are scripts
    if start is None or len(part[start.end() :].split()) <= MAX_ATTRIBUTES:
        return None
    names = len(_QUOTED.sub("", part[start.end() :]).split())
    return part[: start.end()] if names > MAX_ATTRIBUTES else None


def _parsed(text: str) -> tuple[Element | None, bool]:
    """The root, and whether all of the page is in it."""
    # huge_tree lifts the depth from 256 to 2,048 and the text from 10 million characters; time and memory are bounded by
    # MAX_LENGTH, MAX_NODES and by the limits of the process that parses.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(LOOKUP)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, True
    return root, not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
