"""Datelines: the day that an article's own first or last lines give, never the masthead's or the copyright's."""

from __future__ import annotations

import re

from worker.extract.dates import LONGEST, MONTHS, PROSE, Moment, dates_in

_NAMES = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True))
_PLACE = r"[^\W\d_][^\d|:;!?\n]{1,60}?"
LEAD = re.compile(rf"^\W{{0,3}}{_PLACE}[,(]\s*(?P<date>[^–—\n]{{6,40}}?)\)?\s*(?:[–—]|--|-\s)\s*\S")
"""`Phnom Penh, March 22, 2024 – …`: a place, a date, a dash, then the text."""
SIGN_OFF = re.compile(
    rf"^\W{{0,3}}(?:(?:done|made|given|fait|signed)\s+(?:at|in|à)\s+)?{_PLACE},?\s*(?:(?:on|le|the|this)\s+)?(?P<date>.{{6,40}})$",
    re.IGNORECASE,
)
"""`Phnom Penh, 14 February 2024`, `Done at Siem Reap, 25 November 2024`."""
ALONE = re.compile(rf"^\W{{0,3}}(?P<date>.{{6,40}}?),?\s*(?:{_PLACE})?\W{{0,3}}$")
"""`7 February 2024, Phnom Penh`."""
WEEKDAY = re.compile(r"^(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b", re.IGNORECASE)
PUBLISHED = re.compile(
    r"^\W{0,3}(?:published|posted|date|updated|last updated|publié|publiziert|issued|released|release date|ចេញផ្សាយ|เผยแพร่|วันที่)"
    r"(?:\s+(?:on|at|le|date))?\s*:?\s*(?P<date>.{6,60})$",
    re.IGNORECASE,
)


def of_line(line: str) -> Moment | None:
    """The day of a line that does nothing but date a text, or begins it with a dateline."""
    line = line.strip()
    for pattern in (LEAD, PUBLISHED, SIGN_OFF, ALONE):
        match = pattern.match(line[: LONGEST * 2])
        if match and (moment := _only_date(match["date"])):
            return moment
    return None


def _only_date(text: str) -> Moment | None:
    """The date in `text` where nothing but a weekday, a time or an era's word stands beside it."""
    for _, moment in dates_in(text):
        rest = text
        for pattern in PROSE:
            rest = pattern.sub("", rest)
        if len(re.findall(r"[^\W\d_]{2,}", rest)) <= 2:
            return moment
    return None


def is_dateline(line: str) -> bool:
    """Whether a short line gives a place and a date and nothing else: it stands over or under a text."""
    return len(line) <= 80 and not WEEKDAY.match(line.strip()) and not LEAD.match(line) and of_line(line) is not None
