"""Furniture in words: what sites write around their articles, by kind, in the languages of the region's press.

The table is `furniture.txt`. Every pattern must fit a whole line, so that an article that speaks of newsletters or
copyright keeps its sentences.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Kind(StrEnum):
    """What a line of furniture is."""

    CRUMBS = "crumbs"
    SHARE = "share"
    COMMENTS = "comments"
    BYLINE = "byline"
    NEWSLETTER = "newsletter"
    COPYRIGHT = "copyright"
    RELATED = "related"
    """A heading over, or a pointer to, other articles."""
    POPUP = "popup"
    ADVERT = "advert"
    CONTACT = "contact"
    LETTERHEAD = "letterhead"
    NOTICE = "notice"
    """Embargo, attachment, end mark, print and download words."""
    WALL = "wall"
    """Consent and pay walls."""
    CREDIT = "credit"
    """Who took a picture."""
    TICKER = "ticker"
    BOILERPLATE = "boilerplate"
    """The heading over an issuer's standing words about itself, which end a release."""
    DATE = "date"
    """A day alone: of the masthead, or under a title."""


TABLE = "furniture.txt"
SITES = (
    r"(?:facebook|twitter|x|linked ?in|whats ?app|telegram|viber|messenger|pinterest|reddit|tumblr|instagram|youtube|tiktok|line|wechat|"
    r"weibo|vk|e-?mail|mail|print|copy(?: link| url)?|link|share|tweet|pin(?: it)?|pocket|flipboard|threads|bluesky|mastodon|rss|sms|more|"
    r"google(?: news| ?\+)?|buffer|digg|stumbleupon|skype|follow us|like|save|\d+)"
)
"""Names on share buttons."""
LONGEST = 300  # characters: furniture is short; long lines are prose, but for tickers and walls
SHORT_LINE = 140  # characters: longer lines are of few kinds, and asking for all costs as much as the walk over the page
LONG_KINDS = frozenset({Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.WALL, Kind.CONTACT, Kind.RELATED, Kind.ADVERT, Kind.CREDIT, Kind.TICKER})
LONGEST_TICKER = 4000
_MARKS = " \t\r\n\u00a0\u200b*_#>"
"""What flattened mark-up leaves around a line."""


def kind_of(line: str) -> Kind | None:
    """The kind of furniture that `line` is, or None."""
    bare = line.strip(_MARKS)
    if len(bare) > LONGEST:
        return Kind.WALL if is_wall(bare) else Kind.TICKER if len(bare) <= LONGEST_TICKER and is_ticker(bare) else None
    able = patterns() if len(bare) <= SHORT_LINE else {kind: pattern for kind, pattern in patterns().items() if kind in LONG_KINDS}
    return next((kind for kind, pattern in able.items() if pattern.fullmatch(bare)), None)


@lru_cache(maxsize=1)
def patterns() -> dict[Kind, re.Pattern[str]]:
    """One pattern a kind, from the table."""
    table: dict[Kind, list[str]] = {}
    alternatives: list[str] = []
    for line in files("worker.extract").joinpath(TABLE).read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[[a-z]+\]", line):
            alternatives = table.setdefault(Kind(line.strip("[]")), [])
        elif line.strip() and not line.startswith("# "):
            alternatives.append(line.replace("SITES", SITES))
    return {kind: re.compile("|".join(f"(?:{one})" for one in found), re.IGNORECASE) for kind, found in table.items()}


WALL_WORDS = re.compile(r"cookie|consent|partners|subscri", re.IGNORECASE)
"""One of them stands in every sentence of a consent wall: a cheap question before the costly one."""


def is_wall(text: str) -> bool:
    """Whether a block, of any length, is a consent or pay wall's."""
    return WALL_WORDS.search(text) is not None and patterns()[Kind.WALL].fullmatch(text.strip(_MARKS)) is not None


def is_ticker(line: str) -> bool:
    """Whether `line` is headlines of other articles in a row: at least three, few of them sentences."""
    parts = [part.strip() for part in re.split(r"\s[|•·¦‖▪■●◆★]+\s|\s?\|\s?", line) if part.strip()]
    sentences = sum(part.endswith((".", "។", "!")) for part in parts)
    return len(parts) >= 3 and sentences * 2 < len(parts) and 25 <= sum(map(len, parts)) / len(parts) < 200
