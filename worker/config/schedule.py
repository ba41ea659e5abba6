"""Read the setting that says when stored articles are looked at again."""

from __future__ import annotations

UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
SOONEST, LATEST = 300.0, 365 * 86_400.0
"""Seconds: sources are polled no faster either; after a year a page is an archive's."""
MOST = 12
"""Rechecks of one article: each is a request."""
EXPECTED = "ages in rising order, comma-separated, as 6h,1d,7d, each from 5m to 365d, at most 12"


def parse_ages(value: str) -> tuple[float, ...]:
    """Seconds; a number without a unit is seconds."""
    found = tuple(_age(entry.strip()) for entry in value.split(",") if entry.strip())
    if list(found) != sorted(set(found)) or not 0 < len(found) <= MOST or not all(SOONEST <= age <= LATEST for age in found):
        raise ValueError(EXPECTED)
    return found


def _age(entry: str) -> float:
    unit = UNITS.get(entry[-1:])
    try:
        return float(entry[:-1]) * unit if unit else float(entry)
    except ValueError:
        raise ValueError(EXPECTED) from None
