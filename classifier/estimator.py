"""Offer the classifier's features as a scikit-learn classifier of texts: for a notebook, a `Pipeline`, a `GridSearchCV`.

It learns any classes (a label for each text) or any set of labels (a matrix of 0 and 1), without the topics of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from classifier.features.counts import CountedArticles
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model.first_level import source_style
from classifier.model.linear import Floats, LinearModel, Matrix, fit_labels, sigmoid
from classifier.model.stacking import TOPIC_C, fit_standardised
from classifier.text.document import ParsedText, parse_text

SPREAD_FLOOR = 0.05
"""Added to the standard deviation of a style feature, so that one that hardly varies is not scaled up."""
FEWEST = 2
"""Texts of a class that cross-validation needs."""

Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class _Heads:
    """Three linear models of the same labels, on terms, on word vectors and lexicon, on style."""

    encoder: Encoder
    terms: LinearModel
    dense: LinearModel
    style: LinearModel
    mean: Floats
    spread: Floats

    def scores(self, texts: Sequence[ParsedText]) -> Floats:
        """Log-odds, (texts, labels, 3)."""
        terms, dense, style = _features(self.encoder, self.encoder.count(texts), self.mean, self.spread)
        return np.stack([self.terms.scores(terms), self.dense.scores(dense), self.style.scores(style)], axis=2)


def _features(encoder: Encoder, counted: CountedArticles, mean: Floats, spread: Floats) -> tuple[Matrix, Floats, Floats]:
    dense = encoder.dense(counted.articles)
    return encoder.tf_idf(counted.terms), dense, source_style(encoder, dense, (counted.styles - mean) / spread)


class Labeller(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of texts. `X` is a list of texts; a headline is the first line, on a line of its own.

    `terms_c`, `dense_c` and `style_c` are the inverse regularisation of the linear models of words and pairs, of word vectors and
    lexicon, and of style; `folds` is how often the texts are split to learn how far each is to be trusted. Probabilities are
    calibrated by that. The same texts give the same model.
    """

    def __init__(self, *, terms_c: float = 3.0, dense_c: float = 0.3, style_c: float = 0.05, folds: int = 5) -> None:
        self.terms_c = terms_c
        self.dense_c = dense_c
        self.style_c = style_c
        self.folds = folds

    def __sklearn_tags__(self) -> object:
        """Texts are wanted, not numbers; a matrix of labels too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self, X: Iterable[str], y: ArrayLike, sample_weight: ArrayLike | None = None) -> Labeller:
        """Learns from texts and their classes, or a matrix of labels; raises ValueError for what is neither."""
        texts = _parsed(X)
        truth = self._targets(y, len(texts))
        weights = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        if weights.shape != (len(texts),):
            raise ValueError(f"expected a weight for each of {len(texts)} texts, got the shape {weights.shape}")
        held_out = np.zeros((*truth.shape, 3), np.float32)
        for learned, held in self._splits(truth):
            held_out[held] = self._fit_heads([texts[row] for row in learned], truth[learned], weights[learned]).scores(
                [texts[row] for row in held]
            )
        self.heads_ = self._fit_heads(texts, truth, weights)
        self.stack_ = [fit_standardised(held_out[:, label], truth[:, label], weights, TOPIC_C) for label in range(truth.shape[1])]
        return self

    def _targets(self, y: ArrayLike, texts: int) -> NDArray[np.int8]:
        """A column of 0 and 1 for each class or label; sets `classes_` and `multilabel_`."""
        check_classification_targets(y)
        given = np.asarray(y)
        if len(given) != texts:
            raise ValueError(f"expected a label for each of {texts} texts, got {len(given)}")
        self.multilabel_ = type_of_target(y) == "multilabel-indicator"
        if self.multilabel_:
            self.classes_ = np.arange(given.shape[1])
            truth = given.astype(np.int8)
        else:
            self.classes_ = np.unique(given)
            truth = (given[:, None] == self.classes_).astype(np.int8)
        if min(truth.sum(axis=0).min(), (1 - truth).sum(axis=0).min()) < FEWEST:
            raise ValueError(f"expected {FEWEST} texts or more with and without each of {len(self.classes_)} labels")
        return truth

    def _splits(self, truth: NDArray[np.int8]) -> list[tuple[Indices, Indices]]:
        rows = np.arange(len(truth))
        if self.multilabel_:
            return list(KFold(min(self.folds, len(rows)), shuffle=True, random_state=0).split(rows))
        fewest = int(truth.sum(axis=0).min())
        splitter = StratifiedKFold(max(FEWEST, min(self.folds, fewest)), shuffle=True, random_state=0)
        return list(splitter.split(rows, truth.argmax(axis=1)))

    def _fit_heads(self, texts: Sequence[ParsedText], truth: NDArray[np.int8], weights: NDArray[np.float64]) -> _Heads:
        encoder = Encoder(learn_vocabulary(texts), read_vectors(), read_feature_lexicon())
        counted = encoder.count(texts)
        mean, spread = counted.styles.mean(axis=0), counted.styles.std(axis=0) + SPREAD_FLOOR
        terms, dense, style = _features(encoder, counted, mean, spread)
        return _Heads(
            encoder,
            terms=fit_labels(terms, truth, self.terms_c, weights),
            dense=fit_labels(dense, truth, self.dense_c, weights),
            style=fit_labels(style, truth, self.style_c, weights),
            mean=mean,
            spread=spread,
        )

    def predict_proba(self, X: Iterable[str]) -> Floats:
        """Probabilities, (texts, classes); those of classes sum to 1, those of labels need not."""
        check_is_fitted(self, "stack_")
        scores = self.heads_.scores(_parsed(X))
        found = sigmoid(np.hstack([model.scores(scores[:, label]) for label, model in enumerate(self.stack_)]))
        return found if self.multilabel_ else np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)

    def predict(self, X: Iterable[str]) -> NDArray[np.generic]:
        """The likeliest class of each text; of labels a matrix of 0 and 1."""
        probabilities = self.predict_proba(X)
        if self.multilabel_:
            return np.asarray(probabilities >= 0.5, np.int64)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])


def _parsed(texts: Iterable[str]) -> list[ParsedText]:
    """The texts, parsed; raises ValueError for what is no list of texts."""
    if isinstance(texts, str):
        raise ValueError("expected a list of texts, got one text")  # noqa: TRY004 - as scikit-learn has it
    found = list(texts)
    if wrong := next((text for text in found if not isinstance(text, str)), None):
        raise ValueError(f"expected a list of texts, got {type(wrong).__name__} in it")
    if not found:
        raise ValueError("expected texts, got none")
    return [parse_text("", text) for text in found]
