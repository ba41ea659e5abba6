"""Look up static word vectors, distilled from a small sentence model, so that words which no seed has help too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.text.tokens import CACHED_WORDS, LONGEST_WORD


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vectors of some words, of which a word may have several."""

    vectors: NDArray[np.float32]
    """(pieces, numbers of a vector)."""
    positions: NDArray[np.int64]
    """The word of each, (pieces,)."""
    words: int

    def weights(self, model: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each word adds to the score of a linear model, (words,); `model` has a weight for each number of a vector."""
        return np.bincount(self.positions, weights=self.vectors @ model, minlength=self.words).astype(np.float32)


class WordVectors:
    """A vector (float16) for each of the sorted words and word pieces; `##x` is a piece inside a word.

    A word that is not listed is split greedily into the longest listed pieces, as WordPiece does
    (Schuster and Nakajima 2012); one that cannot be split has no vector.
    """

    def __init__(self, words: Sequence[str], matrix: NDArray[np.float16]) -> None:
        self.index = {word: row for row, word in enumerate(words)}
        self.matrix = matrix.view(np.ndarray)  # still mapped from its file, but without the cost of memmap at every look-up
        self.rows = lru_cache(maxsize=CACHED_WORDS)(self._rows)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as what it was made of: the cache of look-ups is made anew."""
        return type(self), (list(self.index), self.matrix)

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self.matrix.shape[1])

    def _rows(self, word: str) -> tuple[int, ...]:
        """The rows of `matrix` whose sum is the word's vector."""
        if word in self.index:
            return (self.index[word],)
        plain = _without_accents(word)
        return (self.index[plain],) if plain in self.index else self._split(plain)

    def _split(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD or not word.isalpha():
            return ()
        rows: list[int] = []
        start = 0
        while start < len(word):
            end, row = self._longest_piece(word, start)
            if row is None:
                return ()
            rows.append(row)
            start = end
        return tuple(rows)

    def _longest_piece(self, word: str, start: int) -> tuple[int, int | None]:
        """The end and the row of the longest listed piece that begins at `start`; None where there is none."""
        for end in range(len(word), start, -1):
            row = self.index.get(("##" if start else "") + word[start:end])
            if row is not None:
                return end, row
        return start, None

    def sums(self, rows: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
        """The sum of each run of `rows` of the matrix, (runs, size); `lengths` (runs,) says how many rows each run has."""
        met = np.zeros(len(self.matrix), bool)
        met[rows] = True
        used, position = np.flatnonzero(met), np.cumsum(met) - 1
        ends = np.concatenate([[0], np.cumsum(lengths)])
        join = sparse.csr_array((np.ones(len(rows), np.float32), position[rows], ends), shape=(len(lengths), len(used)))
        return np.asarray(join @ self.matrix[used].astype(np.float32), np.float32)

    def pieces(self, words: Sequence[str]) -> Pieces:
        """The vectors whose sums are those of some words."""
        found = list(map(self.rows, words))
        rows = np.array(list(chain.from_iterable(found)), np.int64)
        positions = np.repeat(np.arange(len(words)), list(map(len, found)))
        return Pieces(self.matrix[rows].astype(np.float32), positions, len(words))


def _without_accents(word: str) -> str:
    """The word as the vocabulary of the sentence model has it."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if unicodedata.category(mark) != "Mn")


def read_vectors() -> WordVectors:
    """The vectors that ship with the classifier, mapped from their file."""
    folder = resources.files("classifier.features") / "vectors"
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    with resources.as_file(folder / "vectors.npy") as path:
        return WordVectors(words, np.load(path, mmap_mode="r", allow_pickle=False))
