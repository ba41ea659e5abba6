"""Decide by its form whether a line may be a headline."""

from __future__ import annotations

import re

from worker.extract.dates import dateline
from worker.extract.dates.parse import SPACELESS

NO_TITLE = re.compile(
    r"^(?:(?:press|news|media) (?:release|statement|note)s?|joint (?:press )?statement|statement|speech(?:es)?|"
    r"announcements?|news(?: details?)?|"
    r"home(?:page)?|untitled|documents?|articles?|blog|index|communiqu[eé]|menu|search|posts?|publications?|activit(?:y|ies)|events?|"
    r"latest(?: news)?|breaking news|read more|advertisement|សេចក្ត?[ីិ]ប្រកាសព័ត៌មាន|សេចក្ដីប្រកាសព័ត៌មាន|ព័ត៌មាន|ข่าว|ข่าวประชาสัมพันธ์|"
    r"[\w\-. ()]+\.(?:pdf|docx?|jpe?g|png|tiff?)|(?:scan|scanned|img|doc|dsc|page|file|wp)[\W_]*\d[\w\W]{0,30}|[\d\W_]+)\W*$",
    re.IGNORECASE,
)
"""Lines above an article that are not a headline: a type of document, a section, the file name of a scan."""
TITLE_WORDS = (3, 40)  # fewer make a section's name, more a paragraph
TITLE_LETTERS = 6  # in a script without spaces: Chinese headlines can be that short
MENU = re.compile(r"\s{2,}\S|[▶►☰]|^\[")
"""Gaps between words, and the symbols of buttons: several items in one line."""


def could_be_title(text: str) -> bool:
    """Whether a line alone may be a headline: some words, and neither a date nor a list nor a menu."""
    enough = TITLE_WORDS[0] <= len(text.split()) <= TITLE_WORDS[1] or len(SPACELESS.findall(text)) >= TITLE_LETTERS
    return (
        enough
        and not NO_TITLE.match(text)
        and not text.endswith((",", ";"))
        and not MENU.search(text)
        and not dateline.is_dateline(text)
        and not dateline.is_masthead_date(text)
    )
