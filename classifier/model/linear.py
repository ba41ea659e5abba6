"""Fit and apply linear models: one weight for each feature and label, which is also what evidence shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Weights: TypeAlias = NDArray[np.floating]
"""How much each example counts, (examples,)."""
Matrix: TypeAlias = Floats | sparse.csr_array
"""Features, a row for each example."""

TOLERANCE = 1e-4
"""Of the solver, scikit-learn's own default. At 1e-3 it stopped after some ten steps, and four seeds more or less moved the source
type's F1 on 63 real texts between .80 and .91; at 1e-4 it takes some thirty, which a training of a minute or two does not notice."""
LABEL_STEPS, CLASS_STEPS = 400, 600
"""Steps of the solver at most: some ten times what it takes, since scikit-learn warns where it is stopped."""
MAX_LOG_ODDS = 30
"""Beyond it a probability is 0 or 1 to twelve digits, and exp would soon overflow."""


@dataclass(frozen=True)
class LinearModel:
    """Scores (log-odds) of several labels: `x @ weights + bias`."""

    weights: Floats
    """(features, labels)."""
    bias: Floats
    """(labels,)."""

    def scores(self, x: Matrix) -> Floats:
        """Log-odds, (rows of `x`, labels)."""
        return np.asarray(x @ self.weights + self.bias, np.float32)


def fit_labels(x: Matrix, y: NDArray[np.int8], c: float, weights: Weights) -> LinearModel:
    """Independent labels; `y` (rows, labels) is 1, 0 or negative (unknown: left out), `c` scikit-learn's inverse regularisation."""
    known = [np.flatnonzero(label >= 0) for label in y.T]
    fitted = [_fit_label(x[rows], label[rows], c, weights[rows]) for label, rows in zip(y.T, known, strict=True)]
    return LinearModel(
        np.stack([found for found, _ in fitted], axis=1).astype(np.float32), np.array([bias for _, bias in fitted], np.float32)
    )


def _fit_label(x: Matrix, y: NDArray[np.int8], c: float, weights: Weights) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    if y.min() == y.max():
        return np.zeros(x.shape[1]), certain(y)
    model = LogisticRegression(C=c, max_iter=LABEL_STEPS, tol=TOLERANCE)
    model.fit(x, y, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def certain(y: NDArray[np.integer]) -> float:
    """Log-odds of a label that all of the examples carry, or none: as if one more did the opposite."""
    return float(np.log(y.sum() + 1) - np.log(len(y) - y.sum() + 1))


def fit_classes(x: Matrix, y: NDArray[np.int64], c: float, weights: Weights) -> LinearModel:
    """Classes that exclude one another (multinomial): `softmax` of the scores gives their probabilities; `y` (rows,) counts from 0."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=c, class_weight="balanced", max_iter=CLASS_STEPS, tol=TOLERANCE)
    model.fit(x, y, sample_weight=weights)
    return LinearModel(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def sigmoid(scores: Floats) -> Floats:
    """The probability for each log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -MAX_LOG_ODDS, MAX_LOG_ODDS))), np.float32)


def softmax(scores: Floats) -> Floats:
    """Probabilities of each row of scores, which sum to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
