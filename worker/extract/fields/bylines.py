"""Find the authors' names in the lines near a text: bylines, signatures, names alone beside the date or below the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, takewhile

from worker.extract.dates import dateline
from worker.extract.dates.forms import MONTHS
from worker.extract.dates.parse import find_dates, has_digits, without_dates
from worker.extract.fields.language import has_vietnamese
from worker.extract.fields.person_names import (
    AGENCY,
    BEFORE_ROLE,
    BY,
    JOB_WORD,
    LEADING_AND,
    SURNAMES,
    author_names,
    is_month,
    is_name,
    is_person,
    joined_persons,
    signed_name,
)
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.characters import letters_of
from worker.extract.words.boilerplate import boilerplate_kind
from worker.extract.words.languages import pattern, words
from worker.extract.words.sentences import is_prose

DATED = pattern(r"\s*(?:[|•·●–—,(]\s*)?(?=\d{1,2}\D|<dated>)")
"""Where the date begins in a byline."""
WEEKDAY = pattern(r"<weekday>\W*$")
LAST_AND = pattern(r",|\s(?:<and>|&)\s")
"""What parts the names in a byline."""
AGO = pattern("<ago>")
"""A date relative to the current day."""
DATE_LENGTH = 40  # characters of a date with its weekday and time
DATELINE_LENGTH = 200  # characters: a dateline with its reporter is shorter
CLOCK = r"\W*(?:\d{1,2}[:.h]\d{2}(?::\d{2})?)?\W*"
"""A time of day and marks, between a date and the byline after it."""
BAR = r"\s*[|•·●\uff5c]\s*|\s+[–—/-]\s+"
"""What separates date and byline in one line."""
LABELLED = pattern(r"(?<=[\s)\]】）])<by>\s*[:\u17d6\uff1a]\s*\S")
"""A byline after other data in one line: "Source: Evening Post Author: Sok Dara"."""
REPORTER = pattern("<reporter>")
"""The reporter in a dateline, or in the brackets at the end of a text."""
BRACKETS_LENGTH = 30  # characters of place and reporter
OPENING, CLOSING = "(\uff08\u3010", ")\uff09\u3011"
"""Brackets around a reporter."""
TOP, END = 3, 2  # lines of a text that may be its byline or its signature
BEFORE_DATE = 7  # lines between heading and date: a name, and buttons
NO_NAMES = BEFORE_ROLE - SURNAMES
"""Words that stand in no name: "Search Our Archive"."""
QUESTION = ("?", "？")
"""The end of a reporter's question in a transcript: "Reporter: Will the crossing open?"."""
INTERVIEWER = frozenset(words("interviewer"))
"""Labels before the name of who led an interview."""
BEFORE_EMPLOYER = "(/,@"
"""What stands between a name and the agency, or before the account."""
REVIEWER = pattern(r"<reviewer>\s*(?:[:\u17d6\uff1a]\s*|\s)")
"""Before the name of who reviewed a book; on pages about health another person's than the author's, so that it comes after bylines."""
MAX_BYLINE = 150  # characters: longer lines are biographies


def authors_near_text(near: NearbyLines, text: str, site_names: set[str]) -> list[str]:
    """The names in a line near the text: a signature, one that begins with "by", one with a name and a date, a name alone, or a
    single word after "by"."""
    lines = [*near.below_heading, *near.above_heading, *near.below_text]
    short = [line for line in lines if len(line) <= MAX_BYLINE and not line.endswith(QUESTION)]
    bylines = [line for line in short if is_byline(line)]
    signed = [name for line in short if (name := signed_name(_without_leading_date(line)))]
    places = (text[:DATELINE_LENGTH], _last_brackets(text), *short)
    reporter = next(filter(None, map(REPORTER.search, places)), None)
    bylines += [f"{label} {name}" for label, name in pairwise(short) if _is_label(label) and is_person(name)]
    return (
        author_names(signed[:1], site_names)
        or next((names for line in bylines if (names := full_names([name_part(one) for one in _whole_byline(line, near)], site_names))), [])
        or author_names([name.replace(" ", "、") for name in (reporter.groups("") if reporter else ()) if name], site_names)
        or _interviewers(near, text, site_names)
        or next((names for line in short if (names := full_names([_reviewer(line)], site_names))), [])
        or _names_alone(near, text, site_names)
        or next((names for line in bylines if (names := _single_name(line, text, site_names))), [])
    )


def _whole_byline(line: str, near: NearbyLines) -> list[str]:
    """A byline below the heading with the lines that follow it and begin with "by" or "and": an author a line."""
    lines = near.below_heading
    after = lines[lines.index(line) + 1 :] if line in lines and BY.match(line) else []
    more = takewhile(lambda other: len(other) <= MAX_BYLINE and (BY.match(other) or LEADING_AND.match(other.lower())), after)
    return [line, *(LEADING_AND.sub("", other) for other in more)]


