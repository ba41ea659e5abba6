"""Decide by its form whether a line may be a headline."""

from __future__ import annotations

import re
from itertools import pairwise

from worker.extract.dates import dateline
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import SPACELESS

NO_TITLE = pattern(
    r"^(?:<no_title>|[\w\-. ()]+\.(?:pdf|docx?|jpe?g|png|tiff?)|(?:scan|scanned|img|doc|dsc|page|file|wp)[\W_]*\d[\w\W]{0,30}|[\d\W_]+)\W*$"
)
"""Lines above an article that are not a headline: a type of document, a section, the file name of a scan."""
SOURCE_LINE = pattern(
    r"(?:(?:by|par|von|por|oleh|bởi) )?(?:<staff>)\W*$|"
    r"[\w .,'’\-]{2,30}\((?:afp|ap|reuters|upi|cnn|dpa|ians|pti|xinhua|aki|nzpa|aap|bloomberg)\)\W*$"
)
"""A desk, an agency, or the place and agency of a dateline: "By staff writers", "NEW YORK (AFP)"."""
OUTLET_STAFF = pattern(r".{2,40}\b(?:<staff>)$")
OFFICE = pattern(
    r"(?:the )?<office>(?:(?<=[\u0e00-\u1fff])\S{1,16}(?:\s(?:\S{1,12}|<office>\S{1,24}))?"
    r"|(?:\s+\S+){0,6})$|\S{1,16}(?:\s+\S+){0,4}\s?<office_end>$"
)
"""The name of a public authority and nothing else."""
TITLE_WORDS = (3, 40)  # fewer make a section's name, more a paragraph
TITLE_LETTERS = 6  # in a script without spaces: Chinese headlines can be that short
STEM_TEXT = 4000  # characters that are read: more than the first paragraphs have, and a line of megabytes costs no more
LONG_WORD, STEM = 4, 5  # letters: shorter words are in every text; words are compared by their beginning
BUTTONS = frozenset("▶►☰{}")
"""The symbols of buttons, and the braces of a template that was not filled."""


def could_be_title(text: str) -> bool:
    """Whether a line alone may be a headline: some words, and neither a date nor a list nor a menu."""
    words = text.split()
    enough = TITLE_WORDS[0] <= len(words) <= TITLE_WORDS[1] or len(SPACELESS.findall(text)) >= TITLE_LETTERS
    return (
        enough
        and (SPACELESS.search(text) is not None or sum(len(word) > 1 for word in words) > 1)  # "A | A | A" sets the size of the type
        and not is_issuer(text)
        and not NO_TITLE.match(text)
        and not text.endswith((",", ";"))
        and not _is_menu(text)
        and not dateline.is_dateline(text)
        and not dateline.is_masthead_date(text)
    )


def _is_menu(text: str) -> bool:
    """Whether a line has the form of several items: gaps between words, symbols of buttons, a bracket at its beginning."""
    words = text.split()
    gaps = len(text.strip()) - sum(map(len, words))
    return gaps >= len(words) or text.startswith("[") or not BUTTONS.isdisjoint(text)


def is_issuer(line: str) -> bool:
    """Whether a line names who issued a text and nothing else: a public authority, a desk, an agency."""
    if SOURCE_LINE.match(line):
        return True
    capitals = not any(word[0].islower() and len(word) >= LONG_WORD for word in line.split())
    return capitals and (OUTLET_STAFF.match(line) is not None or OFFICE.match(line) is not None)


def share_of_stems(line: str, known: set[str]) -> float:
    """The share of a line's long words that are among `known`; 0 where it has none."""
    words = stems_of(line)
    return len(words & known) / len(words) if words else 0.0


def stems_of(text: str) -> set[str]:
    """The beginnings of a text's long words; in scripts without spaces its pairs of letters."""
    words = re.findall(r"\w+", text[:STEM_TEXT].casefold())
    if not SPACELESS.search(text, 0, STEM_TEXT):
        return {word[:STEM] for word in words if len(word) >= LONG_WORD}
    pairs = {one + other for word in words if SPACELESS.search(word) for one, other in pairwise(word)}
    return pairs | {word[:STEM] for word in words if len(word) >= LONG_WORD and not SPACELESS.search(word)}
