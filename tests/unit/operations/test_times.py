"""Times as programs write them and as people type them."""

import pytest

from worker.operations.times import local_day, local_time, parse_since, rfc3339

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", NOW - 5400),
        ("12h", NOW - 43_200),
        ("7d", NOW - 604_800),
        ("30s", NOW - 30),
        ("2023-11-14", 1_699_920_000.0),
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-15T05:13:20+07:00", NOW),
    ],
)
def test_a_time_is_a_date_a_moment_or_an_age(text: str, seconds: float) -> None:
    assert parse_since(text, NOW) == seconds


@pytest.mark.parametrize("text", ["yesterday", "12", "h", "-5m", "2023-13-01", "99999999999d", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parse_since(text, NOW)


@pytest.mark.parametrize(("seconds", "text"), [(None, None), (0.0, "1970-01-01T00:00:00.000Z"), (1.5, "1970-01-01T00:00:01.500Z")])
def test_times_are_rfc_3339_in_utc(seconds: float | None, text: str | None) -> None:
    assert rfc3339(seconds) == text


def test_a_time_without_a_zone_is_in_the_zone_of_its_writer() -> None:
    assert parse_since("2023-11-15T05:13:20", NOW, "Asia/Phnom_Penh") == NOW
    assert parse_since("2023-11-15", NOW, "Asia/Phnom_Penh") == 1_699_981_200.0
    assert parse_since("2023-11-14T22:13:20Z", NOW, "Asia/Phnom_Penh") == NOW


@pytest.mark.parametrize(
    ("text", "time", "day"),
    [
        ("2026-11-19T23:30:00Z", "2026-11-20 06:30", "2026-11-20"),
        ("2026-11-19T23:30:00.250Z", "2026-11-20 06:30", "2026-11-20"),
        ("2026-11-19", "2026-11-19", "2026-11-19"),
        (None, None, None),
    ],
)
def test_people_read_times_in_their_own_zone(text: str | None, time: str | None, day: str | None) -> None:
    assert local_time(text, "Asia/Phnom_Penh") == time
    assert local_day(text, "Asia/Phnom_Penh") == day