def _interviewers(near: NearbyLines, text: str, site_names: set[str]) -> list[str]:
    """The names after a label like "Interview:" in a line of its own: of those who asked, since neither the text nor another line names
    them, as they name whom was asked."""
    lines = [*near.below_heading[:BEFORE_DATE], *near.below_text[:END]]
    for line in (one for one in lines if len(one) <= MAX_BYLINE and not is_prose(one)):
        label, colon, name = line.replace("\uff1a", ":").partition(":")
        others = "\n".join([near.heading or "", *(one for one in lines if one != line), *(one for one in text.split("\n") if one != line)])
        if colon and label.strip().lower() in INTERVIEWER and _is_name(name.strip(), others):
            return full_names([name], site_names)
    return []


def _reviewer(line: str) -> str:
    """What follows a label like "Reviewed by" in a line; "" for other lines."""
    label = REVIEWER.match(line)
    return line[label.end() :] if label else ""


def _is_label(line: str) -> bool:
    """Whether a line is a word like "Author" with a colon: whatever name follows on its own line is the author's."""
    return line.endswith((":", "\uff1a")) and BY.fullmatch(f"{line} ") is not None


def _last_brackets(text: str) -> str:
    """The brackets with which a text ends, as the last sentence of a report has them around its reporter; "" for other texts."""
    last = text.rstrip()[-BRACKETS_LENGTH:]
    return last[max(map(last.rfind, OPENING)) :] if last.endswith(tuple(CLOSING)) and any(mark in last for mark in OPENING) else ""


def without_bylines(text: str, names: list[str]) -> str:
    """The text without the lines at its top and end that only name its authors, as a signature, or with the date."""
    lines = text.split("\n\n")
    edges = {*range(min(TOP, len(lines))), *range(max(0, len(lines) - END), len(lines))}
    return "\n\n".join(line for at, line in enumerate(lines) if at not in edges or not _only_names(line, names))


def _only_names(line: str, names: list[str]) -> bool:
    """Whether a line holds one of the names and nothing more, or is a byline with a date."""
    named = len(line) <= MAX_BYLINE and any(name.casefold() in line.casefold() for name in names)
    bare = re.sub(r"\W", "", without_employer(line)).casefold()
    return named and (any(bare == letters_of(name) for name in [*names, "".join(names)]) or (is_byline(line) and bool(find_dates(line))))


def _single_name(line: str, text: str, site_names: set[str]) -> list[str]:
    """The name of one word after "by", as the writers of blogs have them: with a capital, and no word of the text."""
    names = author_names([name_part(line)], site_names) if byline_of(line) else []
    usable = (name for name in names[:1] if name.isalpha() and name.istitle() and not is_month(name))
    return [name for name in usable if boilerplate_kind(name) is None and name not in re.findall(r"\w+", text)]


def _without_leading_date(line: str) -> str:
    """The line without the date and the time of day with which it begins."""
    if not has_digits(line):
        return line
    bare = without_dates(line)
    return re.sub(f"^{CLOCK}", "", bare, count=1) if bare[:1].isspace() else line


def byline_of(line: str) -> str | None:
    """The part of a line that begins with a word like "by": all of it, what follows its date or a bar, or a labelled name."""
    if BY.match(line):
        return line
    found = next((part for part in (_without_leading_date(line), *re.split(BAR, line)[1:]) if BY.match(part)), None)
    labelled = None if found else LABELLED.search(line)
    return line[labelled.start() :] if labelled else found


def without_employer(line: str) -> str:
    """A name without the agency, account or role behind it: "Ole Brandt (Reuters)", "Ole Brandt @ole", "Ole Brandt, special envoy"."""
    for mark in filter(line.__contains__, BEFORE_EMPLOYER) if len(line) <= MAX_BYLINE else "":
        name, _, employer = (part.strip(" )") for part in line.partition(mark))
        is_account = mark == "@" and employer.isidentifier()
        if is_person(name) and (is_account or JOB_WORD.match(employer) or any(map(AGENCY.match, (employer, employer.partition(" ")[2])))):
            return name
    return line


def _names_alone(near: NearbyLines, text: str, site_names: set[str]) -> list[str]:
    """The first line that is a person's name alone, and the lines of names directly above it: several authors, a line each."""
    near = replace(near, below_heading=list(map(without_employer, near.below_heading)))
    text = "\n".join(map(without_employer, text.split("\n")))
    alone = (line for line in _name_positions(near, text) if _is_name(line, text))
    first = next((line for line in alone if full_names([line], site_names)), None)
    if first is None:
        return []
    below_heading = near.below_heading
    before = reversed(below_heading[: below_heading.index(first)] if first in below_heading else [])
    above = takewhile(lambda line: _is_name(line, text), before)
    return full_names([*reversed(list(above)), first], site_names)


