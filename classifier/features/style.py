"""Measure the style of an article: datelines, quotation, letterheads and other habits that show the type of source, not the topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.text.document import ParsedText
from classifier.text.scripts import QUOTATION_MARKS

_IMPERATIVES = r"(?:Visit|Discover|Join|Come|Book|Enjoy|Experience|Explore|Try|Taste|Call|Click|Buy|Donate|Meet)\b"


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
    "imperative_start": r"[.!?] " + _IMPERATIVES,
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
_OF_LINES = {name: re.compile(pattern, re.MULTILINE) for name, pattern in _PATTERNS.items() if pattern.startswith("^")}
"""Those that match from the start of a line, once at most: they are tried there only, not at every character."""
_OF_LINES |= {"imperative_start": re.compile(_IMPERATIVES)}
_NOT_AT_LETTERS = frozenset({"dated_release", "bullet", "markdown_heading"})
"""Those of them that never match where a line begins with a letter, as most lines do."""
_OF_TEXT = {name: re.compile(pattern) for name, pattern in _PATTERNS.items() if not pattern.startswith("^")}
_NEEDS = {
    "title_person": (
        "Secretary ",
        "Minister ",
        "President ",
        "Ambassador ",
        "Senator ",
        "Chairman ",
        "Director ",
        "Commissioner ",
        "Governor ",
    ),
    "contact": ("@", "://", "www.", "Tel", "Fax", "Phone", "E-mail", "Email", "+"),
    "money": ("$", "€", "£", "¥"),
}
"""Strings of which a text has at least one where the pattern matches: looking for them takes a fraction of the time."""
_CAPITALS = re.compile("[A-Z][A-Z][A-Z][A-Z]")
_HONORIFICS = ("H.E", "HE", "xcellency")


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
    lines = text.split("\n")
    of_lines = _matching_lines(lines)
    matches = [of_lines.get(name, 0) + (_found(name, text) if name in _OF_TEXT else 0) for name in _PATTERNS]
    marks = [sum(map(text.count, signs)) for signs in _MARKS.values()]
    rates = np.log1p(np.array([*matches, *marks], np.float32) * (100.0 / words))
    return np.concatenate([rates, np.array(_layout(parsed, words, lines))]).astype(np.float32)


def _matching_lines(lines: Sequence[str]) -> dict[str, int]:
    """How many lines each of _OF_LINES matches."""
    every = [*(f"{line}\n" for line in lines[:-1] if line), lines[-1]]
    others = [line for line in every if not line[:1].isalpha()]
    return {
        name: sum([pattern.match(line) is not None for line in (others if name in _NOT_AT_LETTERS else every)])
        for name, pattern in _OF_LINES.items()
    }


def _found(name: str, text: str) -> int:
    """How often one of _OF_TEXT is found."""
    pattern = _OF_TEXT[name]
    if name.startswith("dateline"):
        return int(pattern.match(text) is not None)
    if name in _NEEDS and not any(needed in text for needed in _NEEDS[name]):
        return 0
    if name == "honorific_capitals" and not (_CAPITALS.search(text) or any(needed in text for needed in _HONORIFICS)):
        return 0
    return len(pattern.findall(text))


def _layout(parsed: ParsedText, words: int, every_line: Sequence[str]) -> Layout:
    lengths = [len(sentence.words) for sentence in parsed.sentences] or [0]
    lines = [line for line in every_line if line and not line.isspace()] or [""]
    characters = np.frombuffer(parsed.text.encode("utf-8", "surrogatepass"), np.uint8)
    count = max(1, len(parsed.text))
    mean = sum(lengths) / len(lengths)
    from_mean = np.array(lengths) - mean
    headline = lengths[0] if parsed.has_headline else 0
    return Layout(
        sentence_words=np.log1p(mean),
        sentence_spread=np.log1p(np.sqrt(np.add.reduce(from_mean * from_mean) / len(lengths))),
        paragraph_words=np.log1p(words / len(lines)),
        length=np.log(words),
        capital_share=_number(characters, "A", "Z") / count * 10,
        digit_share=_number(characters, "0", "9") / count * 10,
        headline_words=np.log1p(headline),
        short_lines=sum([len(line) < SHORT_LINE for line in lines]) / len(lines),
    )


def _number(characters: NDArray[np.uint8], first: str, last: str) -> int:
    """How many of the bytes of a text in UTF-8 are characters from `first` to `last`, both included and both in ASCII."""
    return int(np.count_nonzero(characters - np.uint8(ord(first)) <= ord(last) - ord(first)))  # a smaller one wraps around and is too large
