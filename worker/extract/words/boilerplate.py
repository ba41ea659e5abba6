"""Classify lines that sites write around their articles (menus, share buttons, bylines, notices) in the region's languages.

The patterns are in `boilerplate.txt`. Each must match a whole line, so that an article that mentions newsletters or
copyright keeps its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile

from worker.extract.words import languages


class Kind(StrEnum):
    """What a line of boilerplate is; where a line matches several kinds, the first of this list counts."""

    BREADCRUMBS = "breadcrumbs"
    SHARE = "share"
    COMMENTS = "comments"
    BYLINE = "byline"
    NEWSLETTER = "newsletter"
    COPYRIGHT = "copyright"
    RELATED = "related"
    """A heading over other articles, or a pointer to one."""
    POPUP = "popup"
    ADVERT = "advert"
    CONTACT = "contact"
    LETTERHEAD = "letterhead"
    NOTICE = "notice"
    """Embargo, attachment, end mark, print and download words."""
    WALL = "wall"
    """A consent wall or a paywall."""
    CREDIT = "credit"
    """A picture's credit or caption."""
    TICKER = "ticker"
    ABOUT = "about"
    """The heading over what an issuer says about itself at the end of a press release."""
    DATE = "date"
    """Nothing but a date: the masthead's, or one under a title."""


TABLE = "boilerplate.txt"
SITES = (
    r"(?:facebook|twitter|x|linked ?in|whats ?app|telegram|viber|messenger|pinterest|reddit|tumblr|instagram|youtube|tiktok|line|wechat|"
    r"weibo|vk|e-?mail|mail|print|copy(?: link| url)?|link|share|tweet|pin(?: it)?|pocket|flipboard|threads|bluesky|mastodon|rss|sms|more|"
    r"google(?: news| ?\+)?|buffer|digg|stumbleupon|skype|follow us|like|save|\d++)"
)
"""Names on share buttons."""
MAX_LENGTH = 300  # characters: boilerplate is short; longer lines are text, unless they are tickers or walls
MAX_TICKER_LENGTH = 4000  # characters: a site's ten to twenty headlines
SHORT_LINE = 140  # characters: longer lines are of few kinds, and matching all kinds takes as long as finding the page's blocks
LONG_KINDS = frozenset({Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.WALL, Kind.CONTACT, Kind.RELATED, Kind.ADVERT, Kind.CREDIT, Kind.TICKER})
ALL_KINDS, WALL_ONLY = frozenset(Kind), frozenset({Kind.WALL})
CASED = "(?-i:"
"""Begins the case-sensitive part of a pattern."""
OTHER_SCRIPT = re.compile("[\u0e00-\u1fff\u3040-\ud7ff]")
"""A letter of Thai, Lao, Burmese, Khmer, Kana, Han or Hangul."""
NEVER = r"(?!)"
"""Matches nothing."""
ARROWS = ">> "
"""What points to another article, and is not a mark of a flattened quotation."""
BULLETS, FULL_STOPS = "→➤▶►", (".", "។", "。")
LABELLED_SENTENCE = 60  # characters of a sentence that a label and a colon begin
PARAGRAPH = 100  # characters: headlines have fewer
CREDIT, INITIALS = range(2, 5), 1  # words of a photographer's name in capitals, and letters of an initial, which is no word
CAPTION = 30  # characters of the sentence before it, at least
OUTLETS = frozenset(languages.words("organisation"))
"""Words in the names of agencies and outlets."""
LABEL = 20  # characters of a value's label, at most: "Loaf size: 2 pounds"
QUOTES = "“”«»„"
"""Marks before and after what somebody said, besides the straight one."""
SENTENCES = re.compile(r"[^.!?]{30,}[.!?][\"”’]? [^\Wa-z\d_][^.!?]{30,}[.!?].*")
"""Two sentences: a paragraph of the article, whatever word it begins with."""
_MARKS = " \t\r\n\u00a0\u200b*_#>"
"""Left around a line by markup that was flattened to text."""


