"""Write times as RFC 3339 in UTC and as people in a time zone read them, ages and sizes in words; read what people write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import overload
from zoneinfo import ZoneInfo

SIZES = ("bytes", "KB", "MB", "GB", "TB")
"""Powers of a thousand, as disks are sold and `df -H` counts."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""Seconds in each unit of an age."""


@overload
def rfc3339(seconds: float) -> str: ...
@overload
def rfc3339(seconds: None) -> None: ...
@overload
def rfc3339(seconds: float | None) -> str | None: ...
def rfc3339(seconds: float | None) -> str | None:
    """Seconds since 1970 as RFC 3339 in UTC, to the millisecond; None stays None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_since(text: str, now: float, zone: str = "UTC") -> float:
    """Seconds since 1970 of a date, an RFC 3339 time, or an age before `now` as `90m`, `12h`, `7d`.

    A time without a zone is in `zone`, an IANA name. Raises ValueError, or OverflowError for an age before the year 1.
    """
    age = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if age:
        return now - int(age[1]) * UNITS[age[2]]
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp()


@overload
def local_time(text: str, zone: str) -> str: ...
@overload
def local_time(text: None, zone: str) -> None: ...
@overload
def local_time(text: str | None, zone: str) -> str | None: ...
def local_time(text: str | None, zone: str) -> str | None:
    """A time in RFC 3339 as a clock in `zone` shows it, `2024-03-22 14:05`; a day without a time stays as it is, and so does None."""
    moment = _moment(text)
    return text if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def local_day(text: str | None, zone: str) -> str | None:
    """The day in `zone` of a time in RFC 3339; a day without a time stays as it is, and so does None."""
    moment = _moment(text)
    return text if moment is None else moment.astimezone(ZoneInfo(zone)).date().isoformat()


def midnights(now: float, zone: str, days: int) -> tuple[int, ...]:
    """When each of the last so many days in `zone` began, today the last of them, and when today ends: seconds since 1970."""
    place = ZoneInfo(zone)
    today = datetime.fromtimestamp(now, place).date()
    dates = (today + timedelta(days=back) for back in range(1 - days, 2))
    return tuple(int(datetime.combine(day, datetime.min.time(), place).timestamp()) for day in dates)


def _moment(text: str | None) -> datetime | None:
    """None for a text that has no time of day."""
    return datetime.fromisoformat(text) if text is not None and len(text) > len("2024-03-22") else None


def size(count: int) -> str:
    """Bytes with two figures, as in `76 GB`; exact below a thousand."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {SIZES[unit]}" if unit and value < 9.95 else f"{value:.0f} {SIZES[unit]}"


def duration(seconds: float) -> str:
    """A stretch of time as people say it: `3 s`, `12 min`, `1 h`, `2 d 4 h`; the two largest units, rounded down."""
    left = max(int(seconds), 0)
    if left < 60:
        return f"{left} s"
    days, hours, minutes = left // 86400, left % 86400 // 3600, left % 3600 // 60
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts[:2])
