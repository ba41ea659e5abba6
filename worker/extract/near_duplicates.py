"""Compute fingerprints of a text: a digest that equal texts share, a simhash that is similar for near copies, and marks that they share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from worker.extract.shared_words import normalised, run_of, words_of

ORDERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd numbers of 64 bits that put all runs of words into as many orders. Two texts that have half of their runs in common share one of
four marks 15 times in 16; a fifth order would cost an index, and find 1 in 30 more of those."""
RUN, LETTERS = 6, 22
"""Words in a row that make a mark, and letters where each counts as a word. Of 25,651 pairs of unrelated pages 17 shared a mark
of four words, 1 of five, none of six; of texts cut to two thirds as many were found."""
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_FIRST = 1 << 30
"""Marks are above: 31 bits, which every database has as an integer, and none that is a quarter of a simhash, as rows of before have."""


def content_sha256(text: str) -> str:
    """The digest of the normalised text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Fingerprints:
    """What copies of a text are found by."""

    content_sha256: str
    simhash: str
    marks: list[int]


def fingerprints(text: str) -> Fingerprints:
    """All of a text's, which is split into words once: that takes as long as either of the two that need it."""
    words = words_of(text)
    return Fingerprints(content_sha256(text), _simhash(words), _copy_marks(words))


def simhash(text: str) -> str:
    """64 bits over pairs of neighbouring words, 16 hexadecimal digits (Charikar 2002; Manku et al. 2007).

    Case and punctuation do not count. Copies that differ in a dateline or a line of boilerplate differ in few
    bits, unrelated texts in about 32.
    """
    return _simhash(words_of(text))


def _simhash(words: Sequence[str]) -> str:
    shingles = {" ".join(pair) for pair in pairwise(words)} or set(words)
    if not shingles:
        return "0" * 16
    hashes = b"".join(hashlib.blake2b(s.encode(), digest_size=8).digest() for s in shingles)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0) * 2 > len(shingles)
    return bytes(np.packbits(majority)).hex()


def copy_marks(text: str) -> list[int]:
    """Four numbers of 31 bits, none for a text without words: of all its runs of words the first in each order (MinHash, Broder 1997).

    Two texts share a mark as often as a run of one is a run of the other; texts of which neither was taken from the other share none.
    """
    return _copy_marks(words_of(text))


def _copy_marks(words: Sequence[str]) -> list[int]:
    run = run_of(words, RUN, LETTERS)
    if not run:
        return []
    numbers = {word: int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big") for word in set(words)}
    row = np.fromiter(map(numbers.__getitem__, words), np.uint64, len(words))
    runs = np.zeros(len(words) - run + 1, np.uint64)
    for at in range(run):
        runs = runs * _MIX + row[at : at + len(runs)]
    return [_FIRST | (int(_mixed(runs, order).min()) & (_FIRST - 1)) for order in ORDERS]


def _mixed(numbers: NDArray[np.uint64], order: int) -> NDArray[np.uint64]:
    """The numbers as a random order has them: multiplied and folded twice."""
    mixed = (numbers ^ (numbers >> np.uint64(31))) * np.uint64(order)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    return mixed ^ (mixed >> np.uint64(32))


def distance(one: str, other: str) -> int:
    """The bits in which two simhashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
