"""Parse dates in machine formats (ISO 8601, RFC 2822, seconds since 1970) and in prose as the region's press writes them.

The result is a `Moment`: a day, and the time in UTC where the text gives a time with its zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

OLDEST = date(1990, 1, 1)
"""Before the first web pages: an older date is a mistake, or belongs to the article's subject."""

MONTH_WORDS = {
    1: "january jan janvier januar enero tháng-1 មករា มกราคม ม.ค. มค ມັງກອນ ဇန်နဝါရီ januari janeiro gennaio ocak",
    2: "february feb février fevrier févr februar febrero កុម្ភៈ កុម្ភះ "
    "กุมภาพันธ์ ก.พ. กพ ກຸມພາ ဖေဖော်ဝါရီ februari fevereiro febbraio pebrero şubat",
    3: "march mar mars märz maerz marzo មីនា มีนาคม มี.ค. มีค ມີນາ မတ် mac maret março marco marso maart mart",
    4: "april apr avril avr abril មេសា เมษายน เม.ย. เมย ເມສາ ဧပြီ nisan",
    5: "may mai mayo ឧសភា พฤษภาคม พ.ค. พค ພຶດສະພາ မေ mei maio maggio mayıs",
    6: "june jun juin juni junio មិថុនា มิถุนายน มิ.ย. มิย ມິຖຸນາ ဇွန် junho giugno hunyo haziran",
    7: "july jul juillet juil juli julio កក្កដា กรกฎาคม ก.ค. กค ກໍລະກົດ ဇူလိုင် julho luglio hulyo temmuz",
    8: "august aug août aout agosto សីហា สิงหาคม ส.ค. สค ສິງຫາ ဩဂုတ် ogos agustus augustus ağustos agst agt",
    9: "september sept sep septembre septiembre កញ្ញា กันยายน ก.ย. กย ກັນຍາ စက်တင်ဘာ setembro settembre setyembre eylül",
    10: "october oct octobre oktober okt octubre តុលា ตุลาคม ต.ค. ตค ຕຸລາ အောက်တိုဘာ outubro ottobre oktubre ekim",
    11: "november nov novembre noviembre វិច្ឆិកា พฤศจิกายน พ.ย. พย ພະຈິກ နိုဝင်ဘာ novembro nopember nobyembre kasım",
    12: "december dec décembre decembre dezember dez diciembre ធ្នូ ธันวาคม "
    "ธ.ค. ธค ທັນວາ ဒီဇင်ဘာ disember desember dezembro dicembre disyembre aralık",
}
"""Month names: English, French, German, Spanish, Italian, Portuguese, Malay, Filipino, Khmer, Thai (also dotted), Lao, Burmese."""
MONTHS = {word: number for number, words in MONTH_WORDS.items() for word in words.split()}

SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""A letter of a script written without spaces: Thai, Lao, Burmese, Khmer, Kana, Han."""
_NAMES = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True))
_DIGITS = str.maketrans(
    "០១២៣៤៥៦៧៨៩๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙၀၁၂၃၄၅၆၇၈၉",
    "0123456789" * 4,
)
_YEAR = r"(?P<year>(?:19|20|24|25|26)\d\d)"
_ERA = r"(?:,?\s*|\s*(?:ឆ្នាំ|គ\.ស\.?|พ\.ศ\.|ค\.ศ\.|ปี|ປີ|ຄ\.ສ\.|năm|of|de)\s*)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
PROSE = (
    re.compile(rf"{_DAY}[\s\-/]*(?:ខែ|เดือน|ເດືອນ|day of|of|de)?[\s\-/]*(?P<month>{_NAMES})\.?{_ERA}[\s\-/]*{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![^\W\d_])(?P<month>{_NAMES})\.?[\s\-/]+{_DAY}[,\-/]?\s*{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"{_YEAR}\s*(?:年|년)\s*(?P<month>\d{{1,2}})\s*(?:月|월)\s*(?P<day>\d{{1,2}})\s*(?:日|일)"),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s*tháng\s*(?P<month>\d{{1,2}})\s*(?:năm|,)?\s*{_YEAR}", re.IGNORECASE),
    re.compile(rf"(?<![\d/.\-]){_YEAR}[/.\-]\s?(?P<month>\d{{1,2}})[/.\-]\s?(?P<day>\d{{1,2}})(?![\d/])"),
    re.compile(rf"{_YEAR}\s*ခု(?:နှစ်)?၊?\s*(?P<month>{_NAMES})(?:လ)?\s*{_DAY}"),
)
REIWA = re.compile(r"令和\s?(\d{1,2})年")
"""A year of the Japanese era that began in 2019."""
_THAI = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True) if "\u0e00" <= word[0] <= "\u0e7f")
THAI_SHORT = re.compile(rf"{_DAY}\s*(?P<month>{_THAI})\s*(?P<short>[4-9]\d)(?!\d)")
"""Thai months with the last two digits of the Buddhist year: 3 มิ.ย. 68 is in 2025."""
_DIGIT = re.compile(r"\d")
_NUMERIC = re.compile(rf"(?<![\d/.\-])(?P<a>\d{{1,2}})(?P<sep>[/.\-])(?P<b>\d{{1,2}})(?P=sep){_YEAR}(?![\d/])")
_CLOCK = re.compile(
    r"[\s,|·•–-]{1,5}(?:at |lúc |pukul |เวลา )?(?P<hour>\d{1,2})[:.hH](?P<minute>\d{2})(?::\d{2})?\s?(?P<half>[ap]\.?m\b\.?)?\s?"
    r"\(?(?:GMT|UTC)\s?(?P<zone>[+-]\d{1,2}(?::?[0-5]\d)?)?",
    re.IGNORECASE,
)
"""A time of day after its date, with its offset from UTC; a time without one gives no moment."""
_ISO = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?(?!\d)"
)
_BASIC = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$")
MAX_LENGTH = 200  # characters: no date is longer, and longer input is cut so that it costs little


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time in UTC where one is known; the day is the one that the page states, in its own zone."""

    day: date
    time: datetime | None = None

    def __str__(self) -> str:
        """RFC 3339: a date, or date and time in UTC."""
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else self.day.isoformat()

    def is_plausible(self, latest: date) -> bool:
        """Whether a web page that was fetched on the day `latest` can have this date; one day of tolerance for time zones."""
        return self.day >= OLDEST and self.day - timedelta(days=1) <= latest


