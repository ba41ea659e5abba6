"""Read the days that pages count in ways of their own: digits of other scripts, numbers in Han letters, eras, the Buddhist and the
solar year of Iran and Afghanistan."""

from __future__ import annotations

import re
from datetime import date, timedelta

from worker.extract.words.languages import languages, words

_ZEROS = "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u1040\u17e0\uff10"
"""Zero in Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Burmese and Khmer, and
as wide as a Han letter."""
_DIGITS = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_NUMERALS = {letter: number for slots in languages().values() for number, them in enumerate(slots.get("numerals", ())) for letter in them}
"""The numbers from 0 to 10 in letters, where every digit of a year is one."""
DIGITS = frozenset("0123456789\u4e00\u4e8c\u5341").union(map(chr, _DIGITS))
"""Digits, and the letters for one, two and ten, one of which every date in Han letters has."""
_TEN = next(letter for letter, number in _NUMERALS.items() if number == 10)
_UNITS = "\u5e74\u6708\u65e5"  # year, month and day in Han letters
_WRITTEN_OUT = re.compile(rf"[{''.join(_NUMERALS)}]{{1,4}}(?=[{_UNITS}])")
ERAS = {name: int(before) for name, before in map(str.split, words("era"))}
"""The year before the first of each era."""
_ERA = re.compile(rf"({'|'.join(ERAS)})\s?(\d{{1,3}})(?=\D)")
"""The number of a year in its era."""
REPUBLIC = 1911  # years that the calendar of the Republic of China is behind
_BARE_REPUBLIC = (
    r"(?<![\d/.\-])(1[0-4]\d)(?=(?:\s?\u5e74\s?\d{1,2}\s?\u6708|([/.\-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?![\d/.\-])))"
)
"""A year of that calendar without the name of its era, before month and day: of three digits, 2011 to 2060. With two, it may be any
century's or era's."""
HAN = ("\u3400", "\u9fff")
"""The first and the last of most Han letters."""
BUDDHIST = 543  # years that the Buddhist era is ahead
SOLAR_YEARS = range(1369, 1410)
"""The solar years of the time since 1990; in the lunar calendar, which is not read, they lie before it."""
_SOLAR_START = date(1991, 3, 21)  # of 1370
_SOLAR_CYCLE, _SOLAR_LEAPS = 33, (1, 5, 9, 13, 17, 22, 26, 30)
"""In each 33 years these have a day more; right from 1343 to 1472 (1964 to 2093)."""


def in_digits(text: str) -> str:
    """`text` with the digits 0 to 9 for those of other scripts, for dates in Han letters and for the years of eras."""
    text = text.translate(_DIGITS)
    if any(unit in text for unit in _UNITS):
        text = _ERA.sub(lambda match: str(ERAS[match[1]] + int(match[2])), _WRITTEN_OUT.sub(_number, text))
    if re.search(_BARE_REPUBLIC, text) and _is_han(text):
        text = re.sub(_BARE_REPUBLIC, lambda match: str(REPUBLIC + int(match[1])), text)
    return text


def _is_han(text: str) -> bool:
    """Whether any letter is a Han letter, or there is no letter at all."""
    letters = [letter for letter in text if letter.isalpha()]
    return not letters or any(HAN[0] <= letter <= HAN[1] for letter in letters)


def _number(match: re.Match[str]) -> str:
    """A number in Han letters: digit by digit, or with tens ("twenty-two" is two, ten, two)."""
    tens, ten, ones = match[0].rpartition(_TEN)
    if not ten:
        return "".join(str(_NUMERALS[letter]) for letter in match[0])
    return str(10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0))


def western_day(year: int, month: int, day: int) -> date | None:
    """The day; a year of the Buddhist era is converted. None where there is no such day."""
    try:
        return date(year - BUDDHIST if year >= 2400 else year, month, day)
    except ValueError:
        return None


def solar_day(year: int, month: int, day: int) -> date | None:
    """The day of a solar year; None where there is no such day or the year is not of SOLAR_YEARS."""
    lengths = [31] * 6 + [30] * 5 + [30 if _is_leap(year) else 29]
    if year not in SOLAR_YEARS or not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]:
        return None
    return _SOLAR_START + timedelta(days=_days_before(year) + sum(lengths[: month - 1]) + day - 1)


def _days_before(year: int) -> int:
    """Days between the first of 1370 and the first of another solar year; negative for earlier ones."""
    between = sum(365 + _is_leap(one) for one in range(min(year, 1370), max(year, 1370)))
    return between if year >= 1370 else -between


def _is_leap(year: int) -> bool:
    return year % _SOLAR_CYCLE in _SOLAR_LEAPS
