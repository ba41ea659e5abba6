"""Count the characters of each class (digits, capitals, commas) in many texts at once."""

from __future__ import annotations

from enum import IntFlag
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.extract.words.sentences import SPACELESS


class CharacterClass(IntFlag):
    """The classes of characters, as bits: some characters belong to several."""

    WORD = 1
    """As `\\w` in a regular expression."""
    DIGIT = 2
    UPPER = 4
    SPACELESS = 8
    """Of a script without spaces."""
    MARK = 16
    """Ends a sentence where white space follows."""
    CLOSER = 32
    """May come between such a mark and the white space."""
    STOP = 64
    """Ends a sentence by itself."""
    END = 128
    """The last character of most paragraphs."""
    COMMA = 256
    QUOTE = 512
    """Opens direct speech."""
    COLON = 1024
    BREAK = 2048
    BLANK = 4096


PUNCTUATION = {
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
LAST = 0xFFFF  # later characters (emoji, rare Han) have no class: a table of all would be seventeen times as large


@lru_cache(maxsize=1)
def class_table() -> NDArray[np.uint16]:
    """The class bits of every character up to LAST; shape (LAST + 1,)."""
    every = [chr(code) for code in range(LAST + 1)]
    table = np.zeros(LAST + 1, dtype=np.uint16)
    table[[c.isalnum() or c == "_" for c in every]] |= np.uint16(CharacterClass.WORD)
    table[[c.isdigit() for c in every]] |= np.uint16(CharacterClass.DIGIT)
    table[[c.isupper() for c in every]] |= np.uint16(CharacterClass.UPPER)
    table[[SPACELESS.match(c) is not None for c in every]] |= np.uint16(CharacterClass.SPACELESS)
    for character_class, characters in PUNCTUATION.items():
        table[[ord(character) for character in characters]] |= np.uint16(character_class)
    table[LAST] = 0
    return table


class CharacterCounts:
    """The characters of some texts, none of them empty, in which all white space is single blanks and line breaks."""

    def __init__(self, texts: list[str]) -> None:
        joined = " ".join([*texts, ""])  # white space after each, which ends its last sentence
        codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
        self._classes = class_table()[np.minimum(codes, LAST)]
        self.sizes = np.array([len(text) for text in texts], dtype=np.int64)
        self._starts = np.cumsum(self.sizes + 1) - self.sizes - 1

    def count(self, wanted: CharacterClass) -> NDArray[np.int64]:
        """How many characters of a class each text holds; shape (texts,)."""
        return self._summed(self._has(wanted))

    def count_first(self, wanted: CharacterClass, reach: int) -> NDArray[np.int64]:
        """How many of the first `reach` characters of each text are of a class; shape (texts,)."""
        bounds = np.stack([self._starts, self._starts + np.minimum(self.sizes, reach)], axis=1).ravel()
        return np.add.reduceat(self._has(wanted), bounds, dtype=np.int64)[::2]

    def begin(self, wanted: CharacterClass) -> NDArray[np.bool_]:
        """Whether the first character of each text is of a class; shape (texts,)."""
        first: NDArray[np.bool_] = self._has(wanted)[self._starts]
        return first

    def end(self, wanted: CharacterClass) -> NDArray[np.bool_]:
        """Whether the last character of each text is of a class; shape (texts,)."""
        last: NDArray[np.bool_] = self._has(wanted)[self._starts + self.sizes - 1]
        return last

    def words(self) -> NDArray[np.int64]:
        """How many words each text holds, as `\\w+` finds them; shape (texts,)."""
        word = self._has(CharacterClass.WORD)
        word[1:] &= ~word[:-1]
        return self._summed(word)

    def sentences(self) -> NDArray[np.int64]:
        """How many sentences end in each text: at a stop, or at a mark and closing characters before white space."""
        closing, mark = self._has(CharacterClass.CLOSER), self._has(CharacterClass.MARK)
        # For every position, that of the last character that does not close
        before = np.maximum.accumulate(np.where(closing, 0, np.arange(len(closing), dtype=np.int32)))
        ends = self._has(CharacterClass.STOP)
        ends[1:] |= self._has(CharacterClass.BLANK)[1:] & mark[before[:-1]]
        return self._summed(ends)

    def _has(self, wanted: CharacterClass) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._classes & np.uint16(wanted) != 0
        return found

    def _summed(self, found: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.add.reduceat(found, self._starts, dtype=np.int64)
