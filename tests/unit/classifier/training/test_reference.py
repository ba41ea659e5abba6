"""The reference of a model summarises its held-out predictions, which later weeks are compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.labels import TOPICS
from classifier.model import artifact
from classifier.model.thresholds import Threshold
from classifier.seeds.dataset import Seed
from classifier.training.reference import reference
from classifier.training.train import HeldOutPredictions


def held_out(rows: int) -> HeldOutPredictions:
    """Probabilities that rise evenly from 0 to 1, as do the shares of known words."""
    rising = np.linspace(0, 1, rows, dtype=np.float32)
    return HeldOutPredictions(np.tile(rising[:, None], 4), np.zeros((rows, 3)), np.zeros((rows, 4)), np.zeros(rows, np.int64), rising)


def seed(language: str) -> Seed:
    return Seed("x", "", (), frozenset(), None, "official", language, "authored")


def test_shares_of_decisions_scores_and_words_are_those_of_held_out_seeds() -> None:
    found = reference([seed("en")] * 101, held_out(101), [Threshold(0.5, 0.3, 0.7)] * 4)
    trade = found.topics["trade"]
    assert list(found.topics) == list(TOPICS)
    assert trade.unsure == pytest.approx(39 / 101, abs=0.01)
    assert trade.yes == pytest.approx(31 / 101, abs=0.01)
    assert sum(trade.scores) == pytest.approx(1, abs=0.001)
    assert found.to_dict()["unknown_words"] == {"en": {"articles": 101, "mean": 0.5, "p95": 0.95}}


def test_a_language_of_few_seeds_has_no_reference() -> None:
    found = reference([seed("en")] * 80 + [seed("km")] * 20, held_out(100), [Threshold(0.5, 0.3, 0.7)] * 4)
    assert list(found.unknown_words) == ["en"]


def test_a_trained_model_carries_its_reference(trained: Path) -> None:
    found = artifact.read_manifest(trained)["reference"]
    assert 0 < found["unknown_words"]["en"]["mean"] < found["unknown_words"]["en"]["p95"] < 0.6
    assert 0.05 < found["topics"]["trade"]["yes"] < 0.6
