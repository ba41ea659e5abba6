"""Parse markup: remove what would stall the parser beforehand, and report what the parser dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from worker.errors import ItemFailed
from worker.extract.page.elements import Element
from worker.reasons import Reason

MAX_LENGTH = 10 * 1024 * 1024  # characters: beyond it libxml2 drops text silently
LONG_TAG = 1024  # characters between two '>': shorter tags hold too few attributes to slow the parser down
MAX_ATTRIBUTES = 128  # on one tag; 1,013 real pages have 60 at most, and the parser's check for duplicates is quadratic
MAX_TAGS = 800_000  # tags of every kind: end tags without a start cost a hundredth of an element
MAX_NODES = 50_000  # start tags, those in scripts included; ten times the most on 1,526 real pages (4,975), read in 3 s of CPU

LOOKUP = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""One class for all elements: lxml.html's own look-up calls Python for each, a fifth of the time to read a page."""

MAX_EQUALS_SIGNS = 400_000  # scripts included: above it attributes alone would fill the memory
STREAMED_START = "<div hidden"
SHOWN = '<div id="S:'
"""Parts of a page that React streams after the rest, hidden until its script moves them into position."""
_TAG_START = re.compile(r"<[a-zA-Z][^\s<>/]*[\s/]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
BODY = "<body"
BODY_ELEMENTS = frozenset(
    {"article", "aside", "details", "dialog", "figure", "footer", "header", "hgroup", "main", "nav", "search", "section"}
)
"""Elements of a body that are younger than libxml2's table (HTML Standard, sections 4.3, 4.4 and 4.11)."""
LONG_TITLE = 500  # characters: half more than the longest title of 1,526 real pages (319)
_STRUCTURE = re.compile(
    r"</?(?!(?:p|h[1-6]|li|br|blockquote|title|meta|link|head|body|html|time|script|style)\b)[a-zA-Z][^<>]*>", re.IGNORECASE
)


@dataclass(frozen=True)
class Tree:
    """A parsed page: its root element, and warnings about what is missing (`absurd_tag`, `too_deep`)."""

    root: Element | None
    """None where the page has no element at all."""
    warnings: list[str] = field(default_factory=list)


def parse(text: str) -> Tree:
    """The tree of `text`. Raises ItemFailed(PARSE_LIMIT) for markup beyond the parser's limits."""
    if len(text) > MAX_LENGTH:
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_LENGTH} characters, got {len(text)}")
    if _holds_more(text, "<", MAX_TAGS):
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_TAGS} tags, got {text.count('<')}")
    if _holds_more(text, "<", MAX_NODES) and (tags := _start_tags(text)) > MAX_NODES:
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_NODES} elements, got {tags} tags")
    if STREAMED_START in text:
        text = text.replace('<div hidden id="S:', SHOWN).replace('<div hidden="" id="S:', SHOWN)
    text, warnings = _without_huge_tags(text)
    if _holds_more(text, "=", MAX_EQUALS_SIGNS):
        raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_EQUALS_SIGNS} attributes, got {text.count('=')} equals signs")
    root, complete = _parsed(text)
    if root is not None and _is_swallowed(root):
        root, complete = _parsed(_with_title_closed(text))
    if root is not None and not len(root) and len(text) > LONG_TITLE:
        root, complete = _parsed(
            re.sub(r"<html[^>]*>", " ", text, count=1, flags=re.IGNORECASE)
        )  # with a broken tag of the root, all is lost
    if root is not None and _holds_body(root):
        root, complete = _parsed(re.sub(f"</head>\\s*{BODY}", r"</script>\g<0>", text, count=1, flags=re.IGNORECASE))
    if not complete:
        root, _ = _parsed(_STRUCTURE.sub(" ", text))
        warnings.append("too_deep")
    return Tree(root, warnings)


def _is_swallowed(root: Element) -> bool:
    """Whether the title holds the rest of the page, since it has no end tag or a broken one."""
    title = next(root.iter("title"), None)
    return title is not None and len(title.text or "") > LONG_TITLE and "<" in (title.text or "")


