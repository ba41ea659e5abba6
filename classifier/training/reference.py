"""Reference kept: what a model said of seeds that it had not seen, against which the labels of later weeks are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import TOPICS
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Seed
from classifier.training.evaluate import BINS
from classifier.training.train import HeldOut

RARELY = 0.95
"""The quantile that names the upper end of what is common among seeds."""
FEWEST = 30
"""Seeds of a language under which such a quantile is one article's."""


def reference(seeds: Sequence[Seed], held: HeldOut, cuts: Sequence[Threshold]) -> dict[str, Any]:
    """For the manifest: by language the share of unknown words, by topic the shares of decisions and of scores in BINS equal bins.

    All of it is out of fold: a word that only the seed itself taught counts as unknown, as it would in the next article.
    """
    unknown = 1 - held.known
    languages = np.array([seed.language for seed in seeds])
    spoken = [name for name in np.unique(languages).tolist() if (languages == name).sum() >= FEWEST]
    topics = {topic.value: _of_topic(held.topics[:, place], cut) for place, (topic, cut) in enumerate(zip(TOPICS, cuts, strict=True))}
    return {"unknown_words": {name: _of_language(unknown[languages == name]) for name in spoken}, "topics": topics}


def _of_language(unknown: NDArray[Any]) -> dict[str, Any]:
    common = float(np.quantile(unknown, RARELY))
    return {"articles": len(unknown), "mean": round(float(unknown.mean()), 4), "p95": round(common, 4)}


def _of_topic(probability: NDArray[Any], cut: Threshold) -> dict[str, Any]:
    doubt = (probability > cut.low) & (probability < cut.high)
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    return {
        "yes": round(float((~doubt & (probability >= cut.threshold)).mean()), 4),
        "unsure": round(float(doubt.mean()), 4),
        "mean_probability": round(float(probability.mean()), 4),
        "scores": [round(float((bins == number).mean()), 4) for number in range(BINS)],
    }
