"""Describe each line of a flat text as a row of numbers: its characters and words, its kind, and the lines near it.

The forest that evaluates them was fitted on real pages flattened into lines (training/fit_lines.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates import dateline
from worker.extract.lines.character_classes import CharacterClass
from worker.extract.lines.line import Line
from worker.extract.model.forest import load
from worker.extract.model.manifest import vocabulary
from worker.extract.model.table import Features, Table, join, measure
from worker.extract.model.text_features import BOILERPLATE_WORDS, DATE_LIKE, TextMeasures, has_address
from worker.extract.words.boilerplate import BARS, Kind

WORD = re.compile(r"[^\W\d_]+")
FIRST_CHARS, FIRST_WORDS = 80, 15  # of a line that are analysed: boilerplate is recognised by its beginning
CONTENT_WORD = 4  # letters: shorter words say little about a text's subject
DATE_LINE = 120  # characters: a line that only dates a text is shorter
FAR = 30  # lines: a mark farther away has no influence
GAP = 3  # lines without a sentence that an article may have between two sentences
MARKS: dict[str, frozenset[Kind] | None] = {
    "prose": None,
    "end": frozenset({Kind.RELATED, Kind.COMMENTS, Kind.NEWSLETTER, Kind.COPYRIGHT, Kind.CONTACT, Kind.SHARE}),
    "comments": frozenset({Kind.COMMENTS}),
    "related": frozenset({Kind.RELATED}),
    "newsletter": frozenset({Kind.NEWSLETTER}),
    "share": frozenset({Kind.SHARE}),
    "frame": frozenset({Kind.COPYRIGHT, Kind.BREADCRUMBS}),
}
"""Kinds of lines whose distance indicates where a text begins and ends; None: lines of prose."""
VOCABULARY = vocabulary(kinds=[kind.value for kind in Kind], boilerplate_words=BOILERPLATE_WORDS, dates=[DATE_LIKE.pattern])
"""What the forest of lines has to be fitted on."""
NEARBY = ("chars", "words", "ends_sentence", "ends_colon", "prose", "capital_words", "boilerplate_words", "dateline", "boilerplate")
REACH = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True)
class _Lines:
    """The lines of a text; every array has shape (lines,)."""

    lines: list[Line]

    @cached_property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @cached_property
    def measures(self) -> TextMeasures:
        return TextMeasures(self.texts, FIRST_CHARS)

    @cached_property
    def words(self) -> list[list[str]]:
        return [WORD.findall(text) for text in self.texts]

    @cached_property
    def copies(self) -> Counter[str]:
        return Counter(self.texts)

    @cached_property
    def boilerplate_words(self) -> list[int]:
        return [sum(word.casefold() in BOILERPLATE_WORDS for word in found[:FIRST_WORDS]) for found in self.words]

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        return self.measures.sizes.astype(float)

    @cached_property
    def prose(self) -> NDArray[np.float64]:
        """1 for lines of prose, 0 for others."""
        return np.array([line.prose for line in self.lines], dtype=float)

    @cached_property
    def chars_before(self) -> NDArray[np.float64]:
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def prose_until(self) -> NDArray[np.float64]:
        """Lines of prose up to each, itself included."""
        return np.cumsum(self.prose)

    def boilerplate_share(self) -> list[float]:
        pairs = zip(self.boilerplate_words, self.words, strict=True)
        return [count / max(1, len(found[:FIRST_WORDS])) for count, found in pairs]

    def shared_words(self) -> list[float]:
        """The share of each line's content words that other sentences of the text use too: boilerplate has another subject."""
        content = [{word.casefold() for word in found if len(word) >= CONTENT_WORD} for found in self.words]
        used = Counter(word for line, found in zip(self.lines, content, strict=True) if line.prose for word in found)
        return [_share(used[word] > line.prose for word in sorted(found)) for line, found in zip(self.lines, content, strict=True)]

    def runs(self) -> NDArray[np.intp]:
        """The number of consecutive lines of prose around each line; of other lines, such as headlines in a list, as a negative
        number."""
        ends = np.flatnonzero(np.diff(self.prose, append=2.0)) + 1
        lengths = np.diff(ends, prepend=0)
        return np.repeat(np.where(self.prose[ends - 1] > 0, lengths, -lengths), lengths)

    def masses(self) -> NDArray[np.float64]:
        """The characters of prose in the passage of each line, as a share of the longest passage's. A passage ends with the
        last sentence before a gap of more than GAP lines."""
        prose_chars, result = self.sizes * self.prose, np.zeros(len(self.lines))
        sentences = np.flatnonzero(prose_chars)
        for passage in np.split(sentences, np.flatnonzero(np.diff(sentences) > GAP + 1) + 1) if len(sentences) else []:
            result[passage[0] : passage[-1] + 1] = prose_chars[passage].sum()
        return result / max(1.0, float(result.max()))

    def marked(self, mark: str) -> NDArray[np.bool_]:
        """Whether each line is of the kinds of a mark."""
        kinds = MARKS[mark]
        return np.array([line.prose if kinds is None else line.kind in kinds for line in self.lines])