def _with_title_closed(text: str) -> str:
    """`text` with the end tag of its title before the next tag."""
    start = text.lower().find("<title")
    end = text.find("<", start + 1)
    return f"{text[:end]}</title>{text[end:]}" if 0 <= start < end else text


def _holds_body(root: Element) -> bool:
    """Whether a script of the head holds the beginning of the body, since a quotation mark of its tag is missing."""
    held = (script.text or "" for script in root.iter("script"))
    return any(f"</head>\n{BODY}" in text.lower() for text in held if "</head>" in text or "</HEAD>" in text)


def _holds_more(text: str, sign: str, limit: int) -> bool:
    """Whether `text` holds a character more than `limit` times; most texts are too short, and are not searched."""
    return len(text) > limit and text.count(sign) > limit


def _start_tags(text: str) -> int:
    """How many tags open an element; a `<` in a script counts as one."""
    return text.count("<") - text.count("</") - text.count("<!")


def _without_huge_tags(text: str) -> tuple[str, list[str]]:
    """`text` with the attributes removed from tags that have too many; the content of scripts and styles stays."""
    kept, reached, scripts = [], 0, _Scripts(text)
    for start, end in _long_spans(text):
        if (bare := _without_attributes(text[start:end])) is not None and not scripts.open_at(start):
            kept += [text[reached:start], bare]
            reached = end
    return ("".join([*kept, text[reached:]]), ["absurd_tag"]) if kept else (text, [])


def _long_spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of more than LONG_TAG characters without a '>'; searched in steps of that length, so that few characters are read."""
    start = 0
    while start + LONG_TAG < len(text):
        last = text.rfind(">", start, start + LONG_TAG + 1)
        if last < 0:
            end = text.find(">", start)
            last = len(text) if end < 0 else end
            yield start, last
        start = last + 1


@dataclass
class _Scripts:
    """Where scripts and styles begin and end. Positions are asked for in growing order, so that the text is searched once: a search from
    each of 2,000 tags back to the beginning took 5 s of CPU."""

    text: str
    reached: int = 0
    last: dict[str, int] = field(default_factory=dict)
    """The last place of each mark before `reached`."""

    def open_at(self, position: int) -> bool:
        """Whether the last script or style that opens before `position` is still open there."""
        start, self.reached = max(0, self.reached - len("</script")), position
        for mark in ("<script", "</script", "<style", "</style"):
            self.last[mark] = max(self.last.get(mark, -1), self.text.rfind(mark, start, position))
        return any(self.last[f"<{name}"] > self.last[f"</{name}"] for name in ("script", "style"))


def _without_attributes(span: str) -> str | None:
    """The span before a '>' up to the name of its tag, where the tag has more attributes than any real one; else None."""
    start = _TAG_START.search(span) if "<" in span else None  # most long spans are in scripts
    if start is None or len(span[start.end() :].split()) <= MAX_ATTRIBUTES:
        return None
    attributes = len(_QUOTED.sub("", span[start.end() :]).split())
    return span[: start.end()] if attributes > MAX_ATTRIBUTES else None


def _parsed(text: str) -> tuple[Element | None, bool]:
    """The root, and whether the tree holds all of the page."""
    # huge_tree raises the depth from 256 to 2,048 and lifts the limit of 10 million characters of text; time and memory are
    # bounded by MAX_LENGTH, MAX_NODES and the limits of the process that parses.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(LOOKUP)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None, True
    _complete_body(root)
    return root, not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _complete_body(root: html.HtmlElement) -> None:
    """Begins the body with what libxml2 left in the head: it knows no such element, and the page has no `<body>` before it."""
    head, body = root.find("head"), root.find("body")
    misplaced = [] if head is None else [child for child in head if child.tag in BODY_ELEMENTS or "-" in child.tag]
    if misplaced and body is None:
        body = etree.SubElement(root, "body")
    for place, child in enumerate(misplaced):
        body.insert(place, child)
