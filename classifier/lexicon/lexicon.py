"""Load the hand-written lists of words and phrases, and find their matches in a sentence.

The lists supply what a small set of seeds cannot teach: words for each topic, and for the habits of each type of source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import NamedTuple

from classifier.label_set import DEFAULT, LabelSet
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

    @property
    def several(self) -> bool:
        """Whether any of them has several words."""
        return bool(self.by_second or self.starred)


class _Cache(dict[str, _Candidates | None]):
    """The candidates of each word met so far, at most CACHED_WORDS: a look-up that runs no Python where the word is known."""

    def __init__(self, by_first: dict[str, list[Entry]]) -> None:
        super().__init__()
        self._by_first = by_first

    def __missing__(self, word: str) -> _Candidates | None:
        candidates = _candidates([entry for key in _keys(word) for entry in self._by_first.get(key, ())])
        if len(self) < CACHED_WORDS:
            self[word] = candidates
        return candidates


@dataclass(frozen=True)
class Lexicon:
    """Groups of phrases; a word of a phrase that ends in `*` matches every word that begins with it."""

    groups: tuple[str, ...]
    """Names, such as `trade.strong`."""
    by_first: dict[str, list[Entry]]
    cache: _Cache = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cache", _Cache(self.by_first))

    def find(self, words: list[str]) -> list[Match]:
        """Every phrase in `words`, in the order of their first words."""
        found: list[Match] = []
        candidates_of = enumerate(map(self.cache.__getitem__, words))
        for start, candidates in [(start, candidates) for start, candidates in candidates_of if candidates is not None]:
            found.extend([Match(group, start, start + 1) for group in candidates.single])
            if candidates.several:
                found.extend(_longer(words, start, candidates))
        return found

    def groups_of(self, word: str) -> tuple[int, ...]:
        """The groups of the phrases that are this one word."""
        candidates = self.cache[word]
        return candidates.single if candidates is not None else ()

    def begins_several(self, word: str) -> bool:
        """Whether a phrase of several words begins with `word`."""
        candidates = self.cache[word]
        return candidates is not None and candidates.several

    def continues(self, word: str) -> bool:
        """Whether `word` can be the second word of a phrase."""
        return any(key in self._seconds for key in (word, *(f"{word[:length]}*" for length in range(1, len(word) + 1))))

    @cached_property
    def _seconds(self) -> frozenset[str]:
        return frozenset(rest[0] for entries in self.by_first.values() for rest, _ in entries if rest)

    def longer_at(self, words: list[str], start: int) -> list[Match]:
        """The phrases of several words that begin at position `start` of `words`."""
        candidates = self.cache[words[start]]
        return _longer(words, start, candidates) if candidates is not None else []


def _longer(words: list[str], start: int, candidates: _Candidates) -> list[Match]:
    second = words[start + 1] if start + 1 < len(words) else ""
    entries = (*candidates.by_second.get(second, ()), *candidates.starred)
    return [Match(group, start, start + 1 + len(rest)) for rest, group in entries if _follows(words, start + 1, rest)]


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


def read_feature_lexicon(label_set: LabelSet = DEFAULT) -> Lexicon:
    """The phrases whose counts are features; the words of a label set of one's own are groups behind them."""
    own = [f"[{entry.name}.strong]\n{','.join(entry.words)}" for entry in label_set.entries if entry.words]
    return parse("\n".join([*map(_text, FEATURE_LISTS), *own]))


def read_subject_lexicon() -> Lexicon:
    """The subjects that diplomatic sentences list beside one another (`fields.txt`), for classifier.features.clause_role."""
    return parse(_text("fields"))


def read_speaker_lexicon() -> Lexicon:
    """The words for speakers and for what they do (`voices.txt`), for classifier.features.speakers."""
    return parse(_text("voices"))


def _text(name: str) -> str:
    return (resources.files("classifier.lexicon") / f"{name}.txt").read_text(encoding="utf-8")
