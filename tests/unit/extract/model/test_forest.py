from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from training.fit_blocks import exported
from worker.extract.model import block_features, line_features, neighbour_features
from worker.extract.model.forest import load
from worker.extract.model.table import Table

NAMES = tuple("abcdefg")


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(NAMES, np.random.RandomState(0).rand(400, 7).astype(np.float32))


def test_an_exported_forest_gives_what_scikit_learn_gives(table: Table) -> None:
    # Given trees that scikit-learn has grown
    rows = table.rows
    model = HistGradientBoostingClassifier(max_iter=20, max_depth=4, random_state=0).fit(rows, rows[:, 0] + rows[:, 3] > 1)
    # When they are exported and evaluated in numpy
    chances = exported(model, NAMES).probabilities(table)
    # Then every chance is the same
    assert np.allclose(chances, model.predict_proba(rows)[:, 1], atol=1e-12)


@pytest.mark.parametrize(
    ("names", "message"),
    [(NAMES[:6], "expected 7 columns, got 6"), (("a", "b", "x", "d", "e", "f", "g"), "expected column 2 to be c, got x")],
)
def test_a_table_with_other_columns_is_refused_and_the_difference_named(table: Table, names: tuple[str, ...], message: str) -> None:
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(table.rows, table.rows[:, 0] > 0.5)
    with pytest.raises(ValueError, match=message):
        exported(model, NAMES).probabilities(Table(names, table.rows[:, : len(names)]))


def test_the_shipped_forests_were_fitted_on_the_columns_that_the_program_computes() -> None:
    assert load("first").columns == block_features.names()
    assert load("second").columns == (*block_features.names(), *neighbour_features.names())
    assert load("lines").columns == line_features.names()
