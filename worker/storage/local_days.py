"""Say when a day begins and ends in a time zone, as stored times are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST, LAST = "0", "9999-99-99"
"""Texts that come before and after every time and day, in the order of texts of any locale."""


def begins(day: str, zone: str) -> str:
    """When a day (`2024-03-22`) begins in `zone`, an IANA name: RFC 3339 in UTC, to the second."""
    return _begins(date.fromisoformat(day), zone)


def ends(day: str, zone: str) -> str:
    """When the day after it begins."""
    given = date.fromisoformat(day)
    return LAST if given == date.max else _begins(given + timedelta(days=1), zone)


def _begins(day: date, zone: str) -> str:
    try:
        return f"{datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:  # the first hours of year 1, or the last of 9999
        return FIRST if day.year == 1 else LAST


def neighbour(day: str, step: int) -> str:
    """The day so many days later; at the ends of the calendar a text beyond all days."""
    try:
        return (date.fromisoformat(day) + timedelta(days=step)).isoformat()
    except OverflowError:
        return FIRST if step < 0 else LAST
