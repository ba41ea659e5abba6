"""Leave out what readers do not see of a page's mark-up, in linear time: the fetch looks at pages that were not parsed yet."""

from __future__ import annotations

import re

TAG = re.compile(rb"<[^<>]*+>")
_OPENS = re.compile(rb"<!(--)|<(script|style|template|textarea|title|iframe|xmp|noscript)(?=[\s/>])")
"""In lower case."""


def without(kinds: frozenset[bytes], markup: bytes) -> bytes:
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
