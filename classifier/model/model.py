"""Hold a model as one value: first level, stacking, thresholds, training distribution and registry of outlets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.model.first_level import FirstLevel
from classifier.model.linear import Floats
from classifier.model.outlets import Outlets
from classifier.model.stacking import Stacking
from classifier.model.thresholds import Threshold

FULL_LENGTH = 130
"""Words from which an article's mean vector hardly changes any more."""
SHORTENING = 0.36
"""Power by which the limit falls for shorter ones: 8, 25 and 60 words cut from the seeds' own beginnings come as near to the other
seeds as .22, .35 and .50 in all but one of 200 cases, whole seeds as .60; a fixed limit made every short notice unsure."""


@dataclass(frozen=True)
class TrainingDistribution:
    """What the seeds look like, to recognise a text that is unlike all of them."""

    vectors: Floats
    """Mean word vector of each seed, of length one, (seeds, numbers of a vector)."""
    min_cosine: float
    """A text of FULL_LENGTH words or more is out of distribution whose nearest seed has a smaller cosine."""
    languages: dict[str, tuple[str, ...]]
    """The languages of the seeds, each with its commonest words (classifier.text.language)."""

    def out_of_distribution(self, vectors: Floats, words: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each article, by its mean vector and number of words, is far from every seed, (articles,).

        One without any known word vector cannot be compared, and counts as near.
        """
        nearest = (vectors @ self.vectors.T).max(axis=1)
        limit = self.min_cosine * np.minimum(1.0, words / FULL_LENGTH) ** SHORTENING
        return np.asarray((nearest < limit) & vectors.any(axis=1))


@dataclass(frozen=True)
class Model:
    """All that labelling needs; `id` and `sha256` are those of the manifest, empty before the model is saved."""

    first_level: FirstLevel
    stacking: Stacking
    thresholds: list[Threshold]
    """One for each topic."""
    source_threshold: float
    """The likeliest source type is `sure` from this probability on."""
    training_distribution: TrainingDistribution
    outlets: Outlets = field(default_factory=dict)
    """The registry of outlets that was beside the seeds."""
    id: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Predictions:
    """What a model predicts for some articles, a row for each."""

    topics: Floats
    """Calibrated probabilities, (articles, topics)."""
    source: Floats
    """Calibrated probabilities, (articles, source types)."""
    primary: Floats
    """The probability that each topic is the main one, (articles, topics)."""
    language_supported: NDArray[np.bool_]
    """Whether the seeds have the article's language."""
    out_of_distribution: NDArray[np.bool_]
    """Whether the article is unlike every seed, or its language is not supported."""
    unknown_words: Floats
    """Share of each article's words that are not in the vocabulary; at most their word vectors are known."""
    sentences: Floats
    """Log-odds of every sentence, in the order of the texts, (sentences, topics)."""
