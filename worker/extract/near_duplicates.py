"""Compute fingerprints of a text: a digest that equal texts share, and a simhash that is similar for near copies."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np

from worker.extract.shared_words import normalised, words_of


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


def distance(one: str, other: str) -> int:
    """The bits in which two simhashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
