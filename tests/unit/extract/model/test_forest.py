from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from training.fit_blocks import exported
from worker.extract.model import block_features, neighbour_features
from worker.extract.select.html_text import shipped


@pytest.fixture(scope="module")
def rows():
    return np.random.RandomState(0).rand(400, 7).astype(np.float32)


def test_an_exported_forest_gives_what_scikit_learn_gives(rows):
    # Given trees that scikit-learn has grown
    model = HistGradientBoostingClassifier(max_iter=20, max_depth=4, random_state=0).fit(rows, rows[:, 0] + rows[:, 3] > 1)
    # When they are laid out and walked in numpy
    chances = exported(model).probabilities(rows)
    # Then every chance is the same
    assert np.allclose(chances, model.predict_proba(rows)[:, 1], atol=1e-12)


def test_rows_of_other_features_are_refused(rows):
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(rows, rows[:, 0] > 0.5)
    with pytest.raises(ValueError, match="expected rows of 7 columns, came 6"):
        exported(model).probabilities(rows[:, :6])


def test_the_shipped_model_belongs_to_the_programs_features():
    model = shipped()
    assert model.first.columns == len(block_features.names())
    assert model.second.columns == len(block_features.names()) + len(neighbour_features.names())
