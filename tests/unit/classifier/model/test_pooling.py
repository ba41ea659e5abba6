from __future__ import annotations

import numpy as np
import pytest

from classifier.model.pooling import NAMES, pool


def test_pooling_keeps_the_best_sentences_the_headline_and_the_lead() -> None:
    lengths, headlines = np.array([6, 1]), np.array([True, False])
    scores = np.array([[-2.0], [1.0], [3.0], [-1.0], [5.0], [0.0], [-4.0]], np.float32)
    first, second = (dict(zip(NAMES, row[0].tolist(), strict=True)) for row in pool(lengths, headlines, scores))
    assert (first["first"], first["second"], first["third"]) == (5, 3, 1)
    assert first["headline"] == -2
    assert first["lead"] == 3
    assert first["mean"] == pytest.approx(1)
    assert (second["first"], second["third"], second["headline"]) == (-4, -4, 0)


def test_an_article_without_sentences_has_features_of_zero() -> None:
    assert not pool(np.array([0]), np.array([False]), np.zeros((0, 4), np.float32)).any()
