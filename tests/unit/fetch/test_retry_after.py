from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.fetch.retry_after import retry_after

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
DAY = 86400.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Tue, 24 Nov 2026 08:02:00 GMT", 120.0),
        ("Tue, 24 Nov 2026 09:02:00 +0100", 120.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("999999999999", DAY),
        ("9" * 400, None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_both_forms_are_read_and_held_within_a_day(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, DAY, NOW) == seconds
