"""Write the card of a model: what it was trained on, how well it does and where it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model import artifact
from classifier.model.artifact import Manifest
from classifier.model.first_level import source_targets, topic_targets
from classifier.model.model import Model
from classifier.report import markdown, plots
from classifier.seeds.dataset import Seed, digest
from classifier.training.commands import evaluate_model
from classifier.training.evaluate import evaluate
from classifier.training.figures import Evaluation, LabelFigures
from classifier.training.held_out import HeldOutRows, key_of, read_rows
from classifier.training.learning_curve import OTHERS, SHARES, Point, learning_curve
from classifier.training.train import Progress

TOP_WORDS = 15
"""For a topic: enough to see a bias, few enough to read."""
TOP_GROUPS = 4
"""Lexicon groups for a topic: further ones have weights near zero."""
SHORTEST_WORD = 3
"""Letters; shorter ones are mostly pieces of words."""
LIMITS = (
    "Seeds are written for this project; real outlets differ. The figures on other texts, where given, say how much.",
    "Lists, participles and page boilerplate are recognised by rules for English; elsewhere a topic that is only mentioned may be found.",
    "Thai, Khmer, Vietnamese and French have some eighty seeds each: their labels are a first sorting, not a decision.",
    "Languages without seeds are answered with `unsure` and `language_supported: false`.",
    "A newspaper that only relays one office's words is official by the guide; the model sees the words, not the missing second source.",
)


@dataclass(frozen=True)
class CardData:
    """What a card is written from; `rows` has the held-out predictions for `seeds`, in their order."""

    model: Model
    manifest: Manifest
    seeds: list[Seed]
    rows: HeldOutRows
    others: Evaluation | None
    """Figures on other texts, as `evaluate --on` gives them."""
    curve: list[Point]

    def evaluate(self, rows: list[int]) -> Evaluation:
        """Held-out figures of some of the seeds, main topics left out."""
        seeds = [self.seeds[row] for row in rows]
        return evaluate(seeds, self.rows.topics[rows], self.rows.source[rows], [None] * len(rows), self.model.thresholds)


def gather(folder: Path, seeds: Sequence[Seed], others: Sequence[Seed] = (), progress: Progress = lambda *_: None) -> CardData:
    """The data for the model in `folder`, from its seeds and from labelled articles that are no seeds; trains models for the curve.

    Raises BadModel where the seeds are not those that it was trained on, BadCall where plots cannot be drawn.
    """
    plots.expect_matplotlib()
    manifest = artifact.read_manifest(folder)
    if manifest["data"]["sha256"] != digest(seeds):
        trained = manifest["data"]["articles"]
        raise BadModel(f"{folder}: expected the {trained} seeds that it was trained on, got {len(seeds)} others")
    rows = read_rows(folder).select([key_of(seed) for seed in seeds])
    model = artifact.load(folder)
    evaluation = evaluate_model(model, others) if others else None
    return CardData(model, manifest, list(seeds), rows, evaluation, learning_curve(seeds, model, rows, others, progress))


def write(data: CardData, out: Path) -> tuple[Path, Path]:
    """Writes `card.md` and `card.html` into `out`; only the HTML has plots."""
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(_markdown(data))
    (out / "card.md").write_text(text + "\n", encoding="utf-8")
    (out / "card.html").write_text(_html(data, text), encoding="utf-8")
    return out / "card.md", out / "card.html"


def _markdown(data: CardData) -> list[str]:
    manifest = data.manifest
    lines = [f"# Model {manifest['id']}", "", f"SHA-256 `{manifest['sha256']}`.", ""]
    lines += ["## Data", "", *_data(data), ""]
    lines += ["## Out of fold, whole authors held out", "", *_figures(Evaluation.from_dict(manifest["held_out"])), ""]
    if data.others:
        lines += [f"## On {data.others.articles} other texts, not used in training", "", *_figures(data.others), ""]
    lines += ["## Out of fold by origin", "", *_by_origin(data), ""]
    lines += ["## Learning curve, by origin of the test texts", "", *_curve(data.curve), ""]
    lines += ["## Strongest words and lexicon groups of the sentence model", "", *_strongest(data.model), ""]
    lines += ["## Known limits", "", *(f"- {limit}" for limit in LIMITS), ""]
    return [*lines, "## Made with", "", ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())]


def _data(data: CardData) -> list[str]:
    summary = data.manifest["data"]
    by_source = Counter(seed.source_type for seed in data.seeds)
    by_topic = Counter(topic for seed in data.seeds for topic in seed.topics)
    languages = ", ".join(f"{count} {language}" for language, count in summary["languages"].items())
    return [
        f"{summary['articles']} articles, digest `{summary['sha256']}`; {languages}.",
        f"Topics: {', '.join(f'{topic} {by_topic[topic]}' for topic in TOPICS)}; "
        f"none {sum(not seed.topics for seed in data.seeds)}. "
        f"Source types: {', '.join(f'{source_type} {by_source[source_type]}' for source_type in SOURCE_TYPES)}.",
    ]


def _figures(evaluation: Evaluation) -> list[str]:
    lines = ["| label | precision | recall | F1 | support | threshold | ECE | unsure |", "|---|---|---|---|---|---|---|---|"]
    lines += [_row(name, label) for name, label in (*evaluation.topics.labels.items(), *evaluation.source_type.labels.items())]
    lines += ["", f"Macro-F1: topics {evaluation.topics.macro_f1:.3f}, source type {evaluation.source_type.macro_f1:.3f}."]
    lines += [f"Primary topic right in {evaluation.primary_right:.3f}.", "", "Source type, truth in rows:", ""]
    lines += [f"| | {' | '.join(SOURCE_TYPES)} |", "|---|---|---|---|"]
    confusion = zip(SOURCE_TYPES, evaluation.source_type.confusion, strict=True)
    return lines + [f"| {source_type} | {' | '.join(map(str, row))} |" for source_type, row in confusion]


def _row(name: str, label: LabelFigures) -> str:
    shares = [f"{share:.3f}" for share in (label.precision, label.recall, label.f1)]
    others = ["" if figure is None else f"{figure:.3f}" for figure in (label.threshold, label.ece, label.unsure)]
    return f"| {name} | {' | '.join([*shares, str(label.support), *others])} |"


def _by_origin(data: CardData) -> list[str]:
    """Figures for each file of seeds by models without its authors: real outlets differ from the seeds at least as much."""
    rows_of: dict[str, list[int]] = {}
    for row, seed in enumerate(data.seeds):
        rows_of.setdefault(Path(seed.where.rpartition(":")[0]).name, []).append(row)
    lines = ["| seeds | articles | topics macro-F1 | source type macro-F1 |", "|---|---|---|---|"]
    for file, rows in sorted(rows_of.items()):
        found = data.evaluate(rows)
        lines.append(f"| {file} | {len(rows)} | {found.topics.macro_f1:.3f} | {found.source_type.macro_f1:.3f} |")
    return lines


def _curve(points: Sequence[Point]) -> list[str]:
    """What more seeds bring, and the difference between the seeds' authors and other texts."""
    if not points:
        return ["Too few seeds for one."]
    shares = ", ".join(f"1/{round(1 / share)}" for share in SHARES)
    lines = [
        f"Models trained on {shares} of the seeds outside one fold, and measured on that fold; the last point is the model of all other",
        f"folds, for {OTHERS} the whole model. Macro-F1 over the labels that occur.",
        "",
        "| test texts | how many | seeds | topics macro-F1 | source type macro-F1 |",
        "|---|---|---|---|---|",
    ]
    return lines + [f"| {p.origin} | {p.articles} | {p.seeds} | {p.topics:.3f} | {p.source_type:.3f} |" for p in points]


