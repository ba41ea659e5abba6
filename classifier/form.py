"""Form noted: datelines, quotation, letterheads and other habits that tell who speaks, as rates that no topic changes."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from classifier.reading import Reading

_PATTERNS = {
    "dateline_dash": r"\A\W*[A-ZÀ-Ý][\w .,'’À-ÿ-]{2,40}(?:\([^)]{2,30}\))?\s*(?:,\s*[^\n—–-]{3,24})?\s*(?:—|–|--|-)\s",
    "dateline_agency": r"\A\W*(?:[\w .,'’-]{2,40})?\((?:AP|AFP|Reuters|Xinhua|AKP|VNA|KPL|TNA|Bernama|ANTARA|PNA|UPI|IPS|TASS)\)",
    "capital_dateline": r"^[A-Z][A-Z .'’-]{3,30}[,:(—–-]",
    "dated_release": r"^\W*\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+ (?:19|20)\d\d\W*$",
    "all_capitals_line": r"^[^a-z\n]{12,}$",
    "label_line": r"^(?:\*\*|#+ ?)?[A-Z][\w ,.’'/-]{2,40}:\s",
    "speaker_turn": r"^(?:[A-Z][A-Z .'’-]{3,40}|Q|A|Question|Answer):\s",
    "bullet": r"^\s*(?:[-*•·▪]|\d{1,2}[.)])\s",
    "markdown_heading": r"^#{1,4} ?\S",
    "quotes": r"[“”\"«»]",
    "said_by_name": r"[”\"’],? (?:said|says|added|wrote|recalled|argued|told)\b|\b(?:said|says) [A-Z][a-z]+ [A-Z]",
    "said_pronoun": r"\b(?:he|she|they) (?:said|says|added|told|argued)\b",
    "said_the_ministry": r"\b(?:ministry|government|embassy|statement|spokes\w+|office|agency) (?:said|says|stated|added)\b",
    "party_state": r"\((?:R|D|I|Lib|Lab|Con)[-–. ][A-Z][\w.]{0,6}\)",
    "honorific_capitals": r"\b(?:H\.?E\.?|His|Her|Your) ?(?:Excellency|Majesty|Royal)?,? (?:Mr\.?|Mrs\.?|Dr\.?|Samdech|[A-Z]{3,})",
    "title_person": r"\b(?:Secretary|Minister|President|Ambassador|Senator|Chairman|Director[- ]General|Commissioner|Governor) [A-Z]",
    "exclamation": r"!",
    "question": r"\?",
    "money": r"[$€£¥]\s?\d|\b(?:dollars|euros|riel|baht|yen|yuan|dong)\b",
    "percent": r"%|\bper ?cent\b",
    "phone": r"(?:\+|\(\+?)\d{2,3}\)?[\d ()-]{6,}|\bTel\b|\bFax\b",
    "email_or_web": r"@\w+\.\w|https?://|www\.|\b\w+\.(?:com|org|gov|net)\b",
    "end_mark": r"^\W*(?:###|# # #|-?30-?|END|ENDS)\W*$",
    "weekday_past": r"\bon (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    "today": r"\btoday\b",
    "yesterday": r"\b(?:yesterday|last (?:week|month|year|night))\b",
    "contraction": r"\b\w+[’'](?:s|re|ll|ve|d|t)\b",
    "parenthesis": r"\(",
    "semicolon": r";",
    "ellipsis": r"…|\.\.\.",
    "superlative": r"\b(?:most|best|finest|largest|first-ever|leading|world[’']s)\b",
    "passive_plan": r"\b(?:was|were|is|are|been|be) (?:held|signed|attended|presided|chaired|convened|organi[sz]ed|received)\b",
    "attended_by": r"\b(?:attended by|presided over|under the (?:high )?(?:patronage|auspices)|in the presence of|also present)\b",
    "co_operation": r"\bco-?operation\b",
    "imperative_start": r"(?:^|[.!?] )(?:Visit|Discover|Join|Come|Book|Enjoy|Experience|Explore|Try|Taste|Call|Click|Buy|Donate|Meet)\b",
    "source_line": r"^\W*(?:Source|By|Byline|Photo|Reporting by|Editing by)\b",
}
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
NAMES = (*_PATTERNS, *_COUNTED)


def form(reading: Reading) -> NDArray[np.float32]:
    """The habits of one article, in the order of NAMES: hits as log(1 + per 100 words), lengths as logarithms, shares as they are."""
    text = reading.text
    words = max(20, sum(len(sentence.words) for sentence in reading.sentences))
    hits = np.array([sum(1 for _ in pattern.finditer(text)) for pattern in _COMPILED], np.float32)
    return np.concatenate([np.log1p(hits * (100.0 / words)), _counts(reading, words)]).astype(np.float32)


def _counts(reading: Reading, words: int) -> NDArray[np.float64]:
    lengths = [len(sentence.words) for sentence in reading.sentences] or [0]
    lines = [line for line in reading.text.split("\n") if line.strip()] or [""]
    letters = max(1, len(reading.text))
    headline = lengths[0] if reading.has_headline else 0
    return np.array(
        [
            np.log1p(np.mean(lengths)),
            np.log1p(np.std(lengths)),
            np.log1p(words / len(lines)),
            np.log(words),
            sum(map(str.isupper, reading.text)) / letters * 10,
            sum(map(str.isdigit, reading.text)) / letters * 10,
            np.log1p(headline),
            sum(len(line) < 60 for line in lines) / len(lines),
        ]
    )
