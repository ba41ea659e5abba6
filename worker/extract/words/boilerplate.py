"""Furniture in words: what sites write around their articles, by kind, in the languages of the region's press.

The table is `boilerplate.txt`. Every pattern must fit a whole line, so that an article that speaks of newsletters or
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


TABLE = "boilerplate.txt"
SITES = (
    r"(?:facebook|twitter|x|linked ?in|whats ?app|telegram|viber|messenger|pinterest|reddit|tumblr|instagram|youtube|tiktok|line|wechat|"
    r"weibo|vk|e-?mail|mail|print|copy(?: link| url)?|link|share|tweet|pin(?: it)?|pocket|flipboard|threads|bluesky|mastodon|rss|sms|more|"
    r"google(?: news| ?\+)?|buffer|digg|stumbleupon|skype|follow us|like|save|\d+)"
)
"""Names on share buttons."""
LONGEST = 300  # characters: furniture is short; long lines are prose, but for tickers and walls
SHORT_LINE = 140  # characters: longer lines are of few kinds, and asking for all costs as much as the walk over the page
LONG_KINDS = frozenset({Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.WALL, Kind.CONTACT, Kind.RELATED, Kind.ADVERT, Kind.CREDIT, Kind.TICKER})
ALL_KINDS, WALL_ONLY = frozenset(Kind), frozenset({Kind.WALL})
LONGEST_TICKER = 4000
CASED = "(?-i:"
"""In patterns that tell capitals from small letters."""
FOREIGN = re.compile("[\u0e00-\u1fff\u3040-\ud7ff]")
"""A letter of Thai, Lao, Burmese, Khmer, Kana, Han or Hangul."""
LATIN = re.compile("[a-zà-ɏḀ-ỹ]")
NOTHING = r"(?!)"
"""Fits no line."""
_MARKS = " \t\r\n\u00a0\u200b*_#>"
"""What flattened mark-up leaves around a line."""


def kind_of(line: str) -> Kind | None:
    """The kind of furniture that `line` is, or None."""
    bare = line.strip(_MARKS)
    if len(bare) > LONGEST:
        return Kind.WALL if is_wall(bare) else Kind.TICKER if len(bare) <= LONGEST_TICKER and is_ticker(bare) else None
    found = patterns(ALL_KINDS if len(bare) <= SHORT_LINE else LONG_KINDS).kinds(bare)
    return min(found, key=list(Kind).index) if found else None


@dataclass(frozen=True)
class Patterns:
    """The patterns of some kinds, compiled; a group that is named after its kind holds those of one kind."""

    lower: re.Pattern[str]
    """For lines in lower case: ignoring the case would cost twice as much."""
    foreign: re.Pattern[str]
    """For lines that hold letters of other scripts: without Latin letters of their own, they fit no other line."""
    cased: re.Pattern[str]
    """Those that tell capitals from small letters."""
    anywhere: list[tuple[str, Kind, re.Pattern[str]]]
    """What may begin with any words, each behind a word without which it cannot fit."""
    elsewhere: list[tuple[str, Kind, re.Pattern[str]]]
    """The same behind words of other scripts."""

    def kinds(self, bare: str) -> set[Kind]:
        """The kinds that the line fits."""
        low = bare.lower()
        found = {kind for word, kind, pattern in self.anywhere if word in low and pattern.fullmatch(bare)}
        foreign = None
        if not low.isascii() and FOREIGN.search(low):
            foreign = self.foreign.fullmatch(low)
            found |= {kind for word, kind, pattern in self.elsewhere if word in low and pattern.fullmatch(bare)}
        matches = (self.lower.fullmatch(low), foreign, self.cased.fullmatch(bare))
        return found | {Kind(match.lastgroup) for match in matches if match and match.lastgroup}


@lru_cache(maxsize=3)
def patterns(kinds: frozenset[Kind]) -> Patterns:
    """The patterns of `kinds`."""
    able = [(kind, words, pattern) for kind, words, pattern in table() if kind in kinds]
    lower = [(kind, _lower(pattern)) for kind, words, pattern in able if not words and CASED not in pattern]
    cased = [(kind, pattern) for kind, words, pattern in able if not words and CASED in pattern]
    anywhere = [(word, kind, re.compile(pattern, re.IGNORECASE)) for kind, words, pattern in able for word in words]
    latin, foreign = ([pair for pair in lower if _is_foreign(pair[1]) == other] for other in (False, True))
    elsewhere = [one for one in anywhere if FOREIGN.search(one[0])]
    here = [one for one in anywhere if one not in elsewhere]
    return Patterns(_joined(latin), _joined(foreign), _joined(cased, re.IGNORECASE), here, elsewhere)


@lru_cache(maxsize=1)
def table() -> list[tuple[Kind, tuple[str, ...], str]]:
    """Each pattern with its kind and the words that it names, in order."""
    found, kind = [], Kind.CRUMBS
    lines = files("worker.extract.words").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if line.strip() and not line.startswith("# ")):
        if re.fullmatch(r"\[[a-z]+\]", line):
            kind = Kind(line.strip("[]"))
        else:
            words, named, pattern = line.rpartition(" :: ")
            found.append((kind, tuple(words.split(", ")) if named else (), pattern.replace("SITES", SITES)))
    return found


def _joined(found: list[tuple[Kind, str]], flags: int = 0) -> re.Pattern[str]:
    """One pattern of all, with a group for each kind."""
    groups: dict[Kind, list[str]] = {}
    for kind, pattern in found:
        groups.setdefault(kind, []).append(f"(?:{pattern})")
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(group)})" for kind, group in groups.items()) or NOTHING, flags)


def _is_foreign(pattern: str) -> bool:
    """Whether a pattern is written in another script than Latin: escapes are no letters."""
    letters = re.sub(r"\\[a-zA-Z]|\(\?i?:", "", pattern)
    return FOREIGN.search(letters) is not None and LATIN.search(letters) is None


def _lower(pattern: str) -> str:
    """The pattern in lower case, but for escapes: `\\W` stays."""
    return re.sub(r"(\\.)|([^\\]+)", lambda match: match[1] or match[2].lower(), pattern)


WALL_WORDS = ("cookie", "consent", "partners", "subscri")
"""One of them stands in every sentence of a consent wall: a cheap question before the costly one."""


def is_wall(text: str) -> bool:
    """Whether a block, of any length, is a consent or pay wall's."""
    low = text.lower()
    if not any(map(low.__contains__, WALL_WORDS)):
        return False
    return bool(patterns(WALL_ONLY).kinds(text.strip(_MARKS)))


BARS = "|•·¦‖▪■●◆★"
"""What stands between a ticker's headlines."""


def is_ticker(line: str) -> bool:
    """Whether `line` is headlines of other articles in a row: at least three, few of them sentences."""
    if not any(map(line.__contains__, BARS)):
        return False
    parts = [part.strip() for part in re.split(rf"\s[{BARS}]+\s|\s?\|\s?", line) if part.strip()]
    sentences = sum(part.endswith((".", "។", "!")) for part in parts)
    return len(parts) >= 3 and sentences * 2 < len(parts) and 25 <= sum(map(len, parts)) / len(parts) < 200
