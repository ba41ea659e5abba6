"""Linear heads: one weight a feature and label, which is also what evidence shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """Scores (log-odds) of several labels: `x @ weights + bias`, weights of shape (features, labels)."""

    weights: Floats
    bias: Floats

    def scores(self, x: Any) -> Floats:
        """Log-odds, a row an example and a column a label; `x` dense or sparse."""
        return np.asarray(x @ self.weights + self.bias, np.float32)


TOLERANCE = 1e-4
"""Of the solver, scikit-learn's own. At 1e-3 it stopped after some ten steps, and four seeds more or less moved the source
type's F1 on 63 real texts between .80 and .91; at 1e-4 it takes some thirty, which a training of a minute or two does not notice."""


def fit_labels(x: Any, y: NDArray[np.int8], strength: float) -> LinearModel:
    """A head of independent labels; `y` is 1, 0 or -1 (unknown: left out), `strength` scikit-learn's C."""
    columns = [_fit_one(x[known], column[known], strength) for column, known in ((c, np.flatnonzero(c >= 0)) for c in y.T)]
    return LinearModel(np.stack([w for w, _ in columns], axis=1).astype(np.float32), np.array([b for _, b in columns], np.float32))


def _fit_one(x: Any, y: NDArray[np.int8], strength: float) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=400, tol=TOLERANCE)
    model.fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def fit_classes(x: Any, y: NDArray[np.int64], strength: float) -> LinearModel:
    """A head of classes that exclude one another (multinomial): softmax of its scores gives probabilities."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=600, tol=TOLERANCE)
    model.fit(x, y)
    return LinearModel(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def sigmoid(scores: Any) -> Any:
    """Probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.clip(scores, -30, 30)))


def softmax(scores: Any) -> Any:
    """Probabilities of the rows of scores."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
