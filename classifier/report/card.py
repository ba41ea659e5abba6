"""Write the card of a model: what to rely on, how well it does where, and what it was trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classifier.child_process import Progress, compute
from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES
from classifier.model import artifact
from classifier.model.manifest import Manifest
from classifier.model.model import Model
from classifier.report import markdown, plots
from classifier.report.summary import in_words
from classifier.report.words import telling_words
from classifier.training.commands import evaluate_model, read_articles
from classifier.training.corpus import Material, read_material, source_targets, targets_of, topic_targets
from classifier.training.evaluate import evaluate
from classifier.training.figures import Evaluation, LabelFigures
from classifier.training.held_out import HeldOutRows, key_of, read_rows
from classifier.training.learning_curve import Point, learning_curve
from classifier.training.real_figures import RealFigures

LIMITS = (
    "One reader labelled each real text; a second one, blind on 110, agreed on .977 of the source types and .857 of the topics (macro-F1).",
    "Lists, participles and page boilerplate are recognised by rules for English; elsewhere a topic that is only mentioned may be found.",
    "Thai, Khmer, Vietnamese and French have some eighty seeds each and few real texts: their labels are a first sorting, not a decision.",
    "Languages without seeds are answered with `unsure` and `language_supported: false`.",
    "A newspaper that only relays one office's words is official by the guide; the model sees the words, not the missing second source.",
)


@dataclass(frozen=True)
class CardData:
    """What a card is written from; `rows` has the held-out predictions for the seeds, in their order."""

    model: Model
    manifest: Manifest
    material: Material
    rows: HeldOutRows
    real: RealFigures | None
    """None where no feature rows are beside the seeds."""
    others: Evaluation | None
    """Figures on other texts, as `evaluate --on` gives them."""
    curve: list[Point]

    def evaluate(self, chosen: list[int]) -> Evaluation:
        """Held-out figures of some of the seeds."""
        seeds = [self.material.seeds[row] for row in chosen]
        targets, predicted = targets_of(seeds, self.material.label_set), self.rows.predicted(np.array(chosen, np.int64))
        return evaluate(targets, predicted, self.model.thresholds, self.model.label_set.topics)


class Card(NamedTuple):
    """A card as it is written to files; only the HTML has plots."""

    markdown: str
    html: str


def gather(folder: Path, seeds_folder: Path, others: Path | None = None, progress: Progress = lambda *_: None) -> Card:
    """The card of the model in `folder`, the same in every environment: a child process computes all that stands in it.

    Raises as `gather_here` does.
    """
    arguments = [str(folder), str(seeds_folder), str(others) if others else None]
    return Card(**compute(card_of, arguments, progress, "process that makes the card to return it"))


def card_of(folder: str, seeds_folder: str, others: str | None, progress: Progress) -> dict[str, str]:
    """The card that `gather` asked for, as JSON has it."""
    return render(gather_here(Path(folder), Path(seeds_folder), Path(others) if others else None, progress))._asdict()


def gather_here(folder: Path, seeds_folder: Path, others: Path | None = None, progress: Progress = lambda *_: None) -> CardData:
    """The data for the model in `folder`, from its seeds and from a file of labelled articles; trains models for the curve.

    Raises BadModel where the seeds are not those that it was trained on, BadCall where plots cannot be drawn.
    """
    plots.expect_matplotlib()
    manifest, material = artifact.read_manifest(folder), read_material(seeds_folder)
    if manifest["data"]["sha256"] != material.digest:
        trained = manifest["data"]["articles"]
        raise BadModel(f"{folder}: expected the {trained} seeds that it was trained on, got {len(material.seeds)} others")
    rows = read_rows(folder).select([key_of(seed) for seed in material.seeds])
    model = artifact.load(folder)
    evaluation = evaluate_model(model, read_articles(others, model.label_set)) if others else None
    real = RealFigures.from_dict(manifest["real"]) if "real" in manifest else None
    return CardData(model, manifest, material, rows, real, evaluation, learning_curve(material, model, rows, progress))


def render(data: CardData) -> Card:
    """The card with those data."""
    text = "\n".join(_markdown(data))
    return Card(text + "\n", _html(data, text))


def write(card: Card, out: Path) -> tuple[Path, Path]:
    """Writes `card.md` and `card.html` into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "card.md").write_text(card.markdown, encoding="utf-8")
    (out / "card.html").write_text(card.html, encoding="utf-8")
    return out / "card.md", out / "card.html"


