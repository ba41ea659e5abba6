"""The model as one value: heads, stack, thresholds, and what it has seen of the world."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.model.first_level import FirstLevel
from classifier.model.linear import Floats
from classifier.model.outlets import Outlets
from classifier.model.stacking import Stacking
from classifier.model.thresholds import Threshold

FULL = 130
"""Words from which an article's mean vector is settled."""
SHORTENING = 0.36
"""Power by which the limit falls for shorter ones: 8, 25 and 60 words cut from the seeds' own beginnings come as near to the other
seeds as .22, .35 and .50 in all but one of 200 cases, whole seeds as .60; a fixed limit put every short notice in doubt."""


@dataclass(frozen=True)
class TrainingDistribution:
    """What the seeds look like, so that a stranger is noticed."""

    vectors: Floats
    """Mean word vector of each seed, of length one."""
    least_near: float
    """A text of FULL words or more is strange whose nearest seed has a smaller cosine."""
    languages: dict[str, tuple[str, ...]]
    """The languages of the seeds, each with its commonest words (classifier.text.language)."""

    def strange(self, vectors: Floats, words: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each article of so many words is far from every seed; one without any known word vector cannot be."""
        nearest = (vectors @ self.vectors.T).max(axis=1)
        limit = self.least_near * np.minimum(1.0, words / FULL) ** SHORTENING
        return np.asarray((nearest < limit) & vectors.any(axis=1))


@dataclass(frozen=True)
class Model:
    """All that labelling needs; `id` and `sha256` are the file's."""

    base: FirstLevel
    stack: Stacking
    cuts: list[Threshold]
    """One for each topic."""
    source_sure: float
    """The likeliest source type is `sure` from this probability on."""
    familiar: TrainingDistribution
    outlets: Outlets = field(default_factory=dict)
    """The registry of outlets that was beside the seeds."""
    id: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Judgement:
    """Probabilities for some articles, and whether the model knows their kind."""

    topics: Floats
    source: Floats
    primary: Floats
    supported: NDArray[np.bool_]
    """The language is one that the seeds have."""
    strange: NDArray[np.bool_]
    """Unlike every seed."""
    unknown: Floats
    """Share of each article's words that are not in the vocabulary: of them the model knows the place in meaning at most."""
    sentences: Floats
    """Log-odds of every sentence, in reading order, (sentences, topics)."""