def boilerplate_kind(line: str, words: Iterable[str] | None = None) -> Kind | None:
    """The kind of boilerplate that `line` is, or None. `words`: what `key_words_in` gives for this line and others."""
    if line.startswith(ARROWS):
        return Kind.RELATED
    bare = line.strip(_MARKS)
    if len(bare) > MAX_LENGTH:
        return Kind.WALL if is_wall(bare) else Kind.TICKER if len(bare) <= MAX_TICKER_LENGTH and is_ticker(bare) else None
    found = compiled(ALL_KINDS if len(bare) <= SHORT_LINE else LONG_KINDS).kinds(bare, words)
    if found == {Kind.RELATED} and (SENTENCES.fullmatch(bare) or _is_bullet(bare) or _is_labelled_sentence(bare)):
        return None
    if found == {Kind.TICKER} and _has_labels(bare):
        return None
    if Kind.WALL in found and _is_quoted(bare):
        found -= {Kind.WALL}
    if not found and bare[-1:].isupper() and _is_credited(bare):
        return Kind.CREDIT
    return min(found, key=list(Kind).index) if found else None


def _is_credited(bare: str) -> bool:
    """Whether a line is one sentence and the name of a photographer in capitals: "Lorries wait at the bridge. KEM RATHANA FILES". The
    name of an agency or an outlet there ends a report."""
    words = bare.split()
    capitals = takewhile(lambda word: word.isupper() and word.isalpha() and len(word) > INITIALS, reversed(words[:-1]))
    name = [words[-1], *capitals]
    caption = " ".join(words[: -len(name)])
    is_name = len(name) in CREDIT and words[-1].isalpha() and OUTLETS.isdisjoint(word.lower() for word in name)
    return is_name and len(caption) >= CAPTION and caption.endswith(".") and ". " not in caption


def _is_labelled_sentence(bare: str) -> bool:
    """Whether a line is a sentence that goes on in small letters behind its colon; a headline there begins with a capital."""
    rest = bare.partition(":")[2].strip()
    return rest[:1].islower() and len(bare) >= LABELLED_SENTENCE and bare.endswith(FULL_STOPS)


def _is_bullet(bare: str) -> bool:
    """Whether a line is a paragraph of which an arrow is the bullet: it ends with a full stop, and is longer than headlines are."""
    return bare[0] in BULLETS and len(bare) >= PARAGRAPH and bare.endswith(FULL_STOPS)


def _has_labels(bare: str) -> bool:
    """Whether the parts of a line between bars are values with their labels, not headlines."""
    parts = bare.split("|")
    return len(parts) > 1 and all(": " in part[:LABEL] for part in parts)


@dataclass(frozen=True)
class Patterns:
    """The compiled patterns of some kinds; a group named after its kind holds all patterns of that kind."""

    latin: re.Pattern[str]
    """For lines in lower case: ignoring the case would take twice as long."""
    other_scripts: re.Pattern[str]
    """Patterns without Latin letters: only lines with letters of other scripts can match them."""
    cased: re.Pattern[str]
    """Case-sensitive patterns."""
    keyed: dict[str, list[tuple[Kind, re.Pattern[str]]]]
    """Patterns that may begin with any words, by their key words; each is tried only on lines that hold one."""
    keyed_other_scripts: list[tuple[str, Kind, re.Pattern[str]]]
    """The same with key words of other scripts."""

    def kinds(self, bare: str, words: Iterable[str] | None = None) -> set[Kind]:
        """The kinds whose patterns match the line. `words`: the key words that it may hold, where not all have to be looked for."""
        low = bare.lower()
        held = [word for word in (self.keyed if words is None else words) if word in low]
        tried = {pattern: kind for word in held for kind, pattern in self.keyed.get(word, ())}
        found = {kind for pattern, kind in tried.items() if pattern.fullmatch(bare)}
        other = None
        if not low.isascii() and OTHER_SCRIPT.search(low):
            other = self.other_scripts.fullmatch(low)
            found |= {kind for word, kind, pattern in self.keyed_other_scripts if word in low and pattern.fullmatch(bare)}
        matches = (self.latin.fullmatch(low), other, self.cased.fullmatch(bare))
        return found | {Kind(match.lastgroup) for match in matches if match and match.lastgroup}


