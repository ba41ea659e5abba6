"""Tie a forest to the words that its features count and to the pages that it was fitted on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

DIGITS = 16  # of a digest: enough that no two lists of words share one by chance
Vocabulary = tuple[tuple[str, str], ...]
"""The lists of words that features count: the name of each and its digest. Of the words of languages only the kinds of lines are
among them: a new word changes which lines are of a kind, as every new page does, and not what the kind means."""


def vocabulary(**lists: Iterable[str]) -> Vocabulary:
    """The digests of lists of words, in the order of their names; the order of the words counts, except in sets."""
    ordered = {name: sorted(words) if isinstance(words, frozenset) else words for name, words in sorted(lists.items())}
    return tuple((name, digest("\n".join(words))) for name, words in ordered.items())


def digest(text: str | bytes) -> str:
    """The beginning of a text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()[:DIGITS]


def digest_of_pages(folder: Path, sets: Sequence[str]) -> str:
    """One digest of the pages of some sets and their truths: of names and bytes."""
    files = sorted(path for name in sets for path in (folder / name).rglob("*") if path.is_file())
    return digest("\n".join(f"{path.relative_to(folder)} {digest(path.read_bytes())}" for path in files))


def require(forest: str, fitted: Mapping[str, str], current: Vocabulary) -> None:
    """Raise ValueError, with its name, for a list of words that the forest was not fitted on."""
    for name, found in current:
        if fitted.get(name) != found:
            raise ValueError(
                f"forest {forest}: expected the vocabulary '{name}' with digest {fitted.get(name)}, got {found}; "
                "fit the forest again (make fit-extract)"
            )
    if unknown := sorted(fitted.keys() - dict(current).keys()):
        raise ValueError(f"forest {forest}: expected the vocabulary '{unknown[0]}', got none; fit the forest again (make fit-extract)")
