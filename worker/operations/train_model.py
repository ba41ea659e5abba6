"""Train a model on the seeds and register it, and measure models; a new model is not used until it is promoted."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models import training
from worker.models.cache import read_files
from worker.models.manifest import shipped_name
from worker.models.training import Evaluation
from worker.operations.models import RegisteredModel, folder
from worker.storage.model_registry import SHIPPED

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)
"""A model's name is also the name of a folder in the data folder, and people type it."""
FOLDS, CURVE = "folds", "smaller models, for the learning curve"
"""What training reports the progress of."""

Progress = Callable[[str, int, int], None]
"""Is called with a step (FOLDS or CURVE), how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Card:
    """The files of a model's card; None where it could not be made, for the reason in `fault`."""

    markdown: Path | None
    page: Path | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """A new model in the registry."""

    model: RegisteredModel
    seconds: float
    card: Card
    held_out: Evaluation
    """Figures on held-out seeds."""

    def to_dict(self) -> dict[str, object]:
        """The JSON of `train --json`."""
        card = str(self.card.page) if self.card.page else None
        return {**self.model.to_dict(), "seconds": round(self.seconds, 1), "card": card, "held_out": self.held_out.to_dict()}


def train(services: Services, seeds: Path, by: str, progress: Progress, *, name: str | None = None, on: Path | None = None) -> Trained:
    """Trains a model, registers it, and writes its card into the data folder, with its figures on the articles of `on`.

    Without a name it is called by the date and a number. Raises UsageError for seeds, articles or a name that cannot be used.
    """
    started = time.monotonic()
    if on:
        training.expect_articles(on)  # training takes a minute: a wrong file is reported before it
    name = _fresh_name(services, name)
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "model"
        held_out = training.train(seeds, out, name, lambda _, done, of: progress(FOLDS, done, of))
        entry = services.registry.add(*read_files(out), by=by)
        card = _card(services.settings.data_dir / "cards" / entry.id, seeds, out, on, progress)
    return Trained(RegisteredModel.of(entry), time.monotonic() - started, card, held_out)


def _card(out: Path, seeds: Path, model: Path, on: Path | None, progress: Progress) -> Card:
    try:
        return Card(*training.write_card(seeds, model, on, out, lambda _, done, of: progress(CURVE, done, of)))
    except UsageError as error:
        return Card(None, None, str(error))


def _fresh_name(services: Services, wished: str | None) -> str:
    """The wished name, else today and the first number that is free. Raises UsageError for a name that cannot be used."""
    taken = {SHIPPED, shipped_name(), *(entry.id for entry in services.registry.all())}
    if wished in taken:
        raise UsageError(f"expected a new name for a new model, got {wished!r}, which is taken; `pressmark models` lists them")
    if wished is not None and not NAME.fullmatch(wished):
        raise UsageError(f"expected a name of letters, digits, dots, dashes and underscores, got {wished!r}")
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return wished or next(name for number in range(1, len(taken) + 1) if (name := f"{day}-{number}") not in taken)


def evaluate_seeds(seeds: Path, progress: Progress) -> Evaluation:
    """Figures by grouped cross-validation on the seeds. Raises UsageError."""
    return training.evaluate_seeds(seeds, lambda _, done, of: progress(FOLDS, done, of))


def evaluate_articles(services: Services, on: Path, model: str | None) -> Evaluation:
    """Figures of a registered model, or the active one (None), on the labelled articles of a file. Raises UsageError."""
    return training.evaluate_articles(on, folder(services, model or services.registry.active()))
