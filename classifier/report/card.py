"""The model's card: what it was made of, how well it does and where it fails, for a person to read before trusting it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.model import artifact
from classifier.model.first_level import source_targets, topic_targets
from classifier.model.model import Model
from classifier.report import markdown, plots
from classifier.seeds.dataset import Seed, digest
from classifier.training.commands import judge_articles
from classifier.training.evaluate import figures
from classifier.training.held_out import HeldRows, key_of, read_rows
from classifier.training.learning_curve import OTHERS, SHARES, Point, learning_curve
from classifier.training.train import Progress

TELLING = 15
"""Words a topic: enough to see a bias, few enough to read."""
LIMITS = (
    "Seeds are written for this project; real outlets differ. The figures on other texts, where given, say how much.",
    "Lists, participles and leftover lines are told from clauses by rules for English; elsewhere a topic that is only named may be found.",
    "Thai, Khmer, Vietnamese and French have some eighty seeds each: their labels are a first sorting, not a decision.",
    "Languages without seeds are answered with `unsure` and `language_supported: false`.",
    "A newspaper that only relays one office's words is official by the guide; the model sees the words, not the missing second source.",
)


@dataclass(frozen=True)
class Evidence:
    """What a card is drawn from: the model, its manifest, its seeds, and its predictions for them out of fold, rows alike."""

    model: Model
    manifest: dict[str, Any]
    seeds: list[Seed]
    rows: HeldRows
    others: dict[str, Any] | None
    """Figures on other texts, as `evaluate --on` gives them."""
    curve: list[Point]


def gather(folder: Path, seeds: Sequence[Seed], others: Sequence[Seed] = (), progress: Progress = lambda *_: None) -> Evidence:
    """The evidence for the model in `folder`, on its seeds and on labelled texts of others; trains smaller models for the curve.

    Raises BadModel where the seeds are not those that it was trained on, BadCall where plots cannot be drawn.
    """
    plots.expect_matplotlib()
    manifest = artifact.read_manifest(folder)
    if manifest["data"]["sha256"] != digest(seeds):
        raise BadModel(f"{folder}: expected the seeds that it was trained on ({manifest['data']['articles']}), got {len(seeds)} others")
    found = read_rows(folder)
    place = {key: number for number, key in enumerate(found.keys.tolist())}
    order = [place[key_of(seed)] for seed in seeds]
    rows = HeldRows(found.keys[order], found.topics[order], found.source[order])
    model = artifact.load(folder)
    judged = judge_articles(model, others) if others else None
    return Evidence(model, manifest, list(seeds), rows, judged, learning_curve(seeds, model, rows, others, progress))


def write(evidence: Evidence, out: Path) -> tuple[Path, Path]:
    """Writes `card.md` and `card.html` into `out`; the plots stand in the HTML alone."""
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(_markdown(evidence))
    (out / "card.md").write_text(text + "\n", encoding="utf-8")
    (out / "card.html").write_text(_page(evidence, text), encoding="utf-8")
    return out / "card.md", out / "card.html"


def _markdown(evidence: Evidence) -> list[str]:
    manifest = evidence.manifest
    lines = [f"# Model {manifest['id']}", "", f"SHA-256 `{manifest['sha256']}`.", ""]
    lines += ["## Data", "", *_data(evidence), ""]
    lines += ["## Out of fold, whole authors held out", "", *_figures(manifest["held_out"]), ""]
    if evidence.others:
        lines += [f"## On {evidence.others['articles']} other texts, which taught nothing", "", *_figures(evidence.others), ""]
    lines += ["## Out of fold by origin", "", *_by_origin(evidence), ""]
    lines += ["## Learning curve, by origin of the judged texts", "", *_curve(evidence.curve), ""]
    lines += ["## Most telling words and cues of the sentence head", "", *_telling(evidence.model), ""]
    lines += ["## Known limits", "", *(f"- {limit}" for limit in LIMITS), ""]
    return [*lines, "## Made with", "", ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())]


def _data(evidence: Evidence) -> list[str]:
    data = evidence.manifest["data"]
    by_source = Counter(seed.source_type for seed in evidence.seeds)
    by_topic = Counter(topic for seed in evidence.seeds for topic in seed.topics)
    languages = ", ".join(f"{count} {language}" for language, count in data["languages"].items())
    return [
        f"{data['articles']} articles, digest `{data['sha256']}`; {languages}.",
        f"Topics: {', '.join(f'{topic} {by_topic[topic]}' for topic in TOPICS)}; "
        f"none {sum(not seed.topics for seed in evidence.seeds)}. "
        f"Source types: {', '.join(f'{kind} {by_source[kind]}' for kind in SOURCE_TYPES)}.",
    ]


def _figures(found: dict[str, Any]) -> list[str]:
    lines = ["| label | precision | recall | F1 | support | threshold | ECE | unsure |", "|---|---|---|---|---|---|---|---|"]
    for name, row in (found["topics"]["labels"] | found["source_type"]["labels"]).items():
        cells = [f"{row[key]:.3f}" for key in ("precision", "recall", "f1")] + [str(row["support"])]
        cells += [f"{row[key]:.3f}" if key in row else "" for key in ("threshold", "ece", "unsure")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", f"Macro-F1: topics {found['topics']['macro_f1']:.3f}, source type {found['source_type']['macro_f1']:.3f}."]
    lines += [f"Primary topic right in {found['primary_right']:.3f}.", "", "Source type, truth in rows:", ""]
    lines += [f"| | {' | '.join(SOURCE_TYPES)} |", "|---|---|---|---|"]
    confusion = zip(SOURCE_TYPES, found["source_type"]["confusion"], strict=True)
    return lines + [f"| {kind} | {' | '.join(map(str, row))} |" for kind, row in confusion]


def _by_origin(evidence: Evidence) -> list[str]:
    """How each file of seeds fares when its authors are held out: the shift between authors stands for that to the world."""
    files = sorted({Path(seed.where.rpartition(":")[0]).name for seed in evidence.seeds})
    lines = ["| seeds | articles | topics macro-F1 | source type macro-F1 |", "|---|---|---|---|"]
    for file in files:
        rows = [i for i, seed in enumerate(evidence.seeds) if Path(seed.where.rpartition(":")[0]).name == file]
        picked = [evidence.seeds[i] for i in rows]
        found = figures(picked, evidence.rows.topics[rows], evidence.rows.source[rows], [None] * len(rows), evidence.model.cuts)
        lines.append(f"| {file} | {len(rows)} | {found['topics']['macro_f1']:.3f} | {found['source_type']['macro_f1']:.3f} |")
    return lines


def _curve(points: Sequence[Point]) -> list[str]:
    """What more seeds brought, and the step from the authors of seeds to the world."""
    if not points:
        return ["Too few seeds for one."]
    shares = ", ".join(f"1/{round(1 / share)}" for share in SHARES)
    lines = [
        f"Trained anew on {shares} of the seeds outside one fold, which judges; the last point is of all other folds, that of",
        f"{OTHERS} of the whole model. Macro-F1 over the labels that occur.",
        "",
        "| judged texts | how many | seeds | topics macro-F1 | source type macro-F1 |",
        "|---|---|---|---|---|",
    ]
    return lines + [f"| {p.origin} | {p.articles} | {p.seeds} | {p.topics:.3f} | {p.source_type:.3f} |" for p in points]


def _telling(model: Model) -> list[str]:
    """The vocabulary's words that push a sentence most towards each topic, and the groups of cues with their weights."""
    encoder, head = model.base.encoder, model.base.sentence.weights
    words = [term for term in encoder.vocabulary.terms if term.isalpha() and len(term) > 2]
    size = encoder.vectors.size
    lines = []
    for place, topic in enumerate(TOPICS):
        weights = encoder.vectors.weights(words, head[:size, place])
        best = np.argsort(-weights, kind="stable")[:TELLING]
        cues = sorted(zip(encoder.cues.groups, head[size:, place], strict=False), key=lambda pair: -abs(pair[1]))[:4]
        told = ", ".join(f"{name} {weight:+.2f}" for name, weight in cues)
        lines.append(f"- {topic}: {', '.join(words[i] for i in best)}. Cues: {told}.")
    return lines


def _page(evidence: Evidence, text: str) -> str:
    truth = np.hstack([topic_targets(evidence.seeds) == 1, np.eye(3, dtype=bool)[source_targets(evidence.seeds)]])
    probability = np.hstack([evidence.rows.topics, evidence.rows.source])
    names = [*map(str, TOPICS), *map(str, SOURCE_TYPES)]
    drawn = [plots.reliability(names, probability, truth), plots.precision_recall(names, probability, truth)]
    drawn += [plots.learning(evidence.curve)] if evidence.curve else []
    return markdown.render(f"Model {evidence.manifest['id']}", text, drawn)
