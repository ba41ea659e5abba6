"""`pressmark train`: train a model on the seeds and register it."""

from __future__ import annotations

from pathlib import Path

import click

from worker.cli._shared.options import command, json_option, seeds_option, who
from worker.cli._shared.output import complain, show_json, step_bars, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.models.training import table
from worker.operations.train_model import Card
from worker.operations.train_model import train as train_model


@command(
    "train",
    help="Train a model on the seeds and register it; nothing changes for the workers until `promote`.",
    example="pressmark train --id 2026-11-more-trade",
)
@seeds_option
@click.option("--id", "name", metavar="NAME", help="Its name; default: the date and a number.")
@click.option("--on", type=click.Path(path_type=Path), metavar="FILE", help="Labelled articles of others, for their figures on the card.")
@json_option
def train(settings: Settings, *, seeds: Path, name: str | None, on: Path | None, as_json: bool) -> None:
    """Prints the figures on held-out seeds, and writes the model's card into the data folder."""
    with step_bars() as progress:
        trained = train_model(opened(settings), seeds, who(), progress, name=name, on=on)
    _say_where(trained.card)
    if as_json:
        show_json(trained.to_dict())
        return
    click.echo(table(trained.held_out))
    model = trained.model.id
    tell(f"model {model} in {trained.seconds:.0f} s; `pressmark promote {model}` makes it the active one")


def _say_where(card: Card) -> None:
    complain(f"no card: {card.fault}") if card.fault else tell(f"its card: {card.markdown} and {card.page}")
