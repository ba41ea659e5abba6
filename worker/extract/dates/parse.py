"""Parse dates in machine formats (ISO 8601, RFC 2822, seconds since 1970) and in prose as the region's press writes them.

The result is a `Moment`: a day, and the time in UTC where the text gives a time with its zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from worker.extract.dates.days import DIGITS, SOLAR_YEARS, in_digits, solar_day, western_day
from worker.extract.dates.forms import MONTHS, NUMBERS, NUMERIC, PROSE, SHORT_YEAR, SOLAR_NUMBERS, THAI_SHORT, folded
from worker.extract.words.languages import pattern, words

OLDEST = date(1990, 1, 1)
"""Before the first web pages: an older date is a mistake, or belongs to the article's subject."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_REACH = 12  # characters before a date, in which its weekday may stand
ZONES = dict(zone.rsplit(maxsplit=1) for zone in words("time_zone"))
"""How far each zone with a name of its own is ahead."""
_NAMED = "|".join(sorted(ZONES, key=len, reverse=True))
_CLOCK = pattern(
    r"(?:\s?[(\uff08][^()\uff08\uff09\d\s]{1,9}[)\uff09])?"
    r"[\s,|·•–-]{1,5}(?:<before_time> )?(?P<hour>\d{1,2})[:.hH](?P<minute>\d{2})(?::\d{2})?\s?(?P<half>[ap]\.?m\b\.?)?\s?"
    r"(?:<after_time>\s?)?"
    rf"\(?(?:(?:GMT|UTC)\s?(?P<offset>[+-]\d{{1,2}}(?::?[0-5]\d)?)?|(?P<named>(?-i:{_NAMED}))\b)",
)
"""A time of day after its date, and perhaps the weekday in brackets, with its offset from UTC or the name of its zone, in capitals as
its language writes it: the French "cet" is no zone. A time without one gives no moment."""
_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    rf"(?:[T\s]+(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|(?:{_NAMED})\b|[+-]\d{{2}}:?\d{{2}}|[+-]\d{{2}})?)?(?!\d)"
)
_BASIC = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$")
_UNIX = re.compile(
    r"[a-z]{3,9},? (?P<month>[a-z]{3})[a-z]* +(?P<day>\d{1,2})(?: (?P<clock>\d{1,2}:\d\d:\d\d)(?: [ap]m)?)?"
    r"(?: (?P<zone>[a-z]{1,5}|[+-]\d{4}))? (?P<year>\d{4})",
    re.IGNORECASE,
)
"""The output of `date(1)` and of JavaScript's and Java's clocks: Fri Mar 22 09:15:00 UTC 2024."""
MONTHS_A_YEAR = 12
MAX_LENGTH = 200  # characters: no date is longer, and longer input is cut so that it costs little


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time in UTC where one is known; the day is the one that the page states, in its own zone."""

    day: date
    time: datetime | None = None
    zoned: bool = False
    """Whether the page states the time in another zone than UTC: its day is then certainly the page's own."""

    def __str__(self) -> str:
        """RFC 3339: a date, or date and time in UTC."""
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else self.day.isoformat()

    def is_plausible(self, latest: date) -> bool:
        """Whether a web page that was fetched on the day `latest` can have this date; one day of tolerance for time zones."""
        return self.day >= OLDEST and self.day - timedelta(days=1) <= latest


def first_plausible(moments: list[Moment | None], today: date) -> Moment | None:
    """The first of several that a page fetched on the day `today` can have."""
    return next((m for m in moments if m and m.is_plausible(today)), None)


def parse_machine_date(value: object) -> Moment | None:
    """The moment in an attribute or a JSON value: ISO 8601 (extended, basic, week or day of the year), RFC 850, 1123 and 2822,
    `date(1)`, seconds or milliseconds since 1970, else prose; None where it holds no date."""
    text = in_digits(str(value).strip()[:MAX_LENGTH])
    if text[:4].isdecimal() and text[4:6].lstrip("-").startswith("W") and (moment := _week_day(text)):
        return moment
    year, _, number = text[:8].partition("-")
    if year.isdecimal() and number.isdecimal() and (len(year), len(number)) == (4, 3) and text[8:9] in ("", "T"):
        return _day_of_year(int(year), int(number))
    if match := _ISO.match(text) or _BASIC.match(text):
        return _iso(match.groups())
    return _epoch(text) or _rfc2822(text) or _unix(text) or parse_prose_date(text)


