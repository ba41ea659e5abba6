"""`Labeller` is a scikit-learn classifier of texts: cloned, piped, searched, and fitted to classes or to sets of labels."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator

from classifier.estimator import Labeller
from classifier.seeds.dataset import Seed


@pytest.fixture(scope="module")
def texts(few_seeds: list[Seed]) -> list[str]:
    return [f"{seed.title}\n{seed.text}" for seed in few_seeds]


@pytest.fixture(scope="module")
def kinds(few_seeds: list[Seed]) -> list[str]:
    return [seed.source_type for seed in few_seeds]


@pytest.fixture(scope="module")
def fitted(texts: list[str], kinds: list[str]) -> Labeller:
    return Labeller(folds=3).fit(texts[::2], kinds[::2])


def test_it_passes_the_checks_that_scikit_learn_has_for_texts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "requires input of type string": the checks of numbers do not apply
        check_estimator(Labeller())


def test_it_learns_classes_and_gives_calibrated_probabilities(fitted: Labeller, texts: list[str], kinds: list[str]) -> None:
    probabilities = fitted.predict_proba(texts[1::2])
    assert fitted.classes_.tolist() == ["independent", "official", "promotional"]
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert fitted.score(texts[1::2], kinds[1::2]) > 0.85


def test_a_clone_has_the_parameters_and_nothing_learned(fitted: Labeller, texts: list[str]) -> None:
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(texts[:1])


def test_the_same_texts_give_the_same_probabilities(fitted: Labeller, texts: list[str], kinds: list[str]) -> None:
    again = clone(fitted).fit(texts[::2], kinds[::2])
    assert np.array_equal(again.predict_proba(texts[:20]), fitted.predict_proba(texts[:20]))


def test_it_learns_a_matrix_of_labels(few_seeds: list[Seed], texts: list[str]) -> None:
    truth = np.array([["trade" in seed.topics, "culture" in seed.topics] for seed in few_seeds], int)
    found = Labeller(folds=3).fit(texts[::2], truth[::2]).predict(texts[1::2])
    assert found.shape == truth[1::2].shape
    assert (found == truth[1::2]).mean() > 0.85


def test_it_works_in_a_pipeline_and_in_a_grid_search(texts: list[str], kinds: list[str]) -> None:
    pipeline = Pipeline([("strip", FunctionTransformer(lambda found: [text.strip() for text in found])), ("label", Labeller(folds=2))])
    search = GridSearchCV(pipeline, {"label__terms_c": [0.01, 3.0]}, cv=2).fit(texts[:60], kinds[:60])
    assert search.best_params_["label__terms_c"] in (0.01, 3.0)
    assert search.best_score_ > 0.6
    assert len(cross_val_score(Labeller(folds=2), texts[:30], kinds[:30], cv=2)) == 2


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ("one text", ["a"], "expected a list of texts, got one text"),
        ([1, 2], ["a", "b"], "expected a list of texts, got int in it"),
        ([], [], "expected texts, got none"),
        (["a text", "another"], ["a"], "expected a label for each of 2 texts, got 1"),
        (["a text", "another"], ["a", "b"], "expected 2 texts or more"),
        (["a text", "another"], [0.5, 1.5], "Unknown label type"),
    ],
)
def test_what_is_no_list_of_labelled_texts_is_refused(x: object, y: object, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Labeller().fit(x, y)


def test_it_can_be_pickled_as_joblib_does(fitted: Labeller, texts: list[str]) -> None:
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - its own bytes
    assert np.array_equal(again.predict_proba(texts), fitted.predict_proba(texts))
