"""Times as programs write them and as people type them."""

import pytest

from worker.operations.times import parse_since, rfc3339

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
