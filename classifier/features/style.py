"""Form noted: datelines, quotation, letterheads and other habits that tell who speaks, as rates that no topic changes."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from classifier.text.document import ParsedText

# No pattern may run from line to line: on a page of 50,000 lines of stars that took minutes.
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
    "said_by_name": r"\bsa(?:id|ys) [A-Z][a-z]+ [A-Z]",
    "party_state": r"\((?:R|D|I|Lib|Lab|Con)[-–. ][A-Z][\w.]{0,6}\)",
    "honorific_capitals": r"\bH\.?E\.? |\bExcellency,? (?:Mr|Ms|Dr|Samdech|[A-Z]{3,})|\b[A-Z][a-z]+ [A-Z]{4,}\b",
    "title_person": r"\b(?:Secretary|Minister|President|Ambassador|Senator|Chairman|Director|Commissioner|Governor) [A-Z]",
    "contact": r"@|://|www\.|\b(?:Tel|Fax|Phone|E-?mail)\b|\+\d{2}",
    "money": r"[$€£¥]\s?\d",
    "imperative_start": r"(?:^|[.!?] )(?:Visit|Discover|Join|Come|Book|Enjoy|Experience|Explore|Try|Taste|Call|Click|Buy|Donate|Meet)\b",
}
_MARKS = {"exclamation": "!", "question": "?", "quote": '“”"«»', "parenthesis": "(", "semicolon": ";", "ellipsis": "…", "percent": "%"}
_COMPILED = [re.compile(pattern, re.MULTILINE if "^" in pattern else 0) for pattern in _PATTERNS.values()]
_COUNTED = (
    "sentence_words",
    "sentence_spread",
    "paragraph_words",
    "length",
    "capital_share",
    "digit_share",
    "headline_words",
    "short_lines",
)
NAMES = (*_PATTERNS, *_MARKS, *_COUNTED)


def style(parsed: ParsedText) -> NDArray[np.float32]:
    """The habits of one article, in the order of NAMES: hits as log(1 + per 100 words), lengths as logarithms, shares as they are."""
    text = parsed.text
    words = max(20, sum(len(sentence.words) for sentence in parsed.sentences))
    hits = [sum(1 for _ in pattern.finditer(text)) for pattern in _COMPILED]
    marks = [sum(map(text.count, signs)) for signs in _MARKS.values()]
    rates = np.log1p(np.array([*hits, *marks], np.float32) * (100.0 / words))
    return np.concatenate([rates, _counts(parsed, words)]).astype(np.float32)


def _counts(parsed: ParsedText, words: int) -> NDArray[np.float64]:
    lengths = [len(sentence.words) for sentence in parsed.sentences] or [0]
    lines = [line for line in parsed.text.split("\n") if line.strip()] or [""]
    letters = np.frombuffer(parsed.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    headline = lengths[0] if parsed.has_headline else 0
    return np.array(
        [
            np.log1p(np.mean(lengths)),
            np.log1p(np.std(lengths)),
            np.log1p(words / len(lines)),
            np.log(words),
            _share(letters, "A", "Z") * 10,
            _share(letters, "0", "9") * 10,
            np.log1p(headline),
            sum(len(line) < 60 for line in lines) / len(lines),
        ]
    )


def _share(letters: NDArray[np.uint32], first: str, last: str) -> float:
    """The share of the code points from `first` to `last`."""
    return float(((letters >= ord(first)) & (letters <= ord(last))).sum()) / max(1, len(letters))
