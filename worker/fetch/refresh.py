"""Find where a page sends its readers by itself: `<meta http-equiv="refresh">` and the header `Refresh`."""

from __future__ import annotations

import html
import re

from worker.fetch.head import Head, text_of

HEAD_BYTES = 64 * 1024
"""Bytes in which a page may name another one; browsers look for it in the head alone."""
SOON = 5.0
"""Seconds; a page that sends its readers on later than this is one to be read. Those that reload themselves do so after minutes."""
SMALL = 256 * 1024
"""Bytes of a page that does nothing but send its readers on, at most: challenges with their scripts have a hundred thousand."""
LITTLE = 400
"""Characters: a page of less text holds no article, so what it says to readers without scripts is taken as said to us."""
UNSEEN = frozenset((b"--", b"script", b"style", b"template"))
"""What readers do not see: comments, and what these elements hold."""
NOSCRIPT = frozenset((b"noscript",))
_OPENS = re.compile(rb"<!(--)|<(script|style|template|noscript)(?=[\s/>])")
"""In lower case."""
_META = re.compile(rb"""<meta\s(?:[^<>"']++|"[^"]{0,2000}+"|'[^']{0,2000}+')*+>""", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"""\bhttp-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_VALUE = re.compile(
    r"""\s*([0-9]{0,6})(?:\.[0-9.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)"?|'([^']*)'?|(.*))""", re.IGNORECASE | re.DOTALL
)
"""Seconds, then an address (HTML Living Standard, shared declarative refresh steps)."""
_TAG = re.compile(rb"<[^<>]*+>")


def refreshed(head: Head, body: bytes) -> str | None:
    """The address that the page at hand sends its readers to soon, as it is written; None where it does not."""
    header = head.get("refresh")
    if header is not None:
        return _target(text_of(header))
    seen = _without(UNSEEN, body[:HEAD_BYTES])
    stated = _of_metas(_without(NOSCRIPT, seen))
    if stated is None and len(body) <= SMALL and _text_length(_without(UNSEEN, body)) < LITTLE:
        stated = _of_metas(seen)
    return stated


def _without(kinds: frozenset[bytes], markup: bytes) -> bytes:
    """The mark-up without comments or elements of these kinds; one that nothing closes stays.

    In linear time: a search for an end that is not there is made once, not for each beginning.
    """
    lower, kept, at, unclosed = markup.lower(), [], 0, set[bytes]()
    for opened in _OPENS.finditer(lower):
        kind = opened[1] or opened[2]
        if opened.start() < at or kind not in kinds or kind in unclosed:
            continue
        end = lower.find(b"-->" if kind == b"--" else b"</" + kind, opened.end())
        if end < 0:
            unclosed.add(kind)
            continue
        kept.append(markup[at : opened.start()])
        at = lower.find(b">", end) + 1 or len(markup)
    return b"".join([*kept, markup[at:]])


def _of_metas(markup: bytes) -> str | None:
    for meta in _META.finditer(markup):
        content = _CONTENT.search(meta[0]) if _IS_REFRESH.search(meta[0]) else None
        if content is not None:
            return _target(html.unescape(content[content.lastindex or 0].decode("utf-8", "replace")))
    return None


def _target(value: str) -> str | None:
    found = _VALUE.fullmatch(value[:8000])
    if found is None or float(found[1] or 0) > SOON:
        return None
    return (found[2] or found[3] or found[4] or "").strip() or None


def _text_length(markup: bytes) -> int:
    return len(b"".join(_TAG.sub(b"", markup).split()))
