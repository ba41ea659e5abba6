"""Measure the style of an article: datelines, quotation, letterheads and other habits that show the type of source, not the topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.text.document import ParsedText
from classifier.text.scripts import QUOTATION_MARKS


def _any_of(words: str, before: str) -> str:
    """A pattern of any of `words`; `before` looks back from behind the first letter of the word.

    A pattern that begins with letters is searched some four times as fast as one that begins with what has to stand before them.
    """
    return "(?:" + "|".join(f"{word[0]}{before}{word[1:]}" for word in words.split()) + ")"


# No pattern may run over a line end: on a page of 50,000 lines of asterisks that took minutes.
_PATTERNS = {
    "dateline_dash": r"\A\W{0,9}[A-ZÀ-Ý][\w .,'’À-ÿ-]{2,40}(?:\([^)]{2,30}\))?\s*(?:,\s*[^\n—–-]{3,24})?\s*(?:—|–|--|-)\s",
    "dateline_agency": r"\A\W{0,9}(?:[\w .,'’-]{2,40})?\((?:AP|AFP|Reuters|Xinhua|AKP|VNA|KPL|TNA|Bernama|ANTARA|PNA|UPI|IPS|TASS|Wire)\)",
    "capital_dateline": r"^[A-Z][A-Z .'’-]{3,30}[,:(—–-]",
    "dated_release": r"^[^\w\n]*\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+ (?:19|20)\d\d[^\w\n]*$",
    "all_capitals_line": r"^[^a-z\n]{12,}$",
    "label_line": r"^(?:\*\*|#+ ?)?[A-Z][\w ,.’'/-]{2,40}:\s",
    "speaker_turn": r"^(?:[A-Z][A-Z .'’-]{3,40}|Q|A|Question|Answer):\s",
    "bullet": r"^[ \t]*(?:[-*•·▪]|\d{1,2}[.)])\s",
    "markdown_heading": r"^#{1,4} ?\S",
    "end_mark": r"^[^\w\n]*(?:###|# # #|-?30-?|END|ENDS)[^\w\n]*$",
    "source_line": r"^[^\w\n]*(?:Source|By|Byline|Photo|Reporting by|Editing by)\b",
    "said_after_quote": r"[”\"’»],? (?:said|says|added|wrote|recalled|argued|told)\b",
    "said_by_name": r"sa(?<!\w..)(?:id|ys) [A-Z][a-z]+ [A-Z]",
    "party_state": r"\((?:R|D|I|Lib|Lab|Con)[-–. ][A-Z][\w.]{0,6}\)",
    "honorific_capitals": r"[A-Z](?<!\w.)(?:(?<=H)\.?E\.? |(?<=E)xcellency,? (?:Mr|Ms|Dr|Samdech|[A-Z]{3,})|[a-z]+ [A-Z]{4,}\b)",
    "title_person": _any_of("Secretary Minister President Ambassador Senator Chairman Director Commissioner Governor", r"(?<!\w.)")
    + " [A-Z]",
    "contact": r"@|://|www\.|T(?<!\w.)el\b|F(?<!\w.)ax\b|P(?<!\w.)hone\b|E(?<!\w.)-?mail\b|\+\d{2}",
    "money": r"[$€£¥]\s?\d",
    "imperative_start": _any_of(
        "Visit Discover Join Come Book Enjoy Experience Explore Try Taste Call Click Buy Donate Meet", r"(?:(?<=^.)|(?<=[.!?] .))"
    )
    + r"\b",
}
_MARKS = {
    "exclamation": "!",
    "question": "?",
    "quote": QUOTATION_MARKS,
    "parenthesis": "(",
    "semicolon": ";",
    "ellipsis": "…",
    "percent": "%",
}
_COMPILED = [re.compile(pattern, re.MULTILINE if "^" in pattern else 0) for pattern in _PATTERNS.values()]
_OF_LINES = [pattern.startswith("^") for pattern in _PATTERNS.values()]
"""Whether each pattern matches from the start of a line, once at most: it is tried there only, not at every character."""


class Layout(NamedTuple):
    """Lengths and shares of an article; the fields are columns, in the order that models are fitted to."""

    sentence_words: float  # log of the mean
    sentence_spread: float  # log of the standard deviation
    paragraph_words: float  # log of the mean; a line is a paragraph
    length: float  # log of the words
    capital_share: float  # of all characters, times 10
    digit_share: float  # of all characters, times 10
    headline_words: float  # log
    short_lines: float  # share of the lines


NAMES = (*_PATTERNS, *_MARKS, *Layout._fields)
MIN_WORDS = 20
"""Words that rates are computed for at least; in a shorter text one match would count as a very high rate."""
SHORT_LINE = 60
"""Characters; lines of a letterhead are shorter, paragraphs longer."""


def style_rows(texts: Sequence[ParsedText]) -> NDArray[np.float32]:
    """The style of each article, (articles, len(NAMES))."""
    return np.stack([style(parsed) for parsed in texts]) if texts else np.zeros((0, len(NAMES)), np.float32)


def style(parsed: ParsedText) -> NDArray[np.float32]:
    """The style of one article, in the order of NAMES: matches and marks as log(1 + number in 100 words), then its Layout."""
    text = parsed.text
    words = max(MIN_WORDS, parsed.word_count)
    *ended, last = text.split("\n")
    lines = [*(f"{line}\n" for line in ended if line), last]
    matches = [
        sum(1 for line in lines if pattern.match(line)) if of_lines else sum(1 for _ in pattern.finditer(text))
        for pattern, of_lines in zip(_COMPILED, _OF_LINES, strict=True)
    ]
    marks = [sum(map(text.count, signs)) for signs in _MARKS.values()]
    rates = np.log1p(np.array([*matches, *marks], np.float32) * (100.0 / words))
    return np.concatenate([rates, np.array(_layout(parsed, words))]).astype(np.float32)


def _layout(parsed: ParsedText, words: int) -> Layout:
    lengths = [len(sentence.words) for sentence in parsed.sentences] or [0]
    lines = [line for line in parsed.text.split("\n") if line.strip()] or [""]
    characters = np.frombuffer(parsed.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    headline = lengths[0] if parsed.has_headline else 0
    return Layout(
        sentence_words=np.log1p(np.mean(lengths)),
        sentence_spread=np.log1p(np.std(lengths)),
        paragraph_words=np.log1p(words / len(lines)),
        length=np.log(words),
        capital_share=_share(characters, "A", "Z") * 10,
        digit_share=_share(characters, "0", "9") * 10,
        headline_words=np.log1p(headline),
        short_lines=sum(len(line) < SHORT_LINE for line in lines) / len(lines),
    )


def _share(characters: NDArray[np.uint32], first: str, last: str) -> float:
    """The share of the characters from `first` to `last`, both included."""
    return float(((characters >= ord(first)) & (characters <= ord(last))).sum()) / max(1, len(characters))
