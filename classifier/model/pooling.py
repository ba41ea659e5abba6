"""Sentences pooled: what the scores of its sentences say about the whole article."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.model.linear import sigmoid
from classifier.text.document import ParsedText

Floats = NDArray[np.float32]
LEAD = 3
"""Sentences after the headline that count as the lead: a release's salutation and place line come before its news."""
NAMES = ("first", "second", "third", "mean", "noisy_or", "share", "headline", "has_headline", "lead", "length")


def pool(texts: Sequence[ParsedText], scores: Floats) -> Floats:
    """Pooled features of shape (articles, labels, len(NAMES)) from sentence scores (log-odds) in reading order."""
    pooled = np.zeros((len(texts), scores.shape[1], len(NAMES)), np.float32)
    start = 0
    for row, parsed in enumerate(texts):
        end = start + len(parsed.sentences)
        if end > start:
            pooled[row] = _pool_one(scores[start:end], parsed.has_headline)
        start = end
    return pooled


def _pool_one(scores: Floats, has_headline: bool) -> Floats:
    """Features of one article, shape (labels, len(NAMES)); `scores` is (sentences, labels)."""
    probability = sigmoid(scores)
    best = np.sort(scores, axis=0)[::-1]
    best = np.vstack([best, np.repeat(best[-1:], 2, axis=0)])
    none = np.log1p(-np.minimum(probability, 0.999)).sum(axis=0)
    headline = int(has_headline)
    lead = scores[headline : headline + LEAD]
    labels = scores.shape[1]
    return np.stack(
        [
            best[0],
            best[1],
            best[2],
            scores.mean(axis=0),
            np.log1p(-none),
            (probability > 0.5).mean(axis=0) * 4,
            scores[0] if has_headline else np.zeros(labels, np.float32),
            np.full(labels, float(has_headline)),
            lead.max(axis=0) if len(lead) else best[0],
            np.full(labels, np.log(len(scores))),
        ],
        axis=1,
    ).astype(np.float32)
