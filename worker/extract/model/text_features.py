"""Measure texts by their characters and words, for the features of blocks and of lines."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from worker.extract.lines.character_classes import CharacterClass, CharacterCounts

BOILERPLATE_WORDS = frozenset(
    """
    share subscribe newsletter sign login log comment comments reply copyright rights reserved privacy cookie cookies
    terms read more related also follow us facebook twitter instagram whatsapp email advertisement sponsored photo
    image credit getty reuters afp ap updated published posted minutes ago edited tags topics next previous menu search
    home contact download app skip click here view all latest popular trending recommended watch video gallery print
    save abo abonnieren anmelden teilen kommentare mehr lesen foto bild quelle anzeige suscríbete compartir comentarios
    leer más partager lire aussi abonnez commentaires publicité condividi leggi copyright© © author editor reporter by
    """.split()  # noqa: SIM905 - words read best as words
)
"""Words that are frequent in menus, buttons, credits and pointers to other articles."""
DATE_LIKE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
CHARS_A_WORD, CHARS_A_SENTENCE = 5, 100  # in scripts without spaces


class TextMeasures:
    """Counts and shares of characters and words in some texts, none of them empty; every array has shape (texts,).

    Shares of digits and capitals are those of the first `reach` characters of each text.
    """

    def __init__(self, texts: list[str], reach: int) -> None:
        self.texts = texts
        self.counts = CharacterCounts(texts)
        self.sizes = self.counts.sizes
        self._reach = reach
        self._shown = np.minimum(self.sizes, reach)

    @cached_property
    def word_runs(self) -> NDArray[np.int64]:
        """Runs of letters, digits and underscores, as `\\w+` finds them."""
        return self.counts.words()

    @cached_property
    def is_spaceless(self) -> NDArray[np.bool_]:
        """Whether more than half of a text is in a script without spaces."""
        spaceless: NDArray[np.bool_] = self.counts.count(CharacterClass.SPACELESS) * 2 > self.sizes
        return spaceless

    @cached_property
    def words(self) -> NDArray[np.int64]:
        """Words, at least 1; in a script without spaces one for CHARS_A_WORD characters."""
        return np.maximum(1, np.where(self.is_spaceless, self.sizes // CHARS_A_WORD, self.word_runs))

    @cached_property
    def sentence_ends(self) -> NDArray[np.int64]:
        """Ends of sentences, as punctuation marks them."""
        return self.counts.sentences()

    @property
    def sentences(self) -> NDArray[np.int64]:
        """Sentences; in a script without spaces, where few are marked, at least one for CHARS_A_SENTENCE characters."""
        ends = self.sentence_ends
        return np.where(self.is_spaceless, np.maximum(ends, self.sizes // CHARS_A_SENTENCE), ends)

    @cached_property
    def first_digits(self) -> NDArray[np.int64]:
        """Digits among the first `reach` characters."""
        return self.counts.count_first(CharacterClass.DIGIT, self._reach)

    @property
    def digits_share(self) -> NDArray[np.float64]:
        share: NDArray[np.float64] = self.first_digits / self._shown
        return share

    @property
    def upper_share(self) -> NDArray[np.float64]:
        share: NDArray[np.float64] = self.counts.count_first(CharacterClass.UPPER, self._reach) / self._shown
        return share

    @property
    def mean_word(self) -> NDArray[np.float64]:
        """Characters a word."""
        mean: NDArray[np.float64] = self.sizes / self.words
        return mean

    def count(self, kind: CharacterClass) -> NDArray[np.int64]:
        """Characters of one class."""
        return self.counts.count(kind)

    def begin(self, kind: CharacterClass) -> NDArray[np.bool_]:
        """Whether the first character is of one class."""
        return self.counts.begin(kind)

    def end(self, kind: CharacterClass) -> NDArray[np.bool_]:
        """Whether the last character is of one class."""
        return self.counts.end(kind)


def has_address(text: str) -> bool:
    """Whether a text holds an e-mail or web address."""
    return "@" in text or "http" in text or "www." in text
