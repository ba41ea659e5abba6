"""Near copies by marks and simhash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.integration.parts.samples import extracted
from worker.messages import URLRequest
from worker.storage.duplicates import BITS_A_MARK, NEAR, marks_of, nearest

ONE = extracted(URLRequest(1, 1, "https://press.test/1", "article"))


def test_the_nearest_of_several_gives_the_cluster_and_far_ones_none():
    far = (1 << (NEAR + BITS_A_MARK + 1)) - 1
    assert nearest(0b1111, {(0b1000, 1): 1, (0b1110, 2): 1, (0b1111 << 8, 3): 1}) == 2
    assert nearest(0, {(far >> 1, 1): 1}) == 1
    assert nearest(0, {(far, 1): 1}) is None
    assert nearest(0, {(far, 1): 2}) == 1
    assert nearest(0, {}) is None


def test_marks_are_those_that_came_and_quarters_of_the_simhash_where_none_did():
    assert marks_of(replace(ONE, marks=[4, 3, 2, 1])) == [4, 3, 2, 1]
    assert marks_of(replace(ONE, simhash="0004000300020001")) == [1, 2, 3, 4]


@pytest.mark.parametrize("simhash", ["", "xyz", "0" * 15, "0" * 17])
def test_what_is_no_simhash_is_refused(simhash):
    with pytest.raises(ValueError, match=r"hexadecimal|invalid literal"):
        marks_of(replace(ONE, simhash=simhash))


@pytest.mark.parametrize("marks", [[1], [1, 2, 3, 4, 5], [1, 2, 3, -1], [1, 2, 3, 1 << 31]])
def test_what_are_no_marks_is_refused(marks):
    with pytest.raises(ValueError, match="marks of 31 bits"):
        marks_of(replace(ONE, marks=marks))
