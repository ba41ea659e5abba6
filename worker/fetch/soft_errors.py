"""Tell the error pages that sites send as a success while their database or their server behind is away: they pass."""

from __future__ import annotations

import html
import re

from worker.fetch.markup import TAG, without

LARGEST = 16 * 1024
"""Bytes of such a page at most; those of content systems have one to three thousand."""
BRIEF = 800
"""Characters of text: a page that says more is not only about its error."""
_TITLE = re.compile(rb"<(title|h1)\b[^<>]*+>([^<]{1,200})<", re.IGNORECASE)
UNSHOWN = frozenset((b"--", b"script", b"style"))
"""Comments and elements whose content is no text of the page; titles are one here."""
_STATUS = r"(?:error\ )?(?:50[0-49]|52[0-7])\ ?[:\-–|]?\ ?"
_PASSING = re.compile(
    rf"""(?:
      error\ establishing\ a\ (?:database|redis)\ connection | database\ (?:connection\ )?(?:error|failed|unavailable)
    | (?:could\ not|unable\ to|can(?:'|no)t|failed\ to)\ connect\ to\ (?:the\ )?(?:database|mysql|server) | too\ many\ connections
    | mysql\ (?:server\ has\ gone\ away|error) | (?:{_STATUS})?(?:internal\ server\ error|bad\ gateway|gateway\ time-?out)
    | (?:{_STATUS})?service\ (?:is\ )?(?:temporarily\ )?unavailable | the\ website\ encountered\ an\ unexpected\ error.*
    | (?:{_STATUS})?(?:backend\ fetch\ failed|bandwidth\ limit\ exceeded) | (?:error\ )?50[0234](?:\ error)?
    | (?:error\ 50\d\ )?\(?server\ error(?:\ \(50\d\)|\ in\ '/.*)?\)?[!1]* | server\ is\ too\ busy | over\ quota
    | [\w.-]{{1,80}}\ \|\ 52[0-7]:.*
    )[.!]?""",
    re.IGNORECASE | re.VERBOSE,
)
"""Titles and headlines, whole, of the error pages of content systems, databases and servers."""
_SAID = re.compile(
    r"""error\ establishing\ a\ (?:database|redis)\ connection | database\ connection\ error\b | \bSQLSTATE\[ | \bORA-\d{5}:
    | (?:could\ not|unable\ to|can(?:'|no)t|failed\ to)\ connect\ to\ (?:the\ |local\ )?(?:database|mysql|postgresql|redis)\b
    | mysql\ server\ has\ gone\ away | \btoo\ many\ (?:connections\ \[?1040|clients\ already) | \bmax_user_connections\b
    | sql\ server\ does\ not\ exist\ or\ access\ denied | the\ timeout\ period\ elapsed\ prior\ to
    | there\ has\ been\ a\ critical\ error\ on\ (?:this|your)\ website | briefly\ unavailable\ for\ scheduled\ maintenance
    | the\ website\ encountered\ an\ unexpected\ error | not\ available\ due\ to\ technical\ problems
    | this\ site\ is\ experiencing\ technical\ difficulties | we(?:'|’)re\ sorry,\ but\ something\ went\ wrong
    | no\ server\ is\ available\ to\ handle\ this\ request | over\ its\ serving\ quota | \bguru\ meditation\b
    | unable\ to\ service\ your\ request\ due""",
    re.IGNORECASE | re.VERBOSE,
)
"""What such pages say, and no article of a few sentences: the words of programs."""


def passing_error(body: bytes) -> str | None:
    """What the page says, where it is such an error page."""
    if len(body) > LARGEST:
        return None
    titles = (_plain(found[2]) for found in _TITLE.finditer(body))
    if said := next(filter(_PASSING.fullmatch, titles), None):
        return said
    text = _plain(TAG.sub(b" ", without(UNSHOWN, body)))
    return text if len(text) <= BRIEF and (_SAID.search(text) or _PASSING.fullmatch(text)) else None


def _plain(markup: bytes) -> str:
    return " ".join(html.unescape(markup.decode("utf-8", "replace")).split())