@lru_cache(maxsize=3)
def compiled(kinds: frozenset[Kind]) -> Patterns:
    """The patterns of `kinds`."""
    entries = [(kind, words, pattern) for kind, words, pattern in table() if kind in kinds]
    lower = [(kind, _lower(pattern)) for kind, words, pattern in entries if not words and CASED not in pattern]
    cased = [(kind, pattern) for kind, words, pattern in entries if not words and CASED in pattern]
    keyed = [(words, kind, re.compile(pattern, re.IGNORECASE)) for kind, words, pattern in entries if words]
    latin, other = ([pair for pair in lower if _is_other_script(pair[1]) == wanted] for wanted in (False, True))
    keyed_latin: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
    keyed_other = []
    for word, kind, pattern in ((word, kind, pattern) for words, kind, pattern in keyed for word in words):
        if OTHER_SCRIPT.search(word):
            keyed_other.append((word, kind, pattern))
        else:
            keyed_latin.setdefault(word, []).append((kind, pattern))
    return Patterns(_joined(latin), _joined(other), _joined(cased, re.IGNORECASE), keyed_latin, keyed_other)


def key_words_in(lines: Iterable[str]) -> list[str]:
    """The key words that occur in some lines, of which `boilerplate_kind` is asked one after the other; those of long lines, which hold
    most of a text, are not looked for there either."""
    low = "\n".join(bare for line in lines if len(bare := line.strip(_MARKS)) <= MAX_LENGTH).lower()
    return [word for word in compiled(ALL_KINDS).keyed if word in low]


@lru_cache(maxsize=1)
def table() -> list[tuple[Kind, tuple[str, ...], str]]:
    """The entries of `boilerplate.txt` in order: kind, key words, pattern."""
    found, kind = [], Kind.BREADCRUMBS
    lines = files("worker.extract.words").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if line.strip() and not line.startswith("# ")):
        if re.fullmatch(r"\[[a-z]+\]", line):
            kind = Kind(line.strip("[]"))
        else:
            words, has_words, pattern = line.rpartition(" :: ")
            found.append((kind, tuple(words.split(", ")) if has_words else (), pattern.replace("SITES", SITES)))
    return found


def _joined(entries: list[tuple[Kind, str]], flags: int = 0) -> re.Pattern[str]:
    """One pattern of all, with a group for each kind."""
    groups: dict[Kind, list[str]] = {}
    for kind, pattern in entries:
        groups.setdefault(kind, []).append(f"(?:{pattern})")
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(group)})" for kind, group in groups.items()) or NEVER, flags)


def _is_other_script(pattern: str) -> bool:
    """Whether a pattern has letters of another script and none with a case; the letters of escapes do not count."""
    letters = re.sub(r"\\[a-zA-Z]|\(\?i?:", "", pattern)
    return OTHER_SCRIPT.search(letters) is not None and not any(map(str.islower, letters))


def _lower(pattern: str) -> str:
    """The pattern in lower case, except for escapes: `\\W` stays."""
    return re.sub(r"(\\.)|([^\\]+)", lambda match: match[1] or match[2].lower(), pattern)


WALL_WORDS = ("cookie", "consent", "partners", "subscri")
"""Every sentence of a consent wall has one of them; a substring check costs less than the patterns."""


def is_wall(text: str) -> bool:
    """Whether a block of any length is the text of a consent wall or a paywall."""
    low = text.lower()
    if not any(map(low.__contains__, WALL_WORDS)):
        return False
    bare = text.strip(_MARKS)
    return bool(compiled(WALL_ONLY).kinds(bare)) and not _is_quoted(bare)


def _is_quoted(wall: str) -> bool:
    """Whether the words of a wall are only in what a sentence quotes."""
    for mark in QUOTES:
        wall = wall.replace(mark, '"')
    outside = "".join(wall.split('"')[::2]).strip()
    return '"' in wall and len(outside) >= LABEL and not compiled(WALL_ONLY).kinds(outside)


BARS = "|•·¦‖▪■●◆★"
"""Separators between a ticker's headlines."""


def is_ticker(line: str) -> bool:
    """Whether `line` is a row of headlines of other articles: at least three, less than half of them sentences."""
    if not any(map(line.__contains__, BARS)):
        return False
    parts = [part.strip() for part in re.split(rf"\s[{BARS}]+\s|\s?\|\s?", line) if part.strip()]
    sentences = sum(part.endswith((".", "។", "!")) for part in parts)
    return len(parts) >= 3 and sentences * 2 < len(parts) and 25 <= sum(map(len, parts)) / len(parts) < 200
