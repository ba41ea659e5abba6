"""Cues counted: hand-written lists of telling words, per topic and per habit of a source, which no small set of seeds can teach."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources

from classifier.text.tokens import GRAM, tokens, unspaced

_LONGEST_STEM = 12
_SHORTEST_STEM = 3
REMEMBERED = 50_000
"""Words; about 5 MB, and more than a day's news uses often."""


Entry = tuple[tuple[str, ...], int]
"""The rest of a phrase after its first word, and the index of its group."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a word may begin: cues of one word (their groups), and longer ones by their second word or with a star there."""

    alone: tuple[int, ...]
    then: dict[str, list[Entry]]
    starred: tuple[Entry, ...]


@dataclass(frozen=True)
class Lexicon:
    """Groups of phrases; a word of a phrase may end in `*` and then matches every word that begins so."""

    groups: tuple[str, ...]
    by_first: dict[str, list[Entry]]
    seen: dict[str, Begun | None] = field(default_factory=dict, repr=False)
    """What each word met so far may begin; bounded by REMEMBERED."""

    def find(self, words: list[str]) -> list[tuple[int, int, int]]:
        """Every cue in `words`, as (group, first word, end)."""
        found: list[tuple[int, int, int]] = []
        for place, word in enumerate(words):
            begun = self._begun_by(word)
            if begun is None:
                continue
            found.extend((group, place, place + 1) for group in begun.alone)
            after = words[place + 1] if place + 1 < len(words) else ""
            for rest, group in (*begun.then.get(after, ()), *begun.starred):
                if _follows(words, place + 1, rest):
                    found.append((group, place, place + 1 + len(rest)))
        return found

    def _begun_by(self, word: str) -> Begun | None:
        if word in self.seen:
            return self.seen[word]
        begun = _begun([entry for key in _keys(word) for entry in self.by_first.get(key, ())])
        if len(self.seen) < REMEMBERED:
            self.seen[word] = begun
        return begun


def _begun(entries: list[Entry]) -> Begun | None:
    if not entries:
        return None
    then: dict[str, list[Entry]] = {}
    for rest, group in entries:
        if rest and not rest[0].endswith("*"):
            then.setdefault(rest[0], []).append((rest, group))
    starred = tuple((rest, group) for rest, group in entries if rest and rest[0].endswith("*"))
    return Begun(tuple(group for rest, group in entries if not rest), then, starred)


def _keys(word: str) -> list[str]:
    longest = min(len(word), _LONGEST_STEM)
    return [word, *(f"{word[:length]}*" for length in range(_SHORTEST_STEM, longest + 1))]


def _follows(words: list[str], place: int, rest: tuple[str, ...]) -> bool:
    if place + len(rest) > len(words):
        return False
    for word, expected in zip(words[place:], rest, strict=False):
        if word != expected and not (expected[-1] == "*" and word.startswith(expected[:-1])):
            return False
    return True


def parse(text: str) -> Lexicon:
    """The book in a text of `[group]` headings and phrases parted by commas or lines; `#` begins a comment."""
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
    """The words of a phrase as articles have them; a short run of letters matches every run that begins with it."""
    found: list[str] = []
    for piece in phrase.split():
        words = tokens(piece)
        star = piece.endswith("*") or (unspaced(piece) and len(piece) < GRAM)
        found.extend([*words[:-1], f"{words[-1]}*"] if star and words else words)
    return found


COUNTED = ("border_dispute", "culture", "demining", "source", "thai_khmer", "trade")
"""Files of cues that are themselves features."""
CONSULTED = ("fields", "voices")
"""Files that features look things up in."""


def read_book() -> Lexicon:
    """The cues that are features, `lexicon/*.txt` in the order of their names."""
    return parse("\n".join(map(_text, COUNTED)))


def read_fields() -> Lexicon:
    """The fields that classifier.features.clause_role knows."""
    return parse(_text("fields"))


def read_voices() -> Lexicon:
    """What classifier.features.speakers listens for."""
    return parse(_text("voices"))


def _text(name: str) -> str:
    return (resources.files("classifier.lexicon") / f"{name}.txt").read_text(encoding="utf-8")
