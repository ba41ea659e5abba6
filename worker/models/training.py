"""Model trained and compared: the other door to the classifier, for people's commands and never for a worker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.errors import ClassifierError
from classifier.model import artifact
from classifier.report import card
from classifier.seeds import lint as checking
from classifier.seeds.dataset import Seed, parse_seed, read_seeds
from classifier.training import gate
from classifier.training.commands import cross_validate, evaluate_file, read_articles, rebuild
from classifier.training.figures import Evaluation, table
from classifier.training.held_out import read_held_out
from worker.errors import UsageError

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Comparison:
    """What the gate says of a candidate beside the active model."""

    passed: bool
    rows: int
    """Seeds that both models held out."""
    figures: dict[str, float]
    objections: tuple[str, ...]


def train(seeds: Path, out: Path, name: str | None, progress: Progress) -> dict[str, Any]:
    """Trains on the seeds and writes the model's folder; returns its manifest. Raises UsageError for seeds that are wrong."""
    with _told():
        return dict(rebuild(seeds, out, name, progress))


def evaluate(seeds: Path, on: Path | None, model: Path | None, progress: Progress) -> dict[str, Any]:
    """Figures by grouped cross-validation on the seeds, or of a model on the labelled articles of a file."""
    with _told():
        found = cross_validate(seeds, progress) if on is None else evaluate_file(on, model or artifact.default_folder())
    return found.to_dict()


def as_table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    return table(Evaluation.from_dict(figures))


def expect_articles(file: Path) -> None:
    """Raises UsageError unless the file holds labelled articles."""
    with _told():
        read_articles(file)


def write_card(seeds: Path, model: Path, on: Path | None, out: Path, progress: Progress) -> tuple[Path, Path]:
    """Writes the model's card, Markdown and HTML, into `out`. Raises UsageError where the seeds are not those it was trained on."""
    with _told():
        others = read_articles(on) if on else []
        return card.write(card.gather(model, read_seeds(seeds), others, progress), out)


def compare(seeds: Path, candidate: Path, active: Path | None) -> Comparison:
    """Asks the gate; `active` None is the model that ships. Raises UsageError where one of them cannot be compared."""
    with _told():
        verdict = gate.compare(read_seeds(seeds), read_held_out(candidate), read_held_out(active or artifact.default_folder()))
    figures = {
        "candidate_f1": verdict.candidate_f1,
        "active_f1": verdict.active_f1,
        "candidate_ece": verdict.candidate_ece,
        "active_ece": verdict.active_ece,
    }
    return Comparison(verdict.passed, verdict.rows, figures, verdict.objections)


def check(seeds: Path) -> list[dict[str, Any]]:
    """What is to be said against the seeds, as {"where","seed_id","kind","detail"}. Raises UsageError for a line that is no seed."""
    with _told():
        return [asdict(objection) for objection in checking.lint(read_seeds(seeds))]


def checked(record: dict[str, Any], where: str) -> dict[str, Any]:
    """A seed in the contract's format, flat as in `records`; raises UsageError, naming `where`, for what is none."""
    with _told():
        return _record(parse_seed(json.dumps(record), where))


def seed_in(line: str, where: str) -> dict[str, Any]:
    """The seed in a line of a seeds file, as it stands there; raises UsageError for what is none."""
    with _told():
        parse_seed(line, where)
    record: dict[str, Any] = json.loads(line)
    return record


def records(seeds: Path) -> Iterator[dict[str, Any]]:
    """Every seed, flat: id, title, text, topics, primary, source_type, language, origin, url, site_name."""
    with _told():
        for seed in read_seeds(seeds):
            yield _record(seed)


def _record(seed: Seed) -> dict[str, Any]:
    names = ("id", "title", "text", "primary", "source_type", "language", "origin", "url", "site_name")
    told = {name: getattr(seed, name) for name in names}
    return {**told, "topics": sorted(seed.topics)}


@contextmanager
def _told() -> Iterator[None]:
    """The classifier's own errors as ours, in one line."""
    try:
        yield
    except ClassifierError as error:
        raise UsageError(str(error)) from error
