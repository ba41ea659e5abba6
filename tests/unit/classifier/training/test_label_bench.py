"""The comparison of ways to label ends: it takes labels that know only a source type, and leaves folds out where time is short."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.label import Clock, Sets, as_seed, linear
from benchmarks.text_features import LETTERS, WORDS, tf_idf
from classifier.seeds.dataset import Seed
from training.feature_rows import Text


@pytest.fixture(scope="module")
def sets(few_seeds: list[Seed]) -> Sets:
    text = "Book now. Our award-winning hotel offers the finest rooms by the river, and our guests love us."
    label = {"id": "p1", "source_type": "promotional", "language": "en"}
    page = as_seed(Text("Rooms", text, "hotel.example", label, source_only=True))
    return Sets(few_seeds[:120], [page], np.array([True]), few_seeds[120:150], few_seeds[150:])


def test_a_text_whose_labels_know_only_its_source_type_is_taken(sets: Sets) -> None:
    assert sets.teaching[0].topics == frozenset()
    assert sets.teaching[0].source_type == "promotional"


def test_a_way_without_time_leaves_folds_out_and_says_so(sets: Sets) -> None:
    encode = tf_idf([f"{seed.title}\n{seed.text}" for seed in sets.every])
    name, seeds, testing, dev = linear("TF-IDF", sets, encode, 3.0, Clock("TF-IDF", 3, minutes=0))
    assert name == "TF-IDF (1 of 3 folds)"
    assert 0 < np.isnan(seeds[1]).any(axis=1).mean() < 1
    assert not np.isnan(testing[1]).any()
    assert len(dev[1]) == len(sets.dev)


def test_a_way_with_time_has_all_folds(sets: Sets) -> None:
    encode = tf_idf([f"{seed.title}\n{seed.text}" for seed in sets.every])
    name, seeds, _, _ = linear("TF-IDF", sets, encode, 3.0, Clock("TF-IDF", 3, minutes=60))
    assert name == "TF-IDF"
    assert not np.isnan(seeds[0]).any()


def test_terms_that_are_counted_once_weigh_as_if_counted_for_the_fold(few_seeds: list[Seed]) -> None:
    texts = [seed.text for seed in few_seeds]
    taught, measured = np.arange(0, 60), np.arange(60, 90)
    found, _ = tf_idf(texts)(taught, measured)
    blocks = [TfidfVectorizer(sublinear_tf=True, **options).fit_transform(texts[:60]) for options in (WORDS, LETTERS)]
    assert found.shape == sparse.hstack(blocks).shape
    assert abs(found - sparse.hstack(blocks)).max() < 1e-9
