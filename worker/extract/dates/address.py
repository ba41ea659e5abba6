"""Find the day in a page's address."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

from worker.extract.dates.parse import Moment, parse_machine_date, parse_prose_date

_YEAR, _MONTH, _DAY = r"((?:19|20)\d\d)", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_STAMP = rf"[a-z]{{0,3}}{_YEAR}{_MONTH}{_DAY}"
"""A day before the number of a file, or behind the letters of one: `20240617`, `t20240617`."""
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{3})?(?!\d)"
"""A time of day in the same number, with milliseconds or without: `20240617083012`."""
IN_PATH = re.compile(
    rf"/{_YEAR}[/\-](0?[1-9]|1[0-2])[/\-](0?[1-9]|[12]\d|3[01])(?:[/\-_.]|$)|/{_YEAR}/?{_MONTH}/?{_DAY}/|[/\-_]{_STAMP}(?:[/\-_.]|$|{_CLOCK})",
    re.IGNORECASE,
)
"""`/2024/06/17/`, `/2024-06/17/`, `/2024/0617/`, `/202406/17/`, `-20240617.`, `/t20240617_`, `-20240617083012345.`."""


def date_of_address(parts: SplitResult) -> Moment | None:
    """The day in the path of an address, in numbers or with the month's name; in its query only with a time of day, as in the number of
    an article: a day alone is the reader's choice there."""
    match = IN_PATH.search(parts.path) or re.search(f"={_STAMP}{_CLOCK}", parts.query, re.IGNORECASE)
    if match:
        return parse_machine_date("-".join(part.zfill(2) for part in match.groups() if part))
    folders = parts.path.split("/")  # "/2024/sep/03/"
    dated = [folder for folder in zip(folders[2:], folders[1:], folders, strict=False) if folder[2].isdigit() and folder[1].isalpha()]
    days = map(" ".join, dated)
    return next((moment for day in days if (moment := parse_prose_date(day))), None)
