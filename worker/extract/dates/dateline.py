"""Find the date that an article states in its own first or last lines, as opposed to the masthead's or the copyright notice's."""

from __future__ import annotations

import re

from worker.extract.dates.parse import MAX_LENGTH, Moment, find_dates, has_digits, parse_machine_date, without_dates
from worker.extract.words.languages import pattern, words
from worker.extract.words.sentences import is_prose

_PLACE = r"[^\W\d_][^\d|:;!?\n]{1,60}?"
LEAD = re.compile(rf"^\W{{0,3}}{_PLACE}[,(]\s*(?P<date>[^–—\n]{{6,40}}?)\)?\s*(?:[–—]|--|-\s)\s*\S")
"""`Phnom Penh, March 22, 2024 – …`: a place, a date, a dash, then the text."""
SPAN = re.compile(r"(?<![\d:.])\d{1,2}[-–—~～〜] | (?:[(（][^()（）]{1,9}[)）])?[-–—~～〜]\d{1,2}(?![\d:.])")
"""The other end of a span of days, beside the blank that stands for a date: "12–14 March 2024", "2025/7/11-12"."""
DATE_LINE = 90  # characters: a line that only dates a text is shorter
HAN = ("\u3040", "\u9fff")
"""The first and the last letter of Kana and Han, in which a sentence is one word."""
MAX_HAN = 12  # of them beside the date: a weekday, a place and an outlet
LABELLED = 40  # characters after a label, in which its date stands
LABEL_HAN = 2  # letters of the words for day or time after such a label
MAX_WORDS = 6  # words beside the date: a place, "Done at", a weekday
LOWER_CASE = frozenset(words("dateline_word"))
"""Words that are written in lower case in such a line."""
WEEKDAY = pattern(r"^(?:<today>[\s:,]*)?<weekday>")
LABEL = pattern(r"<edge><published><edge>")
"""Words before a date of publication."""
DAY_LABEL = pattern(r"<mail_date>")
"""A label that says no more than that a date follows."""
UPDATE = pattern(r"<edge><updated><edge>")
DATA = pattern(r"\b(?:last|latest|date|at|post time)\b|<edge>(?:<updated>|<weekday>)<edge>|\u0e19\.")
"""Other words in a line that gives data about a text; the last is the Thai abbreviation after a time of day."""


def date_of_line(line: str) -> Moment | None:
    """The date of a line that only dates a text or begins with a dateline; None for other lines."""
    line = _padded(line.strip()[: MAX_LENGTH * 2])
    if is_trailer(line):
        month, day, year = line.partition(" ")[0].split("-")[2:]
        return parse_machine_date(f"20{year}-{month}-{day}")
    lead = LEAD.match(line)
    if lead and len(_words(without_dates(lead["date"]))) <= 2:
        found = find_dates(line[: lead.end("date")])  # with the weekday before it
        return found[-1][1] if found else None
    found = find_dates(line) if len(line) <= DATE_LINE else []
    return found[0][1] if found and _is_only_date(line) else None


def is_trailer(line: str) -> bool:
    """Whether `line` ends a wire agency's report, as in `KPL-EN-03-22-24 0930GMT`: with month, day and year."""
    code, _, clock = line.partition(" ")
    parts = code.split("-")
    if len(parts) != 5 or not clock.endswith("GMT"):
        return False
    agency, language, *numbers = [*parts, clock.removesuffix("GMT").removesuffix(" ")]
    letters = agency + language
    named = letters.isascii() and letters.isalpha() and letters.isupper() and 2 <= len(agency) <= 5 and len(language) == 2
    return named and list(map(len, numbers)) == [2, 2, 2, 4] and all(map(str.isdecimal, numbers))


def _padded(line: str) -> str:
    """A line that is nothing but three short numbers with two digits each: 5.4.24 is no number of a version, where it stands alone."""
    for mark in "./":
        numbers = line.split(mark)
        if len(numbers) == 3 and all(number.isdigit() and len(number) <= 2 for number in numbers):
            return mark.join(number.zfill(2) for number in numbers)
    return line


def _is_only_date(line: str) -> bool:
    """Whether a line holds, beside its date, only a place, a weekday and words like "Done at" or "Published"."""
    rest = without_dates(line)
    if SPAN.search(rest):
        return False  # an event's
    rest = DATA.sub(" ", LABEL.sub(" ", rest))
    if sum(HAN[0] <= letter <= HAN[1] for letter in rest) > MAX_HAN:
        return False
    others = _words(rest)
    known = sum(word.casefold() in LOWER_CASE or not word[0].islower() for word in others)
    return len(others) <= MAX_WORDS and known == len(others)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text)


def first_date(line: str) -> Moment | None:
    """The first date in a line that gives the author or the date of a text."""
    found = find_dates(line[: MAX_LENGTH * 2])
    return found[0][1] if found else None


def publication_date(line: str) -> Moment | None:
    """The date after a word like "Published", in a line that may also hold other dates."""
    line = line[: MAX_LENGTH * 2]
    return next((moment for label in LABEL.finditer(line) if (moment := _date_after(label, line))), None)


def _date_after(label: re.Match[str], line: str) -> Moment | None:
    """The first date after a label. One in Han letters, which do not part words, may be a part of a sentence: none but the words for
    day and time follow it before its date."""
    rest = line[label.end() : label.end() + LABELLED]
    found = find_dates(rest)
    between = rest[: found[0][0]] if found and label[0][-1:] >= HAN[0] else ""
    return found[0][1] if found and sum(HAN[0] <= letter <= HAN[1] for letter in between) <= LABEL_HAN else None


def day_before_update(line: str) -> Moment | None:
    """The last date before the words for a later change, in a line that gives both: "3 May 2024 (updated 5 May 2024)"."""
    label = UPDATE.search(line[: MAX_LENGTH * 2])
    found = find_dates(line[: label.start()]) if label else []
    return found[-1][1] if found else None


def update_date(line: str) -> Moment | None:
    """The date after the words for a later change."""
    label = UPDATE.search(line[: MAX_LENGTH * 2])
    return _date_after(label, line) if label else None


def is_other_date(line: str) -> bool:
    """Whether a line has a label before its date that is not one for the day of a text: "Date of the walk: 14 June 2025"; or is a
    sentence, which tells of a day."""
    if is_prose(line):
        return True
    found = find_dates(line[: MAX_LENGTH * 2])
    label, colon, _ = line[: found[0][0]].replace("\uff1a", ":").rpartition(":") if found else ("", "", "")
    return bool(colon) and bool(_words(label)) and not LABEL.search(label) and not DAY_LABEL.fullmatch(label.strip())


def is_update(line: str) -> bool:
    """Whether a line gives the date of a later change."""
    return UPDATE.search(line[: MAX_LENGTH * 2]) is not None


def is_masthead_date(line: str) -> bool:
    """Whether a short line begins with a weekday and its date, as mastheads show the current day."""
    return _is_short(line) and WEEKDAY.match(line.strip()) is not None and bool(find_dates(line))


def is_dateline(line: str) -> bool:
    """Whether a short line, above or below a text, gives a place and a date and nothing else."""
    return _is_short(line) and not WEEKDAY.match(line.strip()) and not LEAD.match(line) and date_of_line(line) is not None


def _is_short(line: str) -> bool:
    """Whether a line is short enough to be only a date, and holds a digit."""
    return len(line) <= DATE_LINE and has_digits(line)
