"""Letters: what kinds of them many texts hold, counted for all texts of a page at once."""

from __future__ import annotations

from enum import IntFlag
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates.parse import SPACELESS


class CharacterClass(IntFlag):
    """What a letter may be; some are several things."""

    WORD = 1
    """As `\\w` of a regular expression."""
    DIGIT = 2
    UPPER = 4
    SPACELESS = 8
    """Of a script without spaces."""
    MARK = 16
    """Ends a sentence where a blank follows."""
    CLOSER = 32
    """May stand between such a mark and the blank."""
    STOP = 64
    """Ends a sentence by itself."""
    END = 128
    """Last of most paragraphs."""
    COMMA = 256
    QUOTE = 512
    """Opens direct speech."""
    COLON = 1024
    BREAK = 2048
    BLANK = 4096


SIGNS = {
    CharacterClass.MARK: ".!?…",
    CharacterClass.CLOSER: "\"'”’)]",
    CharacterClass.STOP: "。！？।។",
    CharacterClass.END: '.!?…”"។。',
    CharacterClass.COMMA: ",、",
    CharacterClass.QUOTE: "\"“„«'‘",
    CharacterClass.COLON: ":",
    CharacterClass.BREAK: "\n",
    CharacterClass.BLANK: " \n",
}
LAST = 0xFFFF  # later letters (emoji, rare Han) count as none: a table of all would be seventeen times as large


@lru_cache(maxsize=1)
def kinds() -> NDArray[np.uint16]:
    """The kinds of every letter up to LAST, uint16 of shape (LAST + 1,)."""
    every = [chr(code) for code in range(LAST + 1)]
    table = np.zeros(LAST + 1, dtype=np.uint16)
    table[[c.isalnum() or c == "_" for c in every]] |= np.uint16(CharacterClass.WORD)
    table[[c.isdigit() for c in every]] |= np.uint16(CharacterClass.DIGIT)
    table[[c.isupper() for c in every]] |= np.uint16(CharacterClass.UPPER)
    table[[SPACELESS.match(c) is not None for c in every]] |= np.uint16(CharacterClass.SPACELESS)
    for kind, signs in SIGNS.items():
        table[[ord(sign) for sign in signs]] |= np.uint16(kind)
    table[LAST] = 0
    return table


class CharacterCounts:
    """The letters of some texts, none of them empty, in which all white space is single blanks and line breaks."""

    def __init__(self, texts: list[str]) -> None:
        joined = " ".join([*texts, ""])  # a blank after each: sentences end before it
        codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
        self.kinds = kinds()[np.minimum(codes, LAST)]
        self.sizes = np.array([len(text) for text in texts], dtype=np.int64)
        self.starts = np.cumsum(self.sizes + 1) - self.sizes - 1

    def count(self, kind: CharacterClass) -> NDArray[np.int64]:
        """How many letters of a kind each text holds; int, shape (texts,)."""
        return self._summed(self._are(kind))

    def count_first(self, kind: CharacterClass, reach: int) -> NDArray[np.int64]:
        """How many of the first `reach` letters of each text are of a kind."""
        bounds = np.stack([self.starts, self.starts + np.minimum(self.sizes, reach)], axis=1).ravel()
        return np.add.reduceat(self._are(kind), bounds, dtype=np.int64)[::2]

    def begin(self, kind: CharacterClass) -> NDArray[np.bool_]:
        """Whether the first letter of each text is of a kind."""
        first: NDArray[np.bool_] = self._are(kind)[self.starts]
        return first

    def end(self, kind: CharacterClass) -> NDArray[np.bool_]:
        """Whether the last letter of each text is of a kind."""
        last: NDArray[np.bool_] = self._are(kind)[self.starts + self.sizes - 1]
        return last

    def words(self) -> NDArray[np.int64]:
        """How many words each text holds, as `\\w+` finds them."""
        word = self._are(CharacterClass.WORD)
        word[1:] &= ~word[:-1]
        return self._summed(word)

    def sentences(self) -> NDArray[np.int64]:
        """How many sentences end in each text: at a stop, or at a mark and closing signs with a blank behind them."""
        closing, mark = self._are(CharacterClass.CLOSER), self._are(CharacterClass.MARK)
        before = np.maximum.accumulate(np.where(closing, 0, np.arange(len(closing), dtype=np.int32)))  # the last that is no closing sign
        ends = self._are(CharacterClass.STOP)
        ends[1:] |= self._are(CharacterClass.BLANK)[1:] & mark[before[:-1]]
        return self._summed(ends)

    def _are(self, kind: CharacterClass) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.kinds & np.uint16(kind) != 0
        return found

    def _summed(self, found: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.add.reduceat(found, self.starts, dtype=np.int64)
