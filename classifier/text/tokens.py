"""Split a sentence into words, and list the terms that features count: words, pairs of words and word beginnings."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from classifier.text.scripts import PAUSES, UNSPACED_LETTERS

STEM = 6
"""Letters; `export*` joins exports, exported, exporter. Shorter stems join unrelated words."""
LONGEST_WORD = 40
"""Letters of a word that are kept; longer runs of letters are no words and would fill the cache of normal forms."""
GRAM = 4
"""Letters of the overlapping runs that replace words in scripts without spaces (classifier.text.scripts)."""
CACHED_WORDS = 50_000
"""Normal forms kept; more than a day's news uses often, in about 5 MB."""

_WORD = rf"[{UNSPACED_LETTERS}]+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_TOKEN = re.compile(rf"{_WORD}|[{PAUSES}]")
_UNSPACED = re.compile(f"[{UNSPACED_LETTERS}]")


def tokens(sentence: str) -> list[str]:
    """The words of a sentence in lower case; a number is `#year` or `#num`, a possessive `'s` is dropped."""
    return words_and_pauses(sentence)[0]


def words_and_pauses(sentence: str) -> tuple[list[str], list[int]]:
    """The words of a sentence as `tokens` returns them, and the positions of those that one of PAUSES precedes."""
    words: list[str] = []
    pauses: list[int] = []
    if not unicodedata.is_normalized("NFC", sentence):
        sentence = unicodedata.normalize("NFC", sentence)  # a combining accent would split its word in two
    for form in map(_normal_forms.__getitem__, _TOKEN.findall(sentence.lower())):
        if form:
            words += form
        elif form is None:
            pauses.append(len(words))
    return words, pauses


def unspaced(text: str) -> bool:
    """Whether the text begins in a script that writes no spaces between words."""
    return _UNSPACED.match(text) is not None


def _normal(raw: str) -> tuple[str, ...]:
    """The words that features use for one match of _WORD."""
    if raw[0].isdigit():
        return ("#year",) if len(raw) == 4 and raw[:2] in ("18", "19", "20") else ("#num",)
    if unspaced(raw):
        return tuple(raw[i : i + GRAM] for i in range(max(1, len(raw) - GRAM + 1)))
    word = raw.replace("’", "'").removesuffix("'s")
    return tuple(part for part in word.replace("'", "-").split("-") if part)


class _NormalForms(dict[str, tuple[str, ...] | None]):
    """The words for each match of _TOKEN met so far, None for one of PAUSES; a look-up that runs no Python where it is known."""

    def __missing__(self, raw: str) -> tuple[str, ...] | None:
        form = None if raw in PAUSES else _normal(raw if len(raw) <= LONGEST_WORD or unspaced(raw) else raw[:LONGEST_WORD])
        if len(raw) <= LONGEST_WORD:
            if len(self) >= CACHED_WORDS:
                self.clear()
            self[raw] = form
        return form


_normal_forms = _NormalForms()


def terms(words: list[str]) -> list[str]:
    """The terms of a sentence of `words`: each word, each pair of neighbours, each beginning of a long word."""
    return words + pairs_and_beginnings(words)


def pairs_and_beginnings(words: list[str]) -> list[str]:
    """The terms of a sentence that are no words of it."""
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return pairs + [f"{word[:STEM]}*" for word in words if len(word) > STEM]


def beginning(word: str) -> str | None:
    """The term for the beginning of a long word; None for a short one."""
    return f"{word[:STEM]}*" if len(word) > STEM else None
