"""Mix seeds: join an article with others that carry no topic, since seeds are shorter than real pages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHARE = 0.5
"""Mixtures for each seed: enough to show what length means, few enough that the seeds as they are decide."""
MAX_ADDED = 8
"""Articles added; eight seeds of the usual 150 words make the 1,400 words of a long page."""


def mixtures(topics: NDArray[np.int8]) -> list[NDArray[np.int64]]:
    """Which articles to join: any one, then up to MAX_ADDED that carry no topic; the same for the same `topics`.

    `topics` is 1 where an article carries a topic, (articles, topics). Each mixture is an array of rows.
    """
    random = np.random.default_rng(0)
    without_topic = np.flatnonzero(topics.sum(axis=1) == 0)
    if not len(without_topic):
        return []
    firsts = random.integers(len(topics), size=int(len(topics) * SHARE))
    return [np.concatenate([[first], random.choice(without_topic, size=random.integers(1, MAX_ADDED + 1))]) for first in firsts]
