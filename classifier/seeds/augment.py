"""Articles mixed: an article followed by others that carry no topic, since seeds are shorter than the pages of the world."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.text.document import ParsedText

SHARE = 0.5
"""Mixtures for each seed; enough to teach what length means, few enough to leave the seeds the last word."""
MOST = 8
"""Articles added; eight seeds of the usual 150 words make the 1,400 words of a long page."""


def recipes(topics: NDArray[np.int8]) -> list[NDArray[np.int64]]:
    """Which articles to join: any one, then up to MOST that carry nothing; the same for the same `topics`."""
    chance = np.random.default_rng(0)
    empty = np.flatnonzero(topics.sum(axis=1) == 0)
    if not len(empty):
        return []
    firsts = chance.integers(len(topics), size=int(len(topics) * SHARE))
    return [np.concatenate([[first], chance.choice(empty, size=chance.integers(1, MOST + 1))]) for first in firsts]


def merged(texts: Sequence[ParsedText]) -> ParsedText:
    """One text of the sentences of all, under the headline of the first; its spans point nowhere."""
    sentences = [sentence for parsed in texts for sentence in parsed.sentences]
    return ParsedText("", "", sentences, texts[0].has_headline)
