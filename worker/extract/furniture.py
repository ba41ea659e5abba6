"""Furniture in words: what sites write around their articles, by kind, in the languages of the region's press.

The table is `furniture.txt`. Every pattern must fit a whole line, so that an article that speaks of newsletters or
copyright keeps its sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    found, short = _anywhere(bare, bare.lower()), len(bare) <= SHORT_LINE
    able = ((kind, pattern) for kind, pattern in patterns().by_start.items() if short or kind in LONG_KINDS)
    return next((kind for kind, pattern in able if kind in found or pattern.fullmatch(bare)), None)


@dataclass(frozen=True)
class Patterns:
    """The table, compiled."""

    by_start: dict[Kind, re.Pattern[str]]
    """What shows at a line's beginning, one pattern a kind, in the order in which kinds are asked for."""
    anywhere: list[tuple[str, Kind, re.Pattern[str]]]
    """What may begin with any words, and a word without which it cannot fit."""


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """The patterns of the table."""
    by_start: dict[Kind, list[str]] = {}
    anywhere: list[tuple[str, Kind, re.Pattern[str]]] = []
    lines = files("worker.extract").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if line.strip() and not line.startswith("# ")):
        words, named, pattern = line.partition(" :: ")
        if re.fullmatch(r"\[[a-z]+\]", line):
            kind = Kind(line.strip("[]"))
        elif named:
            anywhere += [(word, kind, re.compile(pattern, re.IGNORECASE)) for word in words.split(", ")]
        else:
            by_start.setdefault(kind, []).append(f"(?:{line.replace('SITES', SITES)})")
    return Patterns({kind: re.compile("|".join(found), re.IGNORECASE) for kind, found in by_start.items()}, anywhere)


def _anywhere(bare: str, low: str) -> set[Kind]:
    """The kinds of the patterns that may begin with any words and fit `bare`; `low` is the same in lower case."""
    return {kind for word, kind, pattern in patterns().anywhere if word in low and pattern.fullmatch(bare)}


WALL_WORDS = ("cookie", "consent", "partners", "subscri")
"""One of them stands in every sentence of a consent wall: a cheap question before the costly one."""


def is_wall(text: str) -> bool:
    """Whether a block, of any length, is a consent or pay wall's."""
    low = text.lower()
    if not any(word in low for word in WALL_WORDS):
        return False
    bare = text.strip(_MARKS)
    return patterns().by_start[Kind.WALL].fullmatch(bare) is not None or Kind.WALL in _anywhere(bare, low)


BARS = "|•·¦‖▪■●◆★"
"""What stands between a ticker's headlines."""


def is_ticker(line: str) -> bool:
    """Whether `line` is headlines of other articles in a row: at least three, few of them sentences."""
    if not any(bar in line for bar in BARS):
        return False
    parts = [part.strip() for part in re.split(rf"\s[{BARS}]+\s|\s?\|\s?", line) if part.strip()]
    sentences = sum(part.endswith((".", "។", "!")) for part in parts)
    return len(parts) >= 3 and sentences * 2 < len(parts) and 25 <= sum(map(len, parts)) / len(parts) < 200
