"""Tell the error pages that sites send as a success while their database or their server behind is away: they pass."""

from __future__ import annotations

import html
import re

LARGEST = 16 * 1024
"""Bytes of such a page at most; those of content systems have one to three thousand."""
_TITLE = re.compile(rb"<(title|h1)\b[^<>]*+>([^<]{1,200})<", re.IGNORECASE)
_PASSING = re.compile(
    r"""(?:
      error\ establishing\ a\ (?:database|redis)\ connection | database\ (?:connection\ )?(?:error|failed|unavailable)
    | (?:could\ not|unable\ to|can(?:'|no)t|failed\ to)\ connect\ to\ (?:the\ )?(?:database|mysql|server) | too\ many\ connections
    | mysql\ (?:server\ has\ gone\ away|error) | (?:50[0234]\ ?[:\-–|]?\ ?)?(?:internal\ server\ error|bad\ gateway|gateway\ time-?out)
    | (?:503\ ?[:\-–|]?\ ?)?service\ (?:is\ )?(?:temporarily\ )?unavailable | the\ website\ encountered\ an\ unexpected\ error.*
    | backend\ fetch\ failed | (?:error\ )?50[0234](?:\ error)?
    )[.!]?""",
    re.IGNORECASE | re.VERBOSE,
)
"""Titles and headlines, whole, of the error pages of content systems, databases and servers."""


def passing_error(body: bytes) -> str | None:
    """What the page says, where it is such an error page."""
    if len(body) > LARGEST:
        return None
    for found in _TITLE.finditer(body):
        said = " ".join(html.unescape(found[2].decode("utf-8", "replace")).split())
        if _PASSING.fullmatch(said):
            return said
    return None
