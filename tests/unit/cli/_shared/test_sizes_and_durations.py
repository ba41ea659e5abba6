"""Sizes and durations in words."""

import pytest

from worker.cli._shared.output import duration, size


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (9_960, "10 KB"),
        (999_600, "1.0 MB"),
        (75_508_535_296, "76 GB"),
        (5e15, "5000 TB"),
    ],
)
def test_a_size_has_two_figures(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (2.34, "2.3 s"),
        (45, "45 s"),
        (61, "1 min 01 s"),
        (600, "10 min"),
        (7500, "2 h 05 min"),
        (90_000, "1 d 1 h"),
        (518_400, "6 d 0 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text
