"""Pool the scores of sentences into features of the whole article."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.model.linear import Floats, sigmoid

LEAD = 3
"""Sentences after the headline that count as the lead: a release's salutation and place line come before its news."""
SHARE_SCALE = 4
"""Makes the share of sentences, mostly under a quarter, as large as the log-odds beside it."""
MAX_PROBABILITY = 0.999
"""Of one sentence in the noisy-or; at 1 the logarithm would be infinite."""


class Pooled(NamedTuple):
    """Features of one article for each label, (labels,); the fields are the columns, in the order that models are fitted to."""

    first: Floats  # the highest score of a sentence
    second: Floats
    third: Floats
    mean: Floats
    noisy_or: Floats  # log(1 - log of the probability that no sentence carries the label)
    share: Floats  # of the sentences that carry the label
    headline: Floats  # its score, 0 where there is none
    has_headline: Floats  # 1 or 0
    lead: Floats  # the highest score in the lead
    length: Floats  # log of the number of sentences


NAMES = Pooled._fields


def pool(lengths: NDArray[np.int64], has_headline: NDArray[np.bool_], scores: Floats) -> Floats:
    """Features of shape (articles, labels, len(NAMES)) from the scores (log-odds) of all sentences in order.

    `lengths` says how many of them each article has, `has_headline` whether its first one is the headline.
    """
    pooled = np.zeros((len(lengths), scores.shape[1], len(NAMES)), np.float32)
    start = 0
    for row, length in enumerate(lengths.tolist()):
        if length:
            pooled[row] = np.stack(_pool(scores[start : start + length], bool(has_headline[row])), axis=1)
        start += length
    return pooled


def _pool(scores: Floats, has_headline: bool) -> Pooled:
    """The features of one article from its `scores`, (sentences, labels)."""
    probability = sigmoid(scores)
    best = np.sort(scores, axis=0)[::-1]
    best = np.vstack([best, np.repeat(best[-1:], 2, axis=0)])
    log_none = np.log1p(-np.minimum(probability, MAX_PROBABILITY)).sum(axis=0)
    after_headline = int(has_headline)
    lead = scores[after_headline : after_headline + LEAD]
    labels = scores.shape[1]
    return Pooled(
        first=best[0],
        second=best[1],
        third=best[2],
        mean=scores.mean(axis=0),
        noisy_or=np.log1p(-log_none),
        share=(probability > 0.5).mean(axis=0) * SHARE_SCALE,
        headline=scores[0] if has_headline else np.zeros(labels, np.float32),
        has_headline=np.full(labels, float(has_headline)),
        lead=lead.max(axis=0) if len(lead) else best[0],
        length=np.full(labels, np.log(len(scores))),
    )
