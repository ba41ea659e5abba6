"""Days of a time zone, as stored times are compared with them."""

from __future__ import annotations

import pytest

from worker.storage import local_days


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("Asia/Phnom_Penh", "2026-11-19T17:00:00Z", "2026-11-20T17:00:00Z"),
        ("America/New_York", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z"),
    ],
)
def test_a_day_begins_and_ends_with_the_clocks_of_its_zone(zone: str, begins: str, ends: str) -> None:
    assert (local_days.begins("2026-11-20", zone), local_days.ends("2026-11-20", zone)) == (begins, ends)


def test_a_day_of_23_hours_has_23() -> None:
    day = "2026-03-29", "Europe/Berlin"
    assert (local_days.begins(*day), local_days.ends(*day)) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")


def test_the_ends_of_the_calendar_are_no_error() -> None:
    assert local_days.begins("0001-01-01", "Asia/Phnom_Penh") == local_days.FIRST < "1"
    assert local_days.ends("9999-12-31", "America/New_York") == local_days.LAST > "9999-12-31T23:59:59Z"
    assert (local_days.neighbour("0001-01-01", -2), local_days.neighbour("9999-12-31", 2)) == (local_days.FIRST, local_days.LAST)
    assert local_days.neighbour("2026-11-20", -2) == "2026-11-18"
