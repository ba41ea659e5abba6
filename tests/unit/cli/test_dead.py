"""The filters of dead letters."""

import pytest

from worker.cli.dead import DEADLY, parse_since
from worker.reasons import Fate, Reason

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


def test_only_what_can_kill_is_a_reason_to_filter_by() -> None:
    assert set(DEADLY) == {reason.word for reason in Reason if reason.fate in (Fate.DEAD, Fate.AGAIN, Fate.WAITS, Fate.STRIKE)}
