"""Words placed in meaning: static vectors distilled from a small sentence model, so that unseen words help too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LONGEST_WORD = 40
"""Letters; longer runs are no words and would cost the greedy split its time."""


class WordVectors:
    """A vector (float16) for each of the sorted words and word pieces; `##x` is a piece inside a word.

    Words that are not listed are split greedily into the longest listed pieces, as WordPiece does
    (Schuster and Nakajima 2012); a word that cannot be split has no vector.
    """

    def __init__(self, words: Sequence[str], matrix: NDArray[np.float16]) -> None:
        self.index = {word: row for row, word in enumerate(words)}
        self.matrix = matrix.view(np.ndarray)  # still mapped; the subclass costs at every look-up
        self.rows = lru_cache(maxsize=50_000)(self._rows)

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self.matrix.shape[1])

    def _rows(self, word: str) -> tuple[int, ...]:
        if word in self.index:
            return (self.index[word],)
        plain = _plain(word)
        return (self.index[plain],) if plain in self.index else self._split(plain)

    def _split(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD or not word.isalpha():
            return ()
        rows: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                row = self.index.get(("##" if start else "") + word[start:end])
                if row is not None:
                    break
            else:
                return ()
            rows.append(row)
            start = end
        return tuple(rows)

    def sums(self, sentences: Sequence[list[str]]) -> NDArray[np.float32]:
        """The summed vectors of each sentence's words."""
        columns: list[int] = []
        ends = [0]
        for words in sentences:
            for word in words:
                columns.extend(self.rows(word))
            ends.append(len(columns))
        used, places = np.unique(np.array(columns, np.int64), return_inverse=True)
        join = sparse.csr_array((np.ones(len(columns), np.float32), places, ends), shape=(len(sentences), len(used)))
        return np.asarray(join @ self.matrix[used].astype(np.float32), np.float32)

    def weights(self, words: Sequence[str], head: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each word's vector adds to a head of shape (size,)."""
        rows = [self.rows(word) for word in words]
        flat = np.array([row for found in rows for row in found], np.int64)
        places = np.repeat(np.arange(len(words)), [len(found) for found in rows])
        return np.bincount(places, weights=self.matrix[flat].astype(np.float32) @ head, minlength=len(words)).astype(np.float32)


def _plain(word: str) -> str:
    """The word without accents, as the vectors were made."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if unicodedata.category(mark) != "Mn")


def read_vectors() -> WordVectors:
    """The vectors that ship with the classifier, mapped from their file."""
    folder = resources.files("classifier.features") / "vectors"
    words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    with resources.as_file(folder / "vectors.npy") as path:
        return WordVectors(words, np.load(path, mmap_mode="r", allow_pickle=False))
