"""Load the hand-written lists of words and phrases, and find their matches in a sentence.

The lists supply what a small set of seeds cannot teach: words for each topic, and for the habits of each type of source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from typing import NamedTuple

from classifier.text.tokens import CACHED_WORDS, GRAM, tokens, unspaced

_LONGEST_STEM = 12
"""Letters before a `*` that are looked up; an entry with a longer stem is never found. Each further length is one more look-up a word."""
_SHORTEST_STEM = 3
"""An entry with a shorter stem is never found either: two letters match unrelated words."""


Entry = tuple[tuple[str, ...], int]
"""The words of a phrase after its first one, and the index of its group."""


class Match(NamedTuple):
    """A phrase found in a sentence; positions count words, `end` is exclusive."""

    group: int
    """Index in Lexicon.groups."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The phrases that one word can begin."""

    single: tuple[int, ...]
    """Groups of those that are this one word."""
    by_second: dict[str, list[Entry]]
    starred: tuple[Entry, ...]
    """Those whose second word ends in `*`."""


@dataclass(frozen=True)
class Lexicon:
    """Groups of phrases; a word of a phrase that ends in `*` matches every word that begins with it."""

    groups: tuple[str, ...]
    """Names, such as `trade.strong`."""
    by_first: dict[str, list[Entry]]
    cache: dict[str, _Candidates | None] = field(default_factory=dict, repr=False)
    """The candidates of each word met so far; at most CACHED_WORDS."""

    def find(self, words: list[str]) -> list[Match]:
        """Every phrase in `words`, in the order of their first words."""
        found: list[Match] = []
        for start, word in enumerate(words):
            candidates = self._candidates(word)
            if candidates is None:
                continue
            found.extend(Match(group, start, start + 1) for group in candidates.single)
            second = words[start + 1] if start + 1 < len(words) else ""
            for rest, group in (*candidates.by_second.get(second, ()), *candidates.starred):
                if _follows(words, start + 1, rest):
                    found.append(Match(group, start, start + 1 + len(rest)))
        return found

    def _candidates(self, word: str) -> _Candidates | None:
        if word in self.cache:
            return self.cache[word]
        candidates = _candidates([entry for key in _keys(word) for entry in self.by_first.get(key, ())])
        if len(self.cache) < CACHED_WORDS:
            self.cache[word] = candidates
        return candidates


def _candidates(entries: list[Entry]) -> _Candidates | None:
    if not entries:
        return None
    by_second: dict[str, list[Entry]] = {}
    for rest, group in entries:
        if rest and not rest[0].endswith("*"):
            by_second.setdefault(rest[0], []).append((rest, group))
    starred = tuple((rest, group) for rest, group in entries if rest and rest[0].endswith("*"))
    return _Candidates(tuple(group for rest, group in entries if not rest), by_second, starred)


def _keys(word: str) -> list[str]:
    """The first words of phrases that match `word`: itself, and each stem of it with a `*`."""
    longest = min(len(word), _LONGEST_STEM)
    return [word, *(f"{word[:length]}*" for length in range(_SHORTEST_STEM, longest + 1))]


def _follows(words: list[str], start: int, rest: tuple[str, ...]) -> bool:
    """Whether the words from `start` match `rest`."""
    if start + len(rest) > len(words):
        return False
    for word, expected in zip(words[start:], rest, strict=False):
        if word != expected and not (expected[-1] == "*" and word.startswith(expected[:-1])):
            return False
    return True


def parse(text: str) -> Lexicon:
    """The lexicon in a text of `[group]` headings and phrases separated by commas or line ends; `#` begins a comment."""
    groups: dict[str, int] = {}
    by_first: dict[str, list[Entry]] = {}
    group = 0
    for line in (line.split("#")[0].strip() for line in text.splitlines()):
        if line.startswith("["):
            group = groups.setdefault(line.strip("[]"), len(groups))
            continue
        for first, *rest in filter(None, map(_words, line.split(","))):
            by_first.setdefault(first, []).append((tuple(rest), group))
    return Lexicon(tuple(groups), by_first)


def _words(phrase: str) -> list[str]:
    """The words of a phrase as `tokens` returns them.

    In a script without spaces a piece shorter than GRAM gets a `*`, since articles have only runs of GRAM letters.
    """
    words: list[str] = []
    for piece in phrase.split():
        found = tokens(piece)
        star = piece.endswith("*") or (unspaced(piece) and len(piece) < GRAM)
        words.extend([*found[:-1], f"{found[-1]}*"] if star and found else found)
    return words


FEATURE_LISTS = ("border_dispute", "culture", "demining", "source", "thai_khmer", "trade")
"""Files of phrases whose counts are features. The order is that of the columns: models are fitted to it."""
LOOKUP_LISTS = ("fields", "voices")
"""Files of phrases that other features are derived from."""


def read_feature_lexicon() -> Lexicon:
    """The phrases whose counts are features."""
    return parse("\n".join(map(_text, FEATURE_LISTS)))


def read_subject_lexicon() -> Lexicon:
    """The subjects that diplomatic sentences list beside one another (`fields.txt`), for classifier.features.clause_role."""
    return parse(_text("fields"))


def read_speaker_lexicon() -> Lexicon:
    """The words for speakers and for what they do (`voices.txt`), for classifier.features.speakers."""
    return parse(_text("voices"))


def _text(name: str) -> str:
    return (resources.files("classifier.lexicon") / f"{name}.txt").read_text(encoding="utf-8")
