from __future__ import annotations

import numpy as np
import pytest

from classifier.features.columns import Columns

COLUMNS = Columns({"counts": ("a", "b"), "rates": ("a", "b", "c")})
COUNTS, RATES = np.zeros((4, 2), np.float32), np.ones((4, 3), np.float32)


def test_blocks_and_columns_are_found_by_name() -> None:
    assert len(COLUMNS) == 5
    assert COLUMNS.block("rates") == slice(2, 5)
    assert COLUMNS.position("rates", "b") == 3


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="shares"):
        COLUMNS.block("shares")
    with pytest.raises(ValueError, match="not in tuple"):
        COLUMNS.position("counts", "c")


def test_blocks_are_joined_in_the_order_of_the_columns() -> None:
    joined = COLUMNS.join({"rates": RATES, "counts": COUNTS})
    assert joined.tolist() == [[0, 0, 1, 1, 1]] * 4
    assert joined.dtype == np.float32


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"counts": COUNTS}, "expected 3 columns of rates, got none"),
        ({"counts": RATES, "rates": RATES}, "expected 2 columns of counts, got 3"),
        ({"counts": COUNTS, "rates": RATES, "more": RATES}, "expected the blocks counts, rates, got counts, rates, more"),
    ],
)
def test_other_blocks_than_those_of_the_columns_are_refused(parts: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        COLUMNS.join(parts)
