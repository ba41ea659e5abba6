"""Sizes in words."""

import pytest

from worker.operations.times import size


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