def parse_prose_date(text: str) -> Moment | None:
    """The first full date in running text, in numbers the day before the month; None where there is none."""
    found = find_dates(text[:MAX_LENGTH])
    return found[0][1] if found else None


def has_digits(text: str) -> bool:
    """Whether `text` holds a digit of any script; without one it holds no date, and the patterns need not be tried."""
    return not DIGITS.isdisjoint(text)


def find_dates(text: str) -> list[tuple[int, Moment]]:
    """All full dates in `text` with their positions, in order."""
    if not has_digits(text):  # most lines of a page
        return []
    text = in_digits(text)
    found = [(m.start(), _with_time(_from_match(m), text, m.end())) for form in _forms_in(text) for m in form.finditer(text)]
    found += [(m.start(), _with_time(_from_numbers(m, text[: m.start()]), text, m.end())) for m in NUMERIC.finditer(text)]
    found += [(m.start(), _from_short_year(m)) for m in SHORT_YEAR.finditer(text)]
    found += [(m.start(), _day(2500 + int(m["short"]), MONTHS[m["month"]], int(m["day"]))) for m in THAI_SHORT.finditer(text)]
    found += [(m.start(), _from_clock(m)) for form in _clocks_in(text) for m in form.finditer(text)]
    return sorted(((at, moment) for at, moment in found if moment), key=lambda pair: pair[0])


def puts_month_first(texts: Iterable[str]) -> bool:
    """Whether the dates of a page in numbers put the month first: one of them can only be read so, and none only otherwise."""
    pairs = [(int(match["a"]), int(match["b"])) for text in texts for match in NUMERIC.finditer(in_digits(text[:MAX_LENGTH]))]
    return any(first <= MONTHS_A_YEAR < second for first, second in pairs) and all(first <= MONTHS_A_YEAR for first, _ in pairs)


def with_day_first(text: str) -> str:
    """`text` with day and month exchanged in its dates in numbers."""
    return NUMERIC.sub(lambda match: f"{match['b']}{match['sep']}{match['a']}{match['sep']}{match['year']}", text)


def _forms_in(text: str) -> list[re.Pattern[str]]:
    """The forms of dates in prose that a text may hold."""
    low = text.lower()
    return [form.pattern for form in PROSE if form.key in low]


def _clocks_in(text: str) -> list[re.Pattern[str]]:
    """The form of a computer's clock, which has hours, minutes and seconds before the year, where a text may hold it."""
    return [_UNIX] if text.count(":") > 1 else []


def _with_time(moment: Moment | None, text: str, end: int) -> Moment | None:
    """The moment with the time of day that follows at position `end`, where that states its zone."""
    clock = _CLOCK.match(text, end) if moment else None
    if moment is None or clock is None:
        return moment
    hour = int(clock["hour"]) % 12 + 12 * (clock["half"][0] in "pP") if clock["half"] else int(clock["hour"])
    zone = clock["named"] or re.sub(r"^([+-])(\d)(?=:|$)", r"\g<1>0\2", clock["offset"] or "+00")
    try:
        time = datetime(moment.day.year, moment.day.month, moment.day.day, hour, int(clock["minute"]), tzinfo=UTC) - _offset(zone)
    except (ValueError, OverflowError):
        return moment
    return Moment(moment.day, time, zoned=bool(_offset(zone)))


def without_dates(text: str) -> str:
    """`text` with every full date replaced by a blank."""
    if text.isascii() and not has_digits(text):
        return text
    text = in_digits(text)
    for form in (*_clocks_in(text), *_forms_in(text), NUMERIC, SHORT_YEAR, THAI_SHORT):
        text = form.sub(" ", text)
    return text


def _from_match(match: re.Match[str]) -> Moment | None:
    """The day of a written date: by the solar calendar, where the month is one of its, or a number in a year of its."""
    month, year, day = folded(match["month"]), _year_of(match), int(match["day"])
    if month in SOLAR_NUMBERS or (month.isdigit() and year in SOLAR_YEARS):
        return _solar(year, SOLAR_NUMBERS[month] if month in SOLAR_NUMBERS else int(month), day)
    return _day(year, NUMBERS[month] if month in NUMBERS else int(month), day)


