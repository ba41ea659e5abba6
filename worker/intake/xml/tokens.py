"""Split text into tags and the text between them, where `<` and `&` that begin nothing are text; expand no entity, fetch nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

from worker.errors import ItemFailed
from worker.reasons import Reason

MAX_ATTRIBUTES = 128
"""On one element. Feeds and sitemaps have some ten namespaces and a few attributes."""

MAX_MARKS = 1_000_000
"""`<` in one document, whether or not it begins a tag: 3 s of CPU, of the 5 that a page may use. Well-formed ones may hold more."""

_NAME = r"[A-Za-z_][^\s<>/\"'=]*+"
_TAG = re.compile(rf"""<(/?)({_NAME})((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""")
_LOOSE_TAG = re.compile(rf"<(/?)({_NAME})([^<>]*+)>")
"""With a quotation mark that nothing closes, as in `<p title=it's>`."""
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_ATTRIBUTE_HERE = re.compile(r"""(?:<[^\s<>/=]+)?\s*[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_LONG_SPAN = re.compile(r"<[^<]{512,}")
"""A tag and what follows it up to the next one, where it is long enough to hold more than MAX_ATTRIBUTES."""
_TYPE = re.compile(r"""<!DOCTYPE\s++([^\s<>\["']*+)(?:[^<>\["']++|"[^"]*+"|'[^']*+')*+(\[|>)?""", re.IGNORECASE)
_GENERAL_ENTITY = re.compile(r"<!ENTITY\s+(?!%)([^\s>]*)\s*(['\"]?)", re.IGNORECASE)
"""A declaration that content could refer to; parameter entities serve the DTD alone, which is never read."""
UNCLOSED = 2_000
"""Characters in which the end of an element is looked for whose CDATA is never closed: a title has a hundred."""
_CDATA = "<![CDATA["


class Tag(NamedTuple):
    """A start or end tag."""

    name: str
    """As it is written, in lower case, with its prefix."""
    rest: str
    """What follows the name: attributes."""
    is_end: bool
    is_empty: bool
    """Whether it ends in `/>`, so that it is start and end in one."""


def attributes_of(rest: str) -> dict[str, str]:
    """Values by name as they are written, names in lower case, references not resolved."""
    return {match[1].lower(): match[match.lastindex or 0] for match in _ATTRIBUTE.finditer(rest)}


class Tokens:
    """The pieces of a document, read once and in order: a Tag, or the text between two as it is written.

    `inside` is the name of the element that is open, which the reader keeps: where CDATA is never closed, its end tag is.
    Raises ItemFailed(PARSE_LIMIT) for a document type that declares entities and for a tag of more than MAX_ATTRIBUTES.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}
        self.inside = ""
        self.document_type = ""
        """The name in the document type, in lower case."""

    def __iter__(self) -> Iterator[Tag | str]:
        text, at, count = self._text, 0, 0
        while (found := text.find("<", at)) >= 0:
            count += 1
            if count > MAX_MARKS:
                raise ItemFailed(Reason.PARSE_LIMIT, f"more than {MAX_MARKS} tags in a document that is not well-formed")
            if found > at:
                yield text[at:found]
            match = _TAG.match(text, found) or _LOOSE_TAG.match(text, found)
            if match:
                yield _tag(match)
                at = match.end()
            else:
                piece, at = self._other(found)
                yield piece
        yield text[at:]

    def _other(self, at: int) -> tuple[str, int]:
        """The text that a comment, an instruction, CDATA, a document type or a raw `<` stands for, and where it ends."""
        text = self._text
        for begin, end in (("<!--", "-->"), ("<?xml ", ">"), ("<?", "?>")):
            if text.startswith(begin, at):
                where = self._find(end, at + len(begin))
                nested = text.find(begin, at + len(begin), where) if where >= 0 else 0
                return ("", where + len(end)) if nested < 0 else ("&lt;", at + 1)  # one that holds another was never closed
        if text.startswith(_CDATA, at):
            return self._cdata(at + len(_CDATA))
        if not self.inside and (declared := _TYPE.match(text, at)):
            return "", self._end_of_type(declared)
        return "&lt;", at + 1

    def _cdata(self, at: int) -> tuple[str, int]:
        end = self._find("]]>", at)
        if end < 0 or self._text.find(_CDATA, at, end) >= 0:  # it is never closed, and what follows is another's
            own = self._text.find(f"</{self.inside}>", at, at + UNCLOSED)
            return (self._text[at:own].replace("&", "&amp;"), own) if own >= 0 else ("", at)
        return self._text[at:end].replace("&", "&amp;"), end + len("]]>")

    def _find(self, wanted: str, at: int) -> int:
        """Where `wanted` comes next, -1 for nowhere; each stretch of the text is searched once, since `at` only grows."""
        known = self._next.get(wanted)
        if known is None or 0 <= known < at:
            known = self._next[wanted] = self._text.find(wanted, at)
        return known

    def _end_of_type(self, declared: re.Match[str]) -> int:
        self.document_type = self.document_type or declared[1].lower()
        if declared[2] != "[":
            return declared.end()
        end = self._find("]", declared.end())
        subset = self._text[declared.end() : end if end >= 0 else len(self._text)]
        if end < 0 or any(map(_is_own, _GENERAL_ENTITY.finditer(subset))):
            raise ItemFailed(Reason.PARSE_LIMIT, "declares entities of its own")
        return self._text.find(">", end) + 1 or len(self._text)


def _is_own(declared: re.Match[str]) -> bool:
    """Whether a declaration is more than a character of HTML's by its usual name (`nbsp`), which is read as HTML has it in any case."""
    return not declared[2] or f"{declared[1]};" not in html5


def has_huge_tag(text: str) -> bool:
    """Whether a tag may have more than MAX_ATTRIBUTES; reads no further into any than these."""
    return any(_exceeds(span[0]) for span in _LONG_SPAN.finditer(text))


def _exceeds(span: str) -> bool:
    at = 0
    for _ in range(MAX_ATTRIBUTES + 1):
        found = _ATTRIBUTE_HERE.match(span, at)
        if found is None:
            return False
        at = found.end()
    return True


def _tag(match: re.Match[str]) -> Tag:
    end, name, rest = match.groups()
    if not rest:
        return Tag(name.lower(), "", bool(end), False)
    rest = rest.rstrip()
    if len(rest) > 4 * MAX_ATTRIBUTES:  # `a=1 ` for each
        _check_count(rest)
    return Tag(name.lower(), rest.removesuffix("/"), bool(end), rest.endswith("/"))


def _check_count(rest: str) -> None:
    for count, _ in enumerate(_ATTRIBUTE.finditer(rest)):
        if count >= MAX_ATTRIBUTES:
            raise ItemFailed(Reason.PARSE_LIMIT, f"expected at most {MAX_ATTRIBUTES} attributes on an element, got more")
