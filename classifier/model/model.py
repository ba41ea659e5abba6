"""Hold a model as one value: first level, stacking, thresholds, training distribution and registry of outlets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.label_set import DEFAULT, LabelSet
from classifier.labels import SOURCE_TYPES, SourceType
from classifier.model.first_level import FirstLevel
from classifier.model.linear import Floats
from classifier.model.outlets import Outlets
from classifier.model.stacking import Stacking
from classifier.model.thresholds import WIDENING, Threshold

FULL_LENGTH = 130
"""Words from which an article's mean vector hardly changes any more."""
SHORTENING = 0.36
"""Power by which the limit falls for shorter ones: 8, 25 and 60 words cut from the seeds' own beginnings come as near to the other
seeds as .22, .35 and .50 in all but one of 200 cases, whole seeds as .60; a fixed limit made every short notice unsure."""


SMALLEST_SPREAD = 1e-6
"""Divides where the usual and the smallest cosine are the same."""


@dataclass(frozen=True)
class TrainingDistribution:
    """What the model has seen, to recognise a text that is unlike all of it."""

    vectors: Floats
    """Mean word vector of each article that taught, of length one, (articles, numbers of a vector)."""
    min_cosine: float
    """A text of FULL_LENGTH words or more is out of distribution whose nearest article has a smaller cosine."""
    usual_cosine: float
    """Three quarters of the articles are at least as near to another one; from there to `min_cosine` doubt grows from 0 to 1."""
    languages: dict[str, tuple[str, ...]]
    """The languages of the seeds, each with its commonest words (classifier.text.language)."""

    def doubt(self, vectors: Floats, words: NDArray[np.floating]) -> Floats:
        """How far each article is from everything seen, by its mean vector and its words, (articles,): 0 usual, 1 out of distribution.

        One without any known word vector cannot be compared, and counts as near.
        """
        nearest = (vectors @ self.vectors.T).max(axis=1)
        shorter = np.minimum(1.0, words / FULL_LENGTH) ** SHORTENING
        doubt = (self.usual_cosine * shorter - nearest) / np.maximum((self.usual_cosine - self.min_cosine) * shorter, SMALLEST_SPREAD)
        return np.asarray(np.where(vectors.any(axis=1), np.clip(doubt, 0.0, 1.0), 0.0), np.float32)


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
    label_set: LabelSet = DEFAULT
    """The topics, in the order of the columns."""
    id: str = ""
    sha256: str = ""

    def is_sure(self, source: Floats, doubt: Floats, outsiders: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the likeliest source type of each article is `sure`, (articles,): the stranger the article, the higher the probability
        that it takes. By the text alone no article is surely official or promotional in which an outsider speaks.

        `source`: probabilities, (articles, source types).
        """
        sure_from = self.source_threshold + (1 - self.source_threshold) * doubt * WIDENING
        return np.asarray((source.max(axis=1) >= sure_from) & ~is_contradicted(source, outsiders))


def is_contradicted(source: Floats, outsiders: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether an outsider speaks in an article whose likeliest source type is not independent. Of the held-out real articles that would
    be `sure` so, two in three are right, of the others .95 (docs/decisions/trust.md)."""
    return np.asarray(outsiders & (source.argmax(axis=1) != SOURCE_TYPES.index(SourceType.INDEPENDENT)))


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
    doubt: Floats
    """How far each article is from everything seen, 0 to 1; 1 too where its language is not supported."""
    outsiders: NDArray[np.bool_]
    """Whether an outsider speaks in the article."""
    unknown_words: Floats
    """Share of each article's words that are not in the vocabulary; at most their word vectors are known."""
    sentences: Floats
    """Log-odds of every sentence, in the order of the texts, (sentences, topics)."""
    source_sentences: Floats
    """How far each sentence speaks for each source type and against the others, (sentences, source types)."""
