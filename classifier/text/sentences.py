"""Split a text into sentences; return each as a span of code points, which is what evidence quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classifier.text.scripts import CLOSING_MARKS, SPACED_SENTENCE_ENDS, UNSPACED_SENTENCE_ENDS

LONGEST = 400
"""Code points; about 65 words. Text without punctuation is cut here, so that evidence stays readable."""
LONGEST_ABBREVIATION = 24
"""Code points before a full stop that are searched for an abbreviation; more than the longest one, and bounded in cost."""

_SHORT_FORMS = """
mr mrs ms dr h.e prof gen lt col maj capt sgt sen sens rep reps gov hon st messrs rev jr sr brig adm amb mme mm
jan feb mar apr jun jul aug sep sept oct nov dec no nos vs fig art vol pp approx est dept tel ext mt ft
inc ltd co corp u.s u.k u.n a.m p.m e.g i.e etc d r
"""
_ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
_STOP = re.compile(rf"[{SPACED_SENTENCE_ENDS}]+[{re.escape(CLOSING_MARKS)}]*(?=\s)|[{UNSPACED_SENTENCE_ENDS}]+|\n+")
_STOP_MARK = re.compile(rf"[{SPACED_SENTENCE_ENDS}{UNSPACED_SENTENCE_ENDS}\n]")
"""What a match of _STOP begins with. Searching for one of some characters is five times as fast as searching for any of _STOP's forms."""
_WORD_BEFORE = re.compile(r"([^\W\d_](?:[\w.]*\w)?)\.$")


class Span(NamedTuple):
    """A part of a text, in code points; `end` is exclusive."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """The spans of the sentences of `text` in order, without the white space around them; none is longer than LONGEST."""
    spans: list[Span] = []
    start = 0
    for stop in _stops(text):
        if _ends_sentence(text, stop):
            spans.extend(_pieces(text, start, stop.end()))
            start = stop.end()
    spans.extend(_pieces(text, start, len(text)))
    return spans


def _stops(text: str) -> Iterator[re.Match[str]]:
    """The matches of _STOP in order, as its `finditer` gives them."""
    end = 0
    for mark in _STOP_MARK.finditer(text):
        if mark.start() >= end and (stop := _STOP.match(text, mark.start())):
            end = stop.end()
            yield stop


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    """Whether a match of _STOP ends a sentence: any but the full stop of an abbreviation or of an initial."""
    end = stop.start()
    if text[end] != ".":
        return True
    first = max(0, end - LONGEST_ABBREVIATION)
    first = max(first, text.rfind(" ", first, end) + 1)  # no abbreviation has a space in it
    word = text[first:end]
    if not word.isalpha():  # letters alone are what the pattern would find
        before = _WORD_BEFORE.search(text, first, end + 1)
        if before is None:
            return True
        word = before.group(1)
    initial = len(word) == 1 and word.isupper()
    return word.lower() not in _ABBREVIATIONS and not initial


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """The text from `start` to `end`, trimmed, and cut at white space where it is longer than LONGEST."""
    pieces: list[Span] = []
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        pieces.append(_trimmed(text, start, cut))
        start = cut
    pieces.append(_trimmed(text, start, end))
    return [piece for piece in pieces if piece.end > piece.start]


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end].rstrip()
    inside = part.lstrip()
    return Span(start + len(part) - len(inside), start + len(part))
