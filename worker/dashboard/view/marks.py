"""Cut a text at the sentences that speak for a label, by code points, so that each piece is escaped by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from classifier.labels import Evidence

SPACED = re.compile(r"[^\W\d_]", re.UNICODE)
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts without spaces between words: there a term is a run of characters, which means nothing to a reader."""


@dataclass(frozen=True, slots=True)
class Name:
    """A label at the end of a sentence that speaks for it."""

    label: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph: plain, or marked for the labels that it speaks for."""

    parts: tuple[tuple[str, bool], ...]
    """Text, and whether it is a telling word."""
    labels: tuple[Name, ...] = ()
    """Empty for plain text."""
    ends: tuple[Name, ...] = ()
    """The labels whose sentence ends here: their names stand after it."""
    anchor: str = ""
    """The label whose first sentence this is."""


def paragraphs(text: str, evidence: Sequence[Evidence], field: str, unsure: Mapping[str, bool]) -> list[list[Piece]]:
    """The paragraphs of a text, each as pieces; `unsure` says of a label whether the model was unsure of it.

    The first sentence for a label is its anchor: in the title where that speaks for it, else in the text.
    """
    own = sorted((one for one in evidence if one.field == field and one.end > one.start), key=lambda one: one.start)
    taken = {one.label for one in evidence if one.field == "title"} if field == "text" else set()
    return [list(_Paragraph(text, start, end, own, unsure, taken).pieces()) for start, end in _spans(text)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in re.finditer(r"\n\s*\n", text):
        yield start, gap.start()
        start = gap.end()
    if start < len(text) or not text:
        yield start, len(text)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of a text, from code point `start` to `end`, and all evidence in the text."""

    text: str
    start: int
    end: int
    evidence: Sequence[Evidence]
    unsure: Mapping[str, bool]
    taken: Set[str]
    """Labels whose anchor is elsewhere."""

    def pieces(self) -> Iterator[Piece]:
        near = [one for one in self.evidence if one.start < self.end and one.end > self.start]
        inside = (cut for one in near for cut in (one.start, one.end) if self.start < cut < self.end)
        for low, high in pairwise(sorted({self.start, self.end, *inside})):
            here = [one for one in near if one.start <= low and one.end >= high]
            ending = [one for one in here if min(one.end, self.end) == high]
            words = [term.term for one in here for term in one.terms]
            yield Piece(tuple(_bold(self.text[low:high], words)), self._names(here), self._names(ending), self._anchor(here, low))

    def _anchor(self, here: Sequence[Evidence], low: int) -> str:
        """The label whose first sentence begins here."""
        first = {one.label: one.start for one in reversed(self.evidence) if one.label not in self.taken}
        return next((one.label for one in here if one.start == low == first.get(one.label)), "")

    def _names(self, evidence: Iterable[Evidence]) -> tuple[Name, ...]:
        labels = dict.fromkeys(one.label for one in evidence)
        return tuple(Name(label, self.unsure.get(label, False)) for label in labels)


def _bold(text: str, terms: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The text in parts, telling words by themselves: those that stand in it as whole words, and no runs of characters."""
    words = sorted({term.strip() for term in terms if SPACED.search(term) and not UNSPACED.search(term)}, key=len, reverse=True)
    at = 0
    if words:
        for found in re.finditer(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", text, re.IGNORECASE):
            if found.start() > at:
                yield text[at : found.start()], False
            yield found[0], True
            at = found.end()
    if at < len(text):
        yield text[at:], False
