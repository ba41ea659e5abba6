"""A feature's name and values stay together."""

from __future__ import annotations

import numpy as np
import pytest

from worker.extract.model.table import Table, join, measure

WORDS = ["a", "bee", "sea"]


@pytest.fixture
def table() -> Table:
    return measure({"chars": lambda words: [len(word) for word in words], "is_bee": lambda words: [word == "bee" for word in words]}, WORDS)


def test_a_table_has_a_column_for_every_feature_in_the_order_of_the_registry(table: Table) -> None:
    assert table.names == ("chars", "is_bee")
    assert table.rows.dtype == np.float32
    assert table.column("is_bee").tolist() == [0, 1, 0]


def test_a_column_that_the_table_does_not_have_is_named_in_the_error(table: Table) -> None:
    with pytest.raises(KeyError, match="expected one of chars, is_bee, got length"):
        table.column("length")


def test_names_follow_their_columns_through_selection_shift_and_join(table: Table) -> None:
    # When columns are chosen, shifted to both sides and joined
    chars = table.select("chars")
    joined = join(table.select("is_bee", "chars"), chars.shifted(-1), chars.shifted(2))
    # Then each stands under its name, with -1 beyond the ends
    assert joined.names == ("is_bee", "chars", "chars-1", "chars+2")
    assert joined.column("chars-1").tolist() == [-1, 1, 3]
    assert joined.column("chars+2").tolist() == [3, -1, -1]


def test_a_shift_beyond_all_rows_leaves_none(table: Table) -> None:
    assert table.shifted(5).rows.tolist() == [[-1, -1]] * 3


def test_rows_are_taken_by_position_under_a_prefix(table: Table) -> None:
    taken = table.take(np.array([2, 0]), "outer_")
    assert taken.names == ("outer_chars", "outer_is_bee")
    assert taken.column("outer_chars").tolist() == [3, 1]
