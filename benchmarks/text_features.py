"""Features of whole texts for the plain ways to label: TF-IDF of words and of letters, counted once for all folds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

Encode = Callable[[np.ndarray, np.ndarray], tuple[Any, Any]]
"""Features of the articles that teach and of those that are measured, given by their rows among all; it learns from the first only."""
WORDS = {"ngram_range": (1, 2), "min_df": 2, "max_features": 60_000}
LETTERS = {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 3, "max_features": 120_000}


def tf_idf(texts: list[str]) -> Encode:
    """The TF-IDF of WORDS and LETTERS side by side, of some of the texts."""
    blocks = [_counted(texts, **options) for options in (WORDS, LETTERS)]

    def encode(taught: np.ndarray, measured: np.ndarray) -> tuple[Any, Any]:
        ours, others = zip(*(block(taught, measured) for block in blocks), strict=True)
        return sparse.csr_matrix(sparse.hstack(ours)), sparse.csr_matrix(sparse.hstack(others))

    return encode


def _counted(texts: list[str], *, min_df: int, max_features: int, **options: Any) -> Encode:
    """What TfidfVectorizer would make of some of the texts, from terms that are counted only once."""
    counts = sparse.csr_matrix(CountVectorizer(min_df=min_df, **options).fit_transform(texts))

    def encode(taught: np.ndarray, measured: np.ndarray) -> tuple[Any, Any]:
        known = counts[taught]
        found, total = known.getnnz(axis=0), np.asarray(known.sum(axis=0)).ravel()
        columns = np.flatnonzero(found >= min_df)
        columns = np.sort(columns[np.argsort(-total[columns], kind="stable")][:max_features])
        scale = TfidfTransformer(sublinear_tf=True).fit(known[:, columns])
        return scale.transform(known[:, columns]), scale.transform(counts[measured][:, columns])

    return encode
