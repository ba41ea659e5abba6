"""Split a sentence into words, and list the terms that features count: words, pairs of words and word beginnings."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from itertools import chain, pairwise
from typing import TypeVar

from classifier.text.scripts import PAUSES, UNSPACED_LETTERS

STEM = 6
"""Letters; `export*` joins exports, exported, exporter. Shorter stems join unrelated words."""
LONGEST_WORD = 40
"""Letters of a word that are kept; longer runs of letters are no words and would fill the cache of normal forms."""
GRAM = 4
"""Letters of the overlapping runs that replace words in scripts without spaces (classifier.text.scripts)."""
CACHED_WORDS = 50_000
"""Words of which something is kept; more than a day's news uses often."""
CACHED_RUNS = 50_000
"""Runs of characters without white space that are kept with their words: those of some 300 long articles, in 11 MB."""
LONGEST_RUN = 60
"""Characters of a run that is kept: the longest word and the marks around it."""

YEAR, NUMBER = NUMBERS = ("#year", "#num")
"""What stand for a year and for any other number; no other word begins with `#`."""

_WORD = rf"[{UNSPACED_LETTERS}]+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_TOKEN = re.compile(rf"{_WORD}|[{PAUSES}]")
_UNSPACED = re.compile(f"[{UNSPACED_LETTERS}]")
_PAUSES = frozenset(PAUSES)


def tokens(sentence: str) -> list[str]:
    """The words of a sentence in lower case; a number is `#year` or `#num`, a possessive `'s` is dropped."""
    return list(chain.from_iterable(map(_runs.__getitem__, _split(sentence))))


def pauses(sentence: str) -> list[int]:
    """The positions of those of the sentence's words, as `tokens` returns them, that one of PAUSES precedes."""
    found: list[int] = []
    words = 0
    runs = _split(sentence)
    for inside, before in zip(map(_runs.__getitem__, runs), map(_run_pauses.__getitem__, runs), strict=True):
        if before:
            found += [words + position for position in before]
        words += len(inside)
    return found


def _split(sentence: str) -> list[str]:
    """The runs of characters without white space, in lower case."""
    if not unicodedata.is_normalized("NFC", sentence):
        sentence = unicodedata.normalize("NFC", sentence)  # a combining accent would split its word in two
    return sentence.lower().split()


def unspaced(text: str) -> bool:
    """Whether the text begins in a script that writes no spaces between words."""
    return _UNSPACED.match(text) is not None


def _normal(raw: str) -> tuple[str, ...]:
    """The words that features use for one match of _WORD."""
    if raw[0].isdigit():
        return (YEAR,) if len(raw) == 4 and raw[:2] in ("18", "19", "20") else (NUMBER,)
    if unspaced(raw):
        return tuple(raw[i : i + GRAM] for i in range(max(1, len(raw) - GRAM + 1)))
    word = raw.replace("’", "'").removesuffix("'s")
    return tuple(part for part in word.replace("'", "-").split("-") if part)


Found = TypeVar("Found")


class _Runs(dict[str, Found]):
    """What is in each run met so far; a look-up that runs no Python where it is known. No word and no pause has white space in it."""

    def __init__(self, read: Callable[[str], Found]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, run: str) -> Found:
        found = self._read(run)
        if len(run) <= LONGEST_RUN:
            if len(self) >= CACHED_RUNS:
                self.clear()
            self[run] = found
        return found


def _read(run: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The words in a run of characters in lower case, and the positions of those that one of PAUSES precedes."""
    body, mark = (run, "") if run[-1].isalnum() else (run[:-1], run[-1])
    if mark.isascii() and body.isascii() and body.isalpha() and len(body) <= LONGEST_WORD:  # most runs that are new: no search is needed
        return (sys.intern(body),), (1,) if mark and mark in PAUSES else ()
    words: list[str] = []
    found: list[int] = []
    for token in _TOKEN.findall(run):
        if token in _PAUSES:
            found.append(len(words))
        else:
            words += _normal(token if len(token) <= LONGEST_WORD or unspaced(token) else token[:LONGEST_WORD])
    return tuple(map(sys.intern, words)), tuple(found)


_runs = _Runs(lambda run: _read(run)[0])
_run_pauses = _Runs(lambda run: _read(run)[1])


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