def _markdown(data: CardData) -> list[str]:
    manifest = data.manifest
    lines = [f"# Model {manifest['id']}", "", *in_words(data.real), ""]
    lines += _real(data.real) if data.real else []
    if data.others:
        lines += [f"## On {data.others.articles} other texts, not used in training", "", *_figures(data.others), ""]
    lines += ["## Learning curve", "", *_curve(data.curve), ""]
    lines += ["## Seeds, out of fold, whole authors held out", "", *_figures(Evaluation.from_dict(manifest["held_out"])), ""]
    lines += ["## Seeds by file, out of fold", "", *_by_file(data), ""]
    lines += ["## What speaks for a topic", "", *telling_words(data.model, data.material.seeds), ""]
    lines += ["## Data", "", *_data(data), ""]
    lines += ["## Known limits", "", *(f"- {limit}" for limit in LIMITS), ""]
    versions = ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())
    return [*lines, "## Made with", "", f"{versions}. SHA-256 of the model `{manifest['sha256']}`."]


def _real(real: RealFigures) -> list[str]:
    """The figures on real articles of other outlets."""
    lines = [f"## Real articles of {real.outlets} outlets that taught nothing", "", *_figures(real.all), ""]
    lines += [f"On the {real.confident.articles} whose reader was sure of the labels:", "", *_figures(real.confident), ""]
    lines += ["Shares of right answers by kind, length, source type and language:", ""]
    lines += ["| articles | how many | all topics right | source type right |", "|---|---|---|---|"]
    return [*lines, *(f"| {g.name} | {g.articles} | {g.topics_right:.3f} | {g.source_right:.3f} |" for g in real.groups), ""]


def _data(data: CardData) -> list[str]:
    summary, seeds = data.manifest["data"], data.material.seeds
    by_source = Counter(seed.source_type for seed in seeds)
    by_topic = Counter(topic for seed in seeds for topic in seed.topics)
    languages = ", ".join(f"{count} {language}" for language, count in summary["languages"].items())
    lines = [
        f"{summary['articles']} articles, digest `{summary['sha256']}`; {languages}.",
        f"Topics: {', '.join(f'{topic} {by_topic[topic]}' for topic in data.model.label_set.topics)}; "
        f"none {sum(not seed.topics for seed in seeds)}. "
        f"Source types: {', '.join(f'{source_type} {by_source[source_type]}' for source_type in SOURCE_TYPES)}.",
    ]
    if "real" in summary:
        lines.append(
            f"Feature rows of {summary['real']['articles']} real articles of {summary['real']['outlets']} outlets teach beside them."
        )
    return lines


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


def _by_file(data: CardData) -> list[str]:
    """Figures for each file of seeds by models without its authors: real outlets differ from the seeds at least as much."""
    rows_of: dict[str, list[int]] = {}
    for row, seed in enumerate(data.material.seeds):
        rows_of.setdefault(Path(seed.where.rpartition(":")[0]).name, []).append(row)
    lines = ["| seeds | articles | topics macro-F1 | source type macro-F1 |", "|---|---|---|---|"]
    for file, rows in sorted(rows_of.items()):
        found = data.evaluate(rows)
        lines.append(f"| {file} | {len(rows)} | {found.topics.macro_f1:.3f} | {found.source_type.macro_f1:.3f} |")
    return lines


def _curve(points: Sequence[Point]) -> list[str]:
    """What more outlets, or more seeds, bring."""
    if not points:
        return ["Too few articles for one."]
    lines = [
        f"Models trained on growing shares of what teaches, and measured on {points[-1].articles} {points[-1].measured}; the last point is",
        "the whole model's, or that of all folds but the measured one. Macro-F1 over the labels that occur.",
        "",
        "| taught by | topics macro-F1 | source type macro-F1 |",
        "|---|---|---|",
    ]
    return lines + [f"| {p.size} {p.unit} | {p.topics:.3f} | {p.source_type:.3f} |" for p in points]


def _html(data: CardData, text: str) -> str:
    seeds, topics = data.material.seeds, data.model.label_set.topics
    truth = np.hstack([topic_targets(seeds, topics) == 1, np.eye(len(SOURCE_TYPES), dtype=bool)[source_targets(seeds)]])
    probability = np.hstack([data.rows.topics, data.rows.source])
    names = [*topics, *map(str, SOURCE_TYPES)]
    figures = [plots.reliability(names, probability, truth), plots.precision_recall(names, probability, truth)]
    figures += [plots.learning(data.curve)] if data.curve else []
    return markdown.render(f"Model {data.manifest['id']}", text, figures)