def _strongest(model: Model) -> list[str]:
    """For each topic the vocabulary's words and the lexicon groups with the largest weights in the sentence model."""
    encoder = model.first_level.encoder
    words = [term for term in encoder.vocabulary.terms if term.isalpha() and len(term) >= SHORTEST_WORD]
    lines = []
    for topic, weights in zip(TOPICS, model.first_level.sentence.weights.T, strict=True):
        by_vector = encoder.vectors.weights(words, weights[encoder.dense_columns.block("word_vector")])
        best = np.argsort(-by_vector, kind="stable")[:TOP_WORDS]
        by_group = zip(encoder.lexicon.groups, weights[encoder.dense_columns.block("lexicon_count")], strict=True)
        groups = sorted(by_group, key=lambda pair: -abs(pair[1]))[:TOP_GROUPS]
        shown = ", ".join(f"{name} {weight:+.2f}" for name, weight in groups)
        lines.append(f"- {topic}: {', '.join(words[row] for row in best)}. Groups: {shown}.")
    return lines


def _html(data: CardData, text: str) -> str:
    truth = np.hstack([topic_targets(data.seeds) == 1, np.eye(len(SOURCE_TYPES), dtype=bool)[source_targets(data.seeds)]])
    probability = np.hstack([data.rows.topics, data.rows.source])
    names = [*map(str, TOPICS), *map(str, SOURCE_TYPES)]
    figures = [plots.reliability(names, probability, truth), plots.precision_recall(names, probability, truth)]
    figures += [plots.learning(data.curve)] if data.curve else []
    return markdown.render(f"Model {data.manifest['id']}", text, figures)
