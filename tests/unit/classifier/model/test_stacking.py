"""The stacking trusts first-level scores as far as real articles bear it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifier.model.first_level import SOURCE_COLUMNS, TOPIC_COLUMNS, ArticleScores
from classifier.model.stacking import SILENT, StackingExamples, fit_stacking


def examples(real: bool) -> StackingExamples:
    """Sixty articles; the more the outlet praises, the likelier the second source type."""
    random = np.random.default_rng(5)
    sources = np.arange(60) % 3
    source = random.normal(size=(60, len(SOURCE_COLUMNS))).astype(np.float32)
    source[:, SOURCE_COLUMNS.position("speakers", SILENT)] = sources == 1
    topics = random.normal(size=(60, 1, len(TOPIC_COLUMNS))).astype(np.float32)
    labels = (topics[:, :, 0] > 0).astype(np.int8)
    scores = ArticleScores(topics, source, np.ones(60, np.float32), np.ones((60, 2), np.float32))
    none = topics[:0]
    return StackingExamples(scores, labels, sources, labels, np.full(60, real), none, labels[:0])


@pytest.mark.parametrize(("real", "heard"), [(True, False), (False, True)])
def test_the_share_of_praise_is_heard_only_where_no_real_article_teaches(real: bool, heard: bool) -> None:
    weights = fit_stacking(examples(real)).source.weights[SOURCE_COLUMNS.position("speakers", SILENT)]
    assert bool(np.abs(weights).max() > 0) is heard


def test_articles_whose_topics_are_unknown_teach_only_the_source_type() -> None:
    given = examples(real=True)
    unknown = np.where(np.arange(60)[:, None] < 20, -1, given.topics).astype(np.int8)
    contrary = np.where(unknown[:, :, None] < 0, -given.articles.topics, given.articles.topics)
    taught = [
        fit_stacking(replace(given, articles=replace(given.articles, topics=scores), topics=unknown, primary=unknown))
        for scores in (given.articles.topics, contrary)
    ]
    assert np.array_equal(taught[0].topics[0].weights, taught[1].topics[0].weights)
    assert np.array_equal(taught[0].source.weights, taught[1].source.weights)