def _year_of(match: re.Match[str]) -> int:
    """The year of a date; two digits after an apostrophe are of this century."""
    digits = match["year"]
    return int(digits) if digits.isdigit() else 2000 + int(digits[1:])


def _from_numbers(match: re.Match[str], before: str) -> Moment | None:
    """Day first, as the region writes; month first where the second number can only be a day, or where the weekday `before` it
    is that of the other day."""
    first, second, year = int(match["a"]), int(match["b"]), _year_of(match)
    found = [moment for moment in (_day(year, second, first), _day(year, first, second)) if moment]
    words = re.findall(r"[a-z]+", before[-WEEKDAY_REACH:].lower())
    named = next((at for at, day in enumerate(WEEKDAYS) if words and words[-1][:3] == day), None)
    return next((moment for moment in found if moment.day.weekday() == named), found[0] if found else None)


def _from_short_year(match: re.Match[str]) -> Moment | None:
    first, second, year = int(match["a"]), int(match["b"]), 2000 + int(match["short"])
    return _day(year, second, first) or _day(year, first, second)


def _day(year: int, month: int, day: int) -> Moment | None:
    """The day of our calendar; None where there is no such day."""
    found = western_day(year, month, day)
    return Moment(found) if found else None


def _solar(year: int, month: int, day: int) -> Moment | None:
    """The day of the solar calendar; None where there is no such day."""
    found = solar_day(year, month, day)
    return Moment(found) if found else None


def _iso(parts: tuple[str | None, ...]) -> Moment | None:
    year, month, number = (int(part or 0) for part in parts[:3])
    day = _solar(year, month, number) if year in SOLAR_YEARS else _day(year, month, number)
    if day is None or parts[3] is None or parts[6] is None:
        return day
    try:
        time = datetime(day.day.year, day.day.month, day.day.day, int(parts[3]), int(parts[4] or 0), int(parts[5] or 0), tzinfo=UTC)
        return Moment(day.day, time - _offset(parts[6]), zoned=bool(_offset(parts[6])))
    except (ValueError, OverflowError):
        return day


def _week_day(text: str) -> Moment | None:
    """The day of a week and weekday in ISO 8601."""
    try:
        return Moment(date.fromisoformat(text))
    except ValueError:
        return None


def _day_of_year(year: int, number: int) -> Moment | None:
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return Moment(day) if number and day.year == year else None


def _unix(text: str) -> Moment | None:
    """The moment in the format of `date(1)`; its time where the zone is a known one."""
    match = _UNIX.match(text)
    return _from_clock(match) if match else None


def _from_clock(match: re.Match[str]) -> Moment | None:
    return _rfc2822(f"Mon, {match['day']} {match['month']} {match['year']} {match['clock'] or '00:00:00'} {match['zone'] or '-0000'}")


def _offset(zone: str) -> timedelta:
    zone = ZONES.get(zone, zone)
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return offset if zone[0] == "+" else -offset


def _epoch(text: str) -> Moment | None:
    """The moment of seconds or milliseconds since 1970: `1711098900`, `/Date(1711098900000+0700)/`."""
    digits = text.strip("/").removeprefix("Date(").removesuffix(")")
    if digits[-5:-4] in ("+", "-") and digits[-4:].isdecimal():
        digits = digits[:-5]
    digits, point, fraction = digits.partition(".")
    if not digits.isdecimal() or len(digits) not in (10, 13) or (point and not fraction.isdecimal()):
        return None
    time = datetime.fromtimestamp(int(digits[:10]), UTC)
    return Moment(time.date(), time)


def _rfc2822(text: str) -> Moment | None:
    if not re.match(r"[A-Za-z]{3,9},? \d", text):
        return None
    name, day, time_of_day = f"{text}  ".split(" ", 2)
    try:
        time = parsedate_to_datetime(f"{name} {day.replace('-', ' ')} {time_of_day}")  # RFC 850 has hyphens in its day
        return Moment(time.date(), time.astimezone(UTC) if time.tzinfo else None, zoned=bool(time.utcoffset()))
    except (ValueError, OverflowError, TypeError):
        return None