def parse_machine_date(value: object) -> Moment | None:
    """The moment in an attribute or a JSON value: ISO 8601 (extended or basic), RFC 2822, seconds or milliseconds since 1970,
    else prose; None where it holds no date."""
    text = str(value).strip().translate(_DIGITS)[:MAX_LENGTH]
    if match := _ISO.match(text) or _BASIC.match(text):
        return _iso(match.groups())
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _epoch(int(text[:10]))
    return _rfc2822(text) or parse_prose_date(text)


def parse_prose_date(text: str) -> Moment | None:
    """The first full date in running text, in numbers the day before the month; None where there is none."""
    found = find_dates(text[:MAX_LENGTH])
    return found[0][1] if found else None


def has_digits(text: str) -> bool:
    """Whether `text` holds a digit of any script; without one it holds no date, and the patterns need not be tried."""
    return _DIGIT.search(text) is not None


def find_dates(text: str) -> list[tuple[int, Moment]]:
    """All full dates in `text` with their positions, in order."""
    if not has_digits(text):  # most lines of a page
        return []
    text = REIWA.sub(lambda match: f"{2018 + int(match[1])}年", text.translate(_DIGITS))
    found = [(m.start(), _with_time(_from_match(m), text, m.end())) for pattern in PROSE for m in pattern.finditer(text)]
    found += [(m.start(), _with_time(_from_numbers(m), text, m.end())) for m in _NUMERIC.finditer(text)]
    found += [(m.start(), _day(2500 + int(m["short"]), MONTHS[m["month"]], int(m["day"]))) for m in THAI_SHORT.finditer(text)]
    return sorted(((at, moment) for at, moment in found if moment), key=lambda pair: pair[0])


def _with_time(moment: Moment | None, text: str, end: int) -> Moment | None:
    """The moment with the time of day that follows at position `end`, where that states its zone."""
    clock = _CLOCK.match(text, end) if moment else None
    if moment is None or clock is None:
        return moment
    hour = int(clock["hour"]) % 12 + 12 * (clock["half"][0] in "pP") if clock["half"] else int(clock["hour"])
    zone = re.sub(r"^([+-])(\d)(?=:|$)", r"\g<1>0\2", clock["zone"] or "+00")
    try:
        time = datetime(moment.day.year, moment.day.month, moment.day.day, hour, int(clock["minute"]), tzinfo=UTC) - _offset(zone)
    except (ValueError, OverflowError):
        return moment
    return Moment(moment.day, time)


def without_dates(text: str) -> str:
    """`text` with every full date replaced by a blank."""
    text = text.translate(_DIGITS)
    for pattern in (*PROSE, _NUMERIC, THAI_SHORT):
        text = pattern.sub(" ", text)
    return text


def _from_match(match: re.Match[str]) -> Moment | None:
    month = match["month"].lower()
    return _day(int(match["year"]), MONTHS[month] if month in MONTHS else int(month), int(match["day"]))


def _from_numbers(match: re.Match[str]) -> Moment | None:
    """Day first, as the region writes; month first where the second number can only be a day."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    return _day(year, second, first) or _day(year, first, second)


def _day(year: int, month: int, day: int) -> Moment | None:
    """The day; a year of the Buddhist era (543 ahead) is converted. None where there is no such day."""
    try:
        return Moment(date(year - 543 if year >= 2400 else year, month, day))
    except ValueError:
        return None


def _iso(parts: tuple[str | None, ...]) -> Moment | None:
    day = _day(int(parts[0] or 0), int(parts[1] or 0), int(parts[2] or 0))
    if day is None or parts[3] is None or parts[6] is None:
        return day
    try:
        time = datetime(day.day.year, day.day.month, day.day.day, int(parts[3]), int(parts[4] or 0), int(parts[5] or 0), tzinfo=UTC)
        return Moment(day.day, time - _offset(parts[6]))
    except (ValueError, OverflowError):
        return day


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return offset if zone[0] == "+" else -offset


def _epoch(seconds: int) -> Moment:
    time = datetime.fromtimestamp(seconds, UTC)
    return Moment(time.date(), time)


def _rfc2822(text: str) -> Moment | None:
    if not re.match(r"[A-Za-z]{3},? \d", text):
        return None
    try:
        time = parsedate_to_datetime(text)
        return Moment(time.date(), time.astimezone(UTC) if time.tzinfo else None)
    except (ValueError, OverflowError, TypeError):
        return None
