"""Lines of a flat text as rows of numbers: how each reads, what furniture it is like, and what stands around it.

The forest that walks them was taught on real pages flattened into lines (training/fit_lines.py).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from worker.extract.dates import dateline
from worker.extract.lines.boilerplate_filter import Line
from worker.extract.lines.character_classes import CharacterClass, CharacterCounts
from worker.extract.model.block_features import DATE_LIKE, FURNITURE_WORDS, of_letters, shifted, table
from worker.extract.model.forest import load
from worker.extract.words.boilerplate import BARS, Kind

WORD = re.compile(r"[^\W\d_]+")
FIRST_CHARS, FIRST_WORDS = 80, 15  # of a line that are looked at closely: furniture shows itself early
TELLING = 4  # letters of a word that says what a text is about
DATED = 120  # characters: a line that does no more than date a text is shorter
FAR = 30  # lines: beyond as many a mark says nothing
GAP = 3  # lines without a sentence that one article may have between two
KINDS = tuple(Kind)
MARKS = {
    "prose": None,
    "end": {Kind.RELATED, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.CONTACT, Kind.SHARE},
    "comments": {Kind.COMMENTS},
    "related": {Kind.RELATED},
    "newsletter": {Kind.NEWSLETTER},
    "share": {Kind.SHARE},
    "frame": {Kind.COPYRIGHT, Kind.CRUMBS},
}
"""Kinds of lines whose distance tells where a text begins and ends."""
OWN_NAMES = (
    "chars", "words", "mean_word", "ends_sentence", "ends_colon", "starts_upper", "starts_word", "starts_digit", "starts_quote",
    "upper_share", "digits_share", "commas", "sentences", "spaceless", "prose", "starts_lower", "capital_words", "small_words", "bars",
    "date_like", "dateline", "address", "furniture_words", "furniture_share", "copies", "shared_words",
)  # fmt: skip
PLACE_NAMES = ("all_lines", "index_share", "chars_before", "chars_before_share", "prose_before", "prose_after", "run", "mass")
AROUND = ("chars", "words", "ends_sentence", "ends_colon", "prose", "capital_words", "furniture_words", "dateline", "furniture")
REACH = (-3, -2, -1, 1, 2, 3)


def names() -> list[str]:
    """The names of the columns, in order."""
    near = [f"{way}_{mark}" for mark in MARKS for way in ("since", "until")]
    around = [f"{name}{at:+d}" for at in REACH for name in AROUND]
    return [*OWN_NAMES, *PLACE_NAMES, *near, "furniture", *KINDS, *around]


def chances(lines: list[Line]) -> Any:
    """The chance of each line to belong to the article, by the shipped forest; shape (len(lines),)."""
    return load("lines").probabilities(matrix(lines))


def matrix(lines: list[Line]) -> Any:
    """The features of all lines, none of them empty; float32 of shape (len(lines), len(names()))."""
    columns = _letters(lines) | _words(lines)
    columns |= _places(columns) | _distances(lines) | _kinds(lines)
    around = {f"{name}{at:+d}": shifted(np.asarray(columns[name], dtype=np.float32), at) for at in REACH for name in AROUND}
    return table(names(), columns | around)


def _letters(lines: list[Line]) -> dict[str, Any]:
    """What the letters of the lines show."""
    letters = CharacterCounts([line.text for line in lines])
    return of_letters(letters, letters.words(), FIRST_CHARS) | {
        "sentences": letters.sentences(),
        "starts_word": letters.begin(CharacterClass.WORD),
        "starts_digit": letters.begin(CharacterClass.DIGIT),
        "spaceless": letters.count(CharacterClass.SPACELESS) * 2 > letters.sizes,
        "prose": np.array([line.prose for line in lines]),
    }


def _words(lines: list[Line]) -> dict[str, Any]:
    """What the words of the lines show, and how many of them the text's sentences share."""
    texts = [line.text for line in lines]
    words = [WORD.findall(text) for text in texts]
    copies = Counter(texts)
    furniture = [sum(word.casefold() in FURNITURE_WORDS for word in found[:FIRST_WORDS]) for found in words]
    return {
        "starts_lower": [text[0].islower() for text in texts],
        "capital_words": [_share(word[0].isupper() for word in found) for found in words],
        "small_words": [_share(word.islower() for word in found[1:]) for found in words],
        "bars": [sum(map(text.count, BARS)) for text in texts],
        "date_like": [DATE_LIKE.search(text) is not None for text in texts],
        "dateline": [len(text) < DATED and dateline.of_line(text) is not None for text in texts],
        "address": ["@" in text or "http" in text or "www." in text for text in texts],
        "furniture_words": np.array(furniture),
        "furniture_share": [count / max(1, len(found[:FIRST_WORDS])) for count, found in zip(furniture, words, strict=True)],
        "copies": [copies[text] for text in texts],
        "shared_words": _shared(lines, words),
    }