def _name_positions(near: NearbyLines, text: str) -> Iterator[str]:
    """Lines where a name may be alone: after "By" (below the text too), beside the date, between heading and text, below the text."""
    top, below = near.below_heading, near.below_text
    yield from (line for before, line in pairwise(top) if BY.fullmatch(before + " "))
    for before, after in pairwise(top):
        yield from ([before] if is_dated(after[:MAX_BYLINE]) and len(after) <= MAX_BYLINE else [])
        yield from ([after] if len(before) <= MAX_BYLINE and is_dated(before) else [])
    yield from top[:1] if (len(top) > 1 and is_prose(top[1])) or any(map(is_dated, top[1:BEFORE_DATE])) else []
    for before, after in pairwise([*near.above_heading, *near.below_heading[:1]]):  # above the heading directly before its date
        yield from [before] if len(after) <= MAX_BYLINE and is_dated(after) and not dateline.is_masthead_date(after) else []
    yield from (line for before, line in pairwise(below) if BY.fullmatch(before + " "))
    yield from (line for line in text.rsplit("\n", 1)[1:] if line in below)  # the last line of the text
    yield from below[1:2] if any(map(is_prose, below[2:3])) else []  # directly below the text, and in no list
    yield from (line for line, after in pairwise(below[1:4]) if after.startswith(line) or has_vietnamese(line))


def _is_name(line: str, text: str) -> bool:
    """Whether a line is a person's name alone: its words do not occur in the text, unlike those of places and subjects."""
    if several := joined_persons(line):
        rest = "\n".join(other for other in text.split("\n") if other != line)
        return all(_is_name(name, rest) for name in several)
    name = line.strip(" —–-()*_")
    if (
        not is_person(name)
        or (name.isascii() and name.isupper())
        or not all(word[0].isupper() for word in name.split())
        or boilerplate_kind(name) is not None
        or not NO_NAMES.isdisjoint(name.lower().split())
    ):
        return False
    others = " ".join(other for other in text.split("\n") if other != line).casefold()
    if has_vietnamese(name):  # the syllables of Vietnamese names are common words
        return name.casefold() not in others
    return not set(re.findall(r"\w+", name.casefold())).intersection(re.findall(r"\w+", others))


def name_part(line: str) -> str:
    """The part of a byline with the name: before the date, or after "by" where the date comes first."""
    date, by, name = line.partition(" by ") if " by " in line else line.partition(" By ")
    part = byline_of(line) or line
    return name if by and find_dates(date) else _before_date(part) or without_dates(line)


def _before_date(byline: str) -> str:
    """The part of a byline before its date; a weekday that is a part of a name begins none: "By Guy Friday"."""
    marks = (mark for mark in DATED.finditer(byline) if not _is_in_name(byline, mark))
    return byline[: next((mark.start() for mark in marks), len(byline))]


def _is_in_name(byline: str, mark: re.Match[str]) -> bool:
    """Whether what looks like the beginning of a date is the surname after one given name, or the given name before one surname."""
    word, *rest = byline[mark.end() :].split()[:2]
    if not word.istitle() or not WEEKDAY.match(word) or mark[0].strip() or any(part[0].isdigit() for part in rest):
        return False
    before = LAST_AND.split(BY.sub("", byline[: mark.end()]))[-1].split()
    if before:
        return len(before) == 1 and before[0].istitle() and before[0].isalpha()
    return BY.match(byline) is not None and any(part.istitle() and part.isalpha() and not is_month(part) for part in rest)


def is_name_and_date(line: str) -> bool:
    """Whether a line is a name and a date, separated by a bar, a dot, or a slash and the outlet."""
    first, *rest = re.split(r"\s*[|•·●]\s*", line)
    if not rest and " / " in line:
        first, _, outlet = line.partition(" / ")
        rest = [outlet] if outlet[:1].isalpha() else []
    return bool(rest) and (is_name(first.strip()) or bool(joined_persons(first.strip()))) and is_dated(" ".join(rest))


def is_byline(line: str) -> bool:
    """Whether a line names who wrote a text: after "by", which its date may precede, or before its date."""
    date, by, _ = line.partition(" by ")
    return byline_of(line) is not None or is_name_and_date(line) or (bool(by) and len(date) <= DATE_LENGTH and bool(find_dates(date)))


def is_dated(line: str) -> bool:
    """Whether a line gives a date, or one relative to the current day."""
    return bool(find_dates(line)) or AGO.search(line) is not None or _is_short_day(line)


def _is_short_day(line: str) -> bool:
    """Whether a line is a date without its year: `Jul 2`."""
    number, month = sorted(line.split(" ")) if line.count(" ") == 1 else ("", "")
    return number.isdecimal() and len(number) <= 2 and month.lower().removesuffix(".") in MONTHS


def full_names(texts: list[str], site_names: set[str], *, introduced: bool = False) -> list[str]:
    """The names in `texts` that consist of at least two words, or are in a script without capitals; `introduced` as for `author_names`."""
    return [name for name in author_names(texts, site_names, introduced=introduced) if is_name(name)]
