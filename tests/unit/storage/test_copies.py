"""Near copies by simhash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.storage.duplicates import NEAR, bands, nearest


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=NEAR))
def test_hashes_that_differ_in_three_bits_share_a_band(number, flipped):
    other = number
    for bit in flipped:
        other ^= 1 << bit
    ours, theirs = bands(f"{number:016x}"), bands(f"{other:016x}")
    assert any(a == b for a, b in zip(ours, theirs, strict=True))
    assert nearest(number, [(other, 7)]) == 7


def test_the_nearest_of_several_gives_the_cluster_and_far_ones_none():
    assert nearest(0b1111, [(0b1000, 1), (0b1110, 2), (0b1111 << 8, 3)]) == 2
    assert nearest(0, [(0b1111, 1)]) is None
    assert nearest(0, []) is None


@pytest.mark.parametrize("simhash", ["", "xyz", "0" * 15, "0" * 17])
def test_what_is_no_simhash_is_refused(simhash):
    with pytest.raises(ValueError, match=r"hexadecimal|invalid literal"):
        bands(simhash)
