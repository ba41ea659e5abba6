"""Write numbers, sizes, stretches of time, moments and shares as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

UNKNOWN = "?"
"""What stands where a figure cannot be known: never 0."""
JUST_NOW = 5.0
"""Seconds within which something is "just now"."""


def count(value: float | None) -> str:
    """`48,212`."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def size(value: float | None) -> str:
    """Bytes as `7.5 kB`, `70 GB`."""
    if value is None:
        return UNKNOWN
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(value) < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def span(seconds: float | None) -> str:
    """Seconds as `3 s`, `12 min`, `1 h 20 min`, `2 d 4 h`."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86400:
        return _two(whole // 3600, "h", whole % 3600 // 60, "min")
    return _two(whole // 86400, "d", whole % 86400 // 3600, "h")


def brief(seconds: float) -> str:
    """The same, with milliseconds below one second: `40 ms`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else span(seconds)


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large} {unit} {small} {small_unit}" if small else f"{large} {unit}"


def share(probability: float | None) -> str:
    """A probability as `31%`, never 0% or 100%."""
    if probability is None:
        return UNKNOWN
    return "<1%" if probability < 0.01 else ">99%" if probability > 0.99 else f"{probability:.0%}"


def day(value: str | None) -> str:
    """A calendar day `2025-10-17`, or the day of a time, as `17 Oct 2025`."""
    if not value:
        return "no date"
    try:
        return _day(date.fromisoformat(value[:10]))
    except ValueError:
        return value


def _day(value: date) -> str:
    return f"{value.day} {value:%b} {value.year}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for `<time>`: for machines, for people, and in full."""

    machine: str
    shown: str
    full: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The zone of a reader and the present moment."""

    zone: tzinfo
    now: float
    """Seconds since 1970."""

    @property
    def name(self) -> str:
        """The zone by its name: `Phnom Penh`, `UTC`."""
        return str(self.zone).rpartition("/")[2].replace("_", " ")

    @property
    def today(self) -> date:
        """The calendar day there."""
        return datetime.fromtimestamp(self.now, self.zone).date()

    @property
    def midnight(self) -> float:
        """When today began there, in seconds since 1970."""
        return datetime.combine(self.today, datetime.min.time(), self.zone).timestamp()

    def moment(self, value: float | str | None, *, seconds: bool = False) -> Moment:
        """Today `16:42`, `yesterday 09:30`, `29 Nov 2026`."""
        found = _parsed(value)
        if found is None:
            return Moment("", UNKNOWN, "")
        local = found.astimezone(self.zone)
        time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
        if local.date() == self.today:
            shown = time
        elif local.date() == self.today - timedelta(days=1):
            shown = f"yesterday {time}"
        else:
            shown = f"{_day(local.date())}, {time}" if seconds else _day(local.date())
        return Moment(f"{found:%Y-%m-%dT%H:%M:%SZ}", shown, f"{_day(local.date())}, {local:%H:%M:%S}")

    def ago(self, value: float | str | None) -> str:
        """`just now`, `12 min ago`."""
        found = _parsed(value)
        if found is None:
            return UNKNOWN
        past = self.now - found.timestamp()
        return "just now" if past < JUST_NOW else f"{span(past)} ago"

    def until(self, value: float | str | None) -> str:
        """`in 39 min`, or `now`."""
        found = _parsed(value)
        if found is None:
            return UNKNOWN
        left = found.timestamp() - self.now
        return f"in {span(left)}" if left >= 1 else "now"


def _parsed(value: float | str | None) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime.fromtimestamp(value, UTC)
