"""Decode the bytes of a feed or a sitemap into text, whatever encoding they claim; no byte makes this fail."""

from __future__ import annotations

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks. One that is there counts more than any name (RFC 7303 section 3.2)."""
UNMARKED = (
    (re.compile(rb"\s*[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"(?:\s\0)*[<{]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0\s)*\0[<{]"), "utf-16-be"),
)
"""The first letter of a document in an encoding of two or four bytes a letter (XML 1.0, appendix F)."""
HEAD = 2048
"""Bytes in which the XML declaration is looked for: notices of programs may stand before it."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)

# fmt: off
SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "hz": "hz", "shift_jis": "cp932", "shift_jisx0213": "cp932", "euc_kr": "cp949",
    "big5": "big5hkscs", "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8", "utf-32": "utf-8", "utf-32-le": "utf-8",
    "utf-32-be": "utf-8", "utf-7": "utf-8",
}
# fmt: on
"""What is really written under a name (WHATWG Encoding Standard, section 4.2), by Python's name of the codec. Text that has come
this far has one byte a letter, so a name of UTF-16 is a lie; UTF-7 hides mark-up and is nobody's encoding."""
ALIASES = {"utf8mb4": "utf-8", "utf8mb3": "utf-8", "unicode": "utf-8", "windows-874": "cp874", "x-sjis": "cp932", "windows-31j": "cp932"}
"""Names that are not Python's."""


def decoded(body: bytes, content_type: str | None = None) -> str:
    """The text of `body` by its byte-order mark, its zero bytes, its XML declaration, the header `content_type`, or as UTF-8.

    A byte that the encoding does not have costs that letter alone. In UTF-8 it becomes half of a surrogate pair, as Python
    keeps it: an address with such a letter is not guessed at.
    """
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return _with(encoding, body[len(mark) :])
    for pattern, encoding in UNMARKED:
        if pattern.match(body):
            return _with(encoding, body)
    declared = _DECLARED.search(body, 0, HEAD)
    named = _codec(declared[1].decode("ascii")) if declared else None
    if named == "utf-8" and _is_no_utf8(body):
        named = _named_by(content_type)
    return _with(named or _undeclared(body, content_type), body)


def _undeclared(body: bytes, content_type: str | None) -> str:
    """UTF-8 where the bytes are that, else what the header names; mark-up that is neither is in windows-1252, as browsers assume."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        assumed = "cp1252" if body.lstrip().startswith(b"<") else "utf-8"
        return _named_by(content_type) or assumed
    return "utf-8"


def _named_by(content_type: str | None) -> str | None:
    header = _CHARSET.search(content_type or "")
    return _codec(header[1]) if header else None


def _is_no_utf8(body: bytes) -> bool:
    """Whether most letters outside ASCII are not in UTF-8: a declaration that a template has, over bytes of a database."""
    letters = [one for one in body.decode("utf-8", "surrogateescape") if one > "\x7f"]
    return sum("\udc80" <= one <= "\udcff" for one in letters) * 2 > len(letters)


def _codec(name: str) -> str | None:
    """Python's codec for an encoding's name; None for a name that nobody knows, or that is no encoding of text."""
    try:
        found = codecs.lookup(ALIASES.get(name.lower(), name))
        b"00".decode(found.name, "replace")
    except (LookupError, ValueError):
        return None
    return SUPERSETS.get(found.name, found.name)


def _with(encoding: str, body: bytes) -> str:
    return body.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
