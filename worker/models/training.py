"""Train, measure and compare models; commands use the training half of the classifier through this module alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from classifier.model import artifact
from classifier.report import card
from classifier.seeds.dataset import read_seeds
from classifier.training import gate
from classifier.training.commands import cross_validate, evaluate_file, read_articles
from classifier.training.figures import Evaluation, table
from classifier.training.gate import Verdict
from classifier.training.held_out import read_held_out
from classifier.training_process import rebuild
from worker.models.seeds import as_usage_error

__all__ = ["Evaluation", "Progress", "Verdict", "table"]

Progress = Callable[[str, int, int], None]
"""Is called with what is being done, how many steps of it are done, and how many there are."""


def train(seeds: Path, out: Path, name: str | None, progress: Progress) -> Evaluation:
    """Trains on the seeds and writes the model's folder; returns its figures on held-out seeds.

    Raises UsageError for seeds that cannot be used.
    """
    with as_usage_error():
        return Evaluation.from_dict(rebuild(seeds, out, name, progress)["held_out"])


def evaluate_seeds(seeds: Path, progress: Progress) -> Evaluation:
    """Figures by grouped cross-validation on the seeds. Raises UsageError."""
    with as_usage_error():
        return cross_validate(seeds, progress)


def evaluate_articles(on: Path, model: Path | None) -> Evaluation:
    """Figures of a model (None: the shipped one) on the labelled articles of a file. Raises UsageError."""
    with as_usage_error():
        return evaluate_file(on, model or artifact.default_folder())


def expect_articles(file: Path) -> None:
    """Raises UsageError unless the file holds labelled articles."""
    with as_usage_error():
        read_articles(file)


def write_card(seeds: Path, model: Path, on: Path | None, out: Path, progress: Progress) -> tuple[Path, Path]:
    """Writes the model's card, Markdown and HTML, into `out`. Raises UsageError where the model was trained on other seeds."""
    with as_usage_error():
        return card.write(card.gather(model, seeds, on, progress), out)


def compare(seeds: Path, candidate: Path, active: Path | None) -> Verdict:
    """The gate's verdict on a candidate beside the active model (None: the shipped one). Raises UsageError where either cannot be read."""
    with as_usage_error():
        return gate.compare(read_seeds(seeds), read_held_out(candidate), read_held_out(active or artifact.default_folder()))