def _share(found: Any) -> float:
    """The share of what is true; -1 of nothing."""
    every = list(found)
    return sum(every) / len(every) if every else -1.0


def _shared(lines: list[Line], words: list[list[str]]) -> list[float]:
    """The share of each line's telling words that other sentences of the text have too: furniture speaks of something else."""
    telling = [{word.casefold() for word in found if len(word) >= TELLING} for found in words]
    said = Counter(word for line, found in zip(lines, telling, strict=True) if line.prose for word in found)
    return [_share(said[word] > line.prose for word in sorted(found)) for line, found in zip(lines, telling, strict=True)]


def _places(own: dict[str, Any]) -> dict[str, Any]:
    """Where each line stands among the sentences."""
    sizes, prose = own["chars"].astype(float), own["prose"].astype(float)
    count, read, told = len(sizes), np.cumsum(sizes), np.cumsum(prose)
    return {
        "all_lines": np.full(count, count),
        "index_share": np.arange(count) / max(1, count - 1),
        "chars_before": read - sizes,
        "chars_before_share": (read - sizes) / read[-1],
        "prose_before": told - prose,
        "prose_after": told[-1] - told,
        "run": _runs(prose),
        "mass": _masses(sizes * prose),
    }


def _runs(prose: Any) -> Any:
    """How many lines of one sort follow one another there; below 0 for those that are no sentences, as headlines in a list."""
    ends = np.flatnonzero(np.diff(prose, append=2.0)) + 1
    lengths = np.diff(ends, prepend=0)
    return np.repeat(np.where(prose[ends - 1] > 0, lengths, -lengths), lengths)


def _masses(told: Any) -> Any:
    """The letters of the passage that a line stands in, as a share of the longest's; a passage ends with the last sentence
    before a longer gap than an article has."""
    result = np.zeros(len(told))
    places = np.flatnonzero(told)
    for passage in np.split(places, np.flatnonzero(np.diff(places) > GAP + 1) + 1) if len(places) else []:
        result[passage[0] : passage[-1] + 1] = told[passage].sum()
    return result / max(1.0, result.max())


def _distances(lines: list[Line]) -> dict[str, Any]:
    """How many lines each stands behind and before the next mark of a kind."""
    result = {}
    for mark, kinds in MARKS.items():
        marked = np.array([line.prose if kinds is None else line.kind in kinds for line in lines])
        result[f"since_{mark}"] = _since(marked)
        result[f"until_{mark}"] = _since(marked[::-1])[::-1]
    return result


def _since(marked: Any) -> Any:
    """Lines since the last marked one above; FAR where there is none."""
    places = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, places, -FAR))
    return np.minimum(FAR, places - np.concatenate([[-FAR], last[:-1]]))


def _kinds(lines: list[Line]) -> dict[str, Any]:
    """Which furniture each is."""
    kinds = {kind.value: [line.kind is kind for line in lines] for kind in KINDS}
    return {"furniture": np.array([line.kind is not None for line in lines]), **kinds}
