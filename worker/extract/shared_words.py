"""Split texts into words, and tell how many of them one text took over from another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Kana, Han): each letter counts as a word."""
RUN = 4
"""Words in a row that count as taken over: three recur by chance in reports of one event ("prime minister of"), five lose edited ones."""
LETTERS = 15
"""The same where each letter counts as a word: about four words of Khmer or Thai."""
_TOKENS = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+")


def normalised(text: str) -> str:
    """`text` in NFC, every run of white space one blank, trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def words_of(text: str) -> list[str]:
    """The words of a text in order, without case and punctuation; in scripts without spaces, its letters."""
    return _TOKENS.findall(normalised(text).casefold())


def run_of(words: Sequence[str], usual: int = RUN, letters: int = LETTERS) -> int:
    """How many of these words in a row are a run: the usual number, `letters` where each letter counts as a word, all of fewer."""
    return min(letters if sum(map(len, words)) < 2 * len(words) else usual, len(words))


def common_share(text: Sequence[str], other: Sequence[str]) -> float:
    """The share of the words of `text` that stand in `other` within the same RUN (or LETTERS) words, from 0 to 1; 0 for no words.

    It is not symmetric: of a report that quotes half of a wire story it is the share that was taken over.
    """
    run = min(run_of(text), len(other))
    if not run:
        return 0.0
    known = {tuple(other[at : at + run]) for at in range(len(other) - run + 1)}
    found = bytearray(len(text))
    for at in range(len(text) - run + 1):
        if tuple(text[at : at + run]) in known:
            found[at : at + run] = b"\1" * run
    return sum(found) / len(text)
