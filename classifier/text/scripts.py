"""Name the scripts that write no spaces between words, and the marks that end, pause or quote a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnspacedScript:
    """A script that writes no spaces between words; ranges are written as inside the brackets of a regular expression."""

    language: str
    """ISO 639 code of the one language of the press that it writes."""
    letters: str
    """Letters, vowel signs, digits and punctuation of the script's main Unicode block."""
    symbols: str = ""
    """Further blocks whose characters belong to a word but, being rare, do not identify the language."""


UNSPACED_SCRIPTS = (
    UnspacedScript("th", "\u0e00-\u0e7f"),
    UnspacedScript("lo", "\u0e80-\u0eff"),
    UnspacedScript("my", "\u1000-\u109f"),
    UnspacedScript("km", "\u1780-\u17ff", symbols="\u19e0-\u19ff"),
    UnspacedScript("ja", "\u3040-\u30ff"),
    UnspacedScript("zh", "\u4e00-\u9fff"),
)
"""Japanese is recognised by its kana; a text of Han characters alone is taken for Chinese."""

UNSPACED_LETTERS = "".join(script.letters + script.symbols for script in UNSPACED_SCRIPTS)
"""Every character of UNSPACED_SCRIPTS, for the brackets of a regular expression."""

SPACED_SENTENCE_ENDS = ".!?\u2026"
"""Marks that end a sentence where white space follows; the last one is the ellipsis."""
UNSPACED_SENTENCE_ENDS = "\u17d4\u17d5\u3002\uff01\uff1f"
"""Marks that end a sentence whatever follows: Khmer khan and bariyoosan, the ideographic full stop, full-width `!` and `?`."""
CLOSING_MARKS = "\"'\u201d\u2019)]"
"""Quotation marks and brackets that may stand between the end of a sentence and the next space."""
QUOTATION_MARKS = '\u201c\u201d"\u00ab\u00bb'
"""Double ones; single ones are mostly apostrophes."""
PAUSES = ",;:()\u2013\u2014"
"""Marks that separate the parts of a sentence; the last two are the dashes."""
