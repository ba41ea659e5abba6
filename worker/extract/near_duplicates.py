"""Compute fingerprints of a text: a digest that equal texts share, and a simhash that is similar for near copies; compare two texts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

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


def content_sha256(text: str) -> str:
    """The digest of the normalised text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode("utf-8", "replace")).hexdigest()


def simhash(text: str) -> str:
    """64 bits over pairs of neighbouring words, 16 hexadecimal digits (Charikar 2002; Manku et al. 2007).

    Case and punctuation do not count. Copies that differ in a dateline or a line of boilerplate differ in few
    bits, unrelated texts in about 32.
    """
    tokens = words_of(text)
    shingles = {" ".join(pair) for pair in pairwise(tokens)} or set(tokens)
    if not shingles:
        return "0" * 16
    hashes = b"".join(hashlib.blake2b(s.encode(), digest_size=8).digest() for s in shingles)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0) * 2 > len(shingles)
    return bytes(np.packbits(majority)).hex()


def words_of(text: str) -> list[str]:
    """The words of a text in order, without case and punctuation; in scripts without spaces, its letters."""
    return _TOKENS.findall(normalised(text).casefold())


def common_share(text: Sequence[str], other: Sequence[str]) -> float:
    """The share of the words of `text` that stand in `other` within the same RUN (or LETTERS) words, from 0 to 1; 0 for no words.

    It is not symmetric: of a report that quotes half of a wire story it is the share that was taken over.
    """
    run = min(LETTERS if sum(map(len, text)) < 2 * len(text) else RUN, len(text), len(other))
    if not run:
        return 0.0
    known = {tuple(other[at : at + run]) for at in range(len(other) - run + 1)}
    found = bytearray(len(text))
    for at in range(len(text) - run + 1):
        if tuple(text[at : at + run]) in known:
            found[at : at + run] = b"\1" * run
    return sum(found) / len(text)


def distance(one: str, other: str) -> int:
    """The bits in which two simhashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