def _share(flags: Iterable[bool]) -> float:
    """The share of True; -1 where there is no value."""
    values = list(flags)
    return sum(values) / len(values) if values else -1.0


def _since(lines: _Lines, mark: str) -> NDArray[np.intp]:
    """How many lines above each the last marked one is, FAR at most."""
    return _distances(lines.marked(mark))


def _until(lines: _Lines, mark: str) -> NDArray[np.intp]:
    """How many lines below each the next marked one is, FAR at most."""
    return _distances(lines.marked(mark)[::-1])[::-1]


def _distances(marked: NDArray[np.bool_]) -> NDArray[np.intp]:
    index = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, index, -FAR))
    distances: NDArray[np.intp] = np.minimum(FAR, index - np.concatenate([[-FAR], last[:-1]]))
    return distances


def _is_kind(lines: _Lines, kind: Kind) -> list[bool]:
    return [line.kind is kind for line in lines.lines]


FEATURES: Features[_Lines] = {
    "chars": lambda text: text.measures.sizes,
    "words": lambda text: text.measures.words,
    "mean_word": lambda text: text.measures.mean_word,
    "ends_sentence": lambda text: text.measures.end(CharacterClass.END),
    "ends_colon": lambda text: text.measures.end(CharacterClass.COLON),
    "starts_upper": lambda text: text.measures.begin(CharacterClass.UPPER),
    "starts_word": lambda text: text.measures.begin(CharacterClass.WORD),
    "starts_digit": lambda text: text.measures.begin(CharacterClass.DIGIT),
    "starts_quote": lambda text: text.measures.begin(CharacterClass.QUOTE),
    "upper_share": lambda text: text.measures.upper_share,
    "digits_share": lambda text: text.measures.digits_share,
    "commas": lambda text: text.measures.count(CharacterClass.COMMA),
    "sentences": lambda text: text.measures.sentence_ends,
    "spaceless": lambda text: text.measures.is_spaceless,
    "prose": lambda text: text.prose,
    "starts_lower": lambda text: [line[0].islower() for line in text.texts],
    "capital_words": lambda text: [_share(word[0].isupper() for word in found) for found in text.words],
    "small_words": lambda text: [_share(word.islower() for word in found[1:]) for found in text.words],
    "bars": lambda text: [sum(map(line.count, BARS)) for line in text.texts],
    "date_like": lambda text: [DATE_LIKE.search(line) is not None for line in text.texts],
    "dateline": lambda text: [len(line) < DATE_LINE and dateline.date_of_line(line) is not None for line in text.texts],
    "address": lambda text: [has_address(line) for line in text.texts],
    "boilerplate_words": lambda text: text.boilerplate_words,
    "boilerplate_share": _Lines.boilerplate_share,
    "copies": lambda text: [text.copies[line] for line in text.texts],
    "shared_words": _Lines.shared_words,
    "all_lines": lambda text: np.full(len(text.lines), len(text.lines)),
    "index_share": lambda text: np.arange(len(text.lines)) / max(1, len(text.lines) - 1),
    "chars_before": lambda text: text.chars_before,
    "chars_before_share": lambda text: text.chars_before / text.sizes.sum(),
    "prose_before": lambda text: text.prose_until - text.prose,
    "prose_after": lambda text: text.prose_until[-1] - text.prose_until,
    "run": _Lines.runs,
    "mass": _Lines.masses,
    **{f"{name}_{mark}": partial(way, mark=mark) for mark in MARKS for name, way in (("since", _since), ("until", _until))},
    "boilerplate": lambda text: [line.kind is not None for line in text.lines],
    **{kind.value: partial(_is_kind, kind=kind) for kind in Kind},
}


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of the columns, in order: those of a text with one line."""
    return line_table([Line("text", None, prose=False)]).names


def line_probabilities(lines: list[Line]) -> NDArray[np.float64]:
    """The probability of each line to belong to the article, by the shipped forest; shape (len(lines),)."""
    return load("lines", VOCABULARY).probabilities(line_table(lines))


def line_table(lines: list[Line]) -> Table:
    """The features of all lines, one row each; at least one line is required, and none may be empty."""
    own = measure(FEATURES, _Lines(lines))
    nearby = own.select(*NEARBY)
    return join(own, *(nearby.shifted(by) for by in REACH))
