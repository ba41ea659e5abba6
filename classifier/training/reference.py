"""Summarise the predictions for held-out seeds; the weekly drift report compares with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from classifier.label_set import DEFAULT
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Seed
from classifier.training.evaluate import BINS, Probabilities, bins_of
from classifier.training.train import HeldOutPredictions

UPPER_QUANTILE = 0.95
"""Up to it a share of unknown words is common among seeds."""
MIN_ARTICLES = 30
"""Seeds of a language; with fewer that quantile depends on one or two articles."""


@dataclass(frozen=True, slots=True)
class LanguageReference:
    """The share of unknown words in the seeds of one language."""

    articles: int
    mean: float
    p95: float


@dataclass(frozen=True, slots=True)
class TopicReference:
    """The predictions of one topic."""

    yes: float
    """Share of the articles."""
    unsure: float
    """Share of the articles."""
    mean_probability: float
    scores: list[float]
    """Share of the articles in each of BINS equal bins of probability."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The predictions for all seeds."""

    unknown_words: dict[str, LanguageReference]
    """By language, those of MIN_ARTICLES seeds or more."""
    topics: dict[str, TopicReference]

    def to_dict(self) -> dict[str, object]:
        """As the manifest has it."""
        return asdict(self)


def reference(
    seeds: Sequence[Seed], held_out: HeldOutPredictions, thresholds: Sequence[Threshold], topic_names: Sequence[str] = DEFAULT.topics
) -> Reference:
    """The reference of a model.

    All of it is out of fold: a word that only the seed itself has counts as unknown, as it would in the next article.
    """
    unknown = 1 - held_out.known_words
    languages = np.array([seed.language for seed in seeds])
    common = [name for name in np.unique(languages).tolist() if (languages == name).sum() >= MIN_ARTICLES]
    topics = zip(topic_names, held_out.topics.T, thresholds, strict=True)
    return Reference(
        unknown_words={name: _of_language(unknown[languages == name]) for name in common},
        topics={topic: _of_topic(probability, threshold) for topic, probability, threshold in topics},
    )


def _of_language(unknown: Probabilities) -> LanguageReference:
    upper = float(np.quantile(unknown, UPPER_QUANTILE))
    return LanguageReference(len(unknown), round(float(unknown.mean()), 4), round(upper, 4))


def _of_topic(probability: Probabilities, threshold: Threshold) -> TopicReference:
    unsure = threshold.unsure(probability)
    bins = bins_of(probability)
    return TopicReference(
        yes=round(float((~unsure & (probability >= threshold.value)).mean()), 4),
        unsure=round(float(unsure.mean()), 4),
        mean_probability=round(float(probability.mean()), 4),
        scores=[round(float((bins == number).mean()), 4) for number in range(BINS)],
    )
