"""Sentence cut into terms: words, pairs of words and word beginnings; runs of letters where a script has no spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

STEM = 6
"""Letters; `export*` joins exports, exported, exporter. Shorter stems join strangers."""
LONGEST = 40
"""Letters of a word that are read; longer runs of letters are no words, and would fill the memory of those met before."""
GRAM = 4
"""Letters of the runs taken from Thai, Khmer, Lao, Burmese and Chinese, which write no spaces between words."""

_SCRIPTS = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u4e00-\u9fff"
_WORD = rf"[{_SCRIPTS}]+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_PAUSES = ",;:()\u2013\u2014"
_TOKEN = re.compile(rf"{_WORD}|[{_PAUSES}]")
_UNSPACED = re.compile(f"[{_SCRIPTS}]")


def tokens(sentence: str) -> list[str]:
    """The words of a sentence, lower-cased; a number is `#year` or `#num`, possessives are dropped."""
    return words_and_pauses(sentence)[0]


def words_and_pauses(sentence: str) -> tuple[list[str], list[int]]:
    """The words of a sentence as `tokens` has them, and the places of those that a comma, bracket, colon or dash precedes."""
    found: list[str] = []
    pauses: list[int] = []
    if not unicodedata.is_normalized("NFC", sentence):
        sentence = unicodedata.normalize("NFC", sentence)  # a loose accent would cut its word in two
    for raw in _TOKEN.findall(sentence.lower()):
        if raw in _PAUSES:
            pauses.append(len(found))
        else:
            found.extend(_remembered(raw) if len(raw) <= LONGEST else _normal(raw if unspaced(raw) else raw[:LONGEST]))
    return found, pauses


def unspaced(text: str) -> bool:
    """Whether the text begins in a script that writes no spaces between words."""
    return _UNSPACED.match(text) is not None


@lru_cache(maxsize=50_000)
def _remembered(raw: str) -> tuple[str, ...]:
    return _normal(raw)


def _normal(raw: str) -> tuple[str, ...]:
    if raw[0].isdigit():
        return ("#year",) if len(raw) == 4 and raw[:2] in ("18", "19", "20") else ("#num",)
    if unspaced(raw):
        return tuple(raw[i : i + GRAM] for i in range(max(1, len(raw) - GRAM + 1)))
    word = raw.replace("’", "'").removesuffix("'s")
    return tuple(part for part in word.replace("'", "-").split("-") if part)


def terms(words: list[str]) -> list[str]:
    """The terms of a sentence of `words`: each word, each neighbouring pair, each beginning of a long word."""
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    stems = [f"{word[:STEM]}*" for word in words if len(word) > STEM]
    return words + pairs + stems
