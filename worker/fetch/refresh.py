"""Find where a page sends its readers by itself: `<meta http-equiv="refresh">` and the header `Refresh`."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from worker.fetch.head import Head, text_of
from worker.fetch.markup import TAG, without

HEAD_BYTES = 64 * 1024
"""Bytes in which a page may name another one; browsers look for it in the head alone."""
SOON = 5.0
"""Seconds; a page that sends its readers on later than this is one to be read. Those that reload themselves do so after minutes."""
PATIENT = 60.0
"""Seconds on a page that holds no article, which says "You will be taken there in ten seconds" and nothing else."""
SMALL = 256 * 1024
"""Bytes of a page that does nothing but send its readers on, at most: challenges with their scripts have a hundred thousand."""
LITTLE = 400
"""Characters: a page of less text holds no article, so what it says to readers without scripts is taken as said to us."""
UNSEEN = frozenset((b"--", b"script", b"style", b"template", b"textarea", b"title", b"iframe", b"xmp"))
"""Where a tag is none for browsers: in comments, and in these elements."""
NOSCRIPT = frozenset((b"noscript",))
_META = re.compile(rb"""<meta[\s/](?:[^<>"']++|"[^"]{0,2000}+"|'[^']{0,2000}+')*+>""", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"""(?<![\w-])http-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_CONTENT = re.compile(rb"""(?<![\w-])content\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_VALUE = re.compile(
    r"""\s*(?:([0-9]{1,6})(?:\.[0-9.]*)?|\.[0-9.]*)\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)"?|'([^']*)'?|(.*))""", re.IGNORECASE | re.DOTALL
)
"""Seconds, then an address (HTML Living Standard, shared declarative refresh steps)."""
_BASE = re.compile(rb"""<base\s[^<>]{0,200}?(?<![\w-])href\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s>]{1,2000}))""", re.IGNORECASE)
_TEXT = re.compile(r"\s*text/plain\b", re.IGNORECASE)
_DOCUMENT = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
"""The beginning of an HTML document, which some servers call plain text."""


def refreshed(head: Head, body: bytes) -> str | None:
    """The address that the page at hand sends its readers to soon, as it is written; None where it does not.

    A `<base>` before it counts. Raises nothing.
    """
    header = head.get("refresh")
    if header is not None:
        return _target(text_of(header), PATIENT if _is_little(body) else SOON)
    if _TEXT.match(head.get("content-type") or "") and not _DOCUMENT.match(body):
        return None
    seen = without(UNSEEN, body[:HEAD_BYTES])
    stated = _of_metas(without(NOSCRIPT, seen), SOON)
    return _of_metas(seen, PATIENT) if stated is None and _is_little(body) else stated


def _is_little(body: bytes) -> bool:
    """Whether the page is small and says so little that it holds no article."""
    return len(body) <= SMALL and _text_length(without(UNSEEN, body)) < LITTLE


def _of_metas(markup: bytes, latest: float) -> str | None:
    for meta in _META.finditer(markup):
        content = _CONTENT.search(meta[0]) if _IS_REFRESH.search(meta[0]) else None
        if content is not None:
            target = _target(_value(content), latest)
            base = _BASE.search(markup, 0, meta.start()) if target else None
            return _joined(_value(base), target) if base and target else target
    return None


def _joined(base: str, target: str) -> str:
    """The address from its base; a malformed base is none, as in browsers."""
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def _value(attribute: re.Match[bytes]) -> str:
    """The value of an attribute, in quotation marks or without; what is no UTF-8 is read as most of the web's other pages are."""
    raw = attribute[attribute.lastindex or 0]
    try:
        return html.unescape(raw.decode())
    except UnicodeDecodeError:
        return html.unescape(raw.decode("cp1252", "replace"))


def _target(value: str, latest: float) -> str | None:
    found = _VALUE.fullmatch(value[:8000])
    if found is None or float(found[1] or 0) > latest:
        return None
    return (found[2] or found[3] or found[4] or "").strip() or None


def _text_length(markup: bytes) -> int:
    return len(b"".join(TAG.sub(b"", markup).split()))
