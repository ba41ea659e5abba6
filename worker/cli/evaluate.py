"""`pressmark evaluate`: figures on held-out seeds, or of a model on labelled articles."""

from __future__ import annotations

from pathlib import Path

import click

from worker.cli._shared.options import command, json_option, seeds_option
from worker.cli._shared.output import show_json, step_bars
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.models.training import table
from worker.operations.train_model import evaluate_articles, evaluate_seeds


@command(
    "evaluate",
    help="Figures by grouped cross-validation on the seeds, or of a model on labelled articles.",
    example="pressmark evaluate --on labelled.jsonl --model 2026-11-29-1",
)
@seeds_option
@click.option("--on", type=click.Path(path_type=Path), metavar="FILE", help="Judge a model on this file's labelled articles instead.")
@click.option("--model", metavar="MODEL", help="With --on: a registered model instead of the active one.")
@json_option
def evaluate(settings: Settings, seeds: Path, on: Path | None, model: str | None, as_json: bool) -> None:
    """Prints a table, or the figures as one document."""
    with step_bars() as progress:
        figures = evaluate_articles(opened(settings), on, model) if on else evaluate_seeds(seeds, progress)
    show_json(figures.to_dict()) if as_json else click.echo(table(figures))
