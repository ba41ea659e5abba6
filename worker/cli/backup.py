"""`pressmark backup`: the whole installation as one file, while it runs."""

from __future__ import annotations

from pathlib import Path

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, show_json, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.backup import backup as make_backup
from worker.operations.times import size


@command(
    "backup",
    help="Database, models, seeds and archive as one new FILE, as they are at one moment, while everything runs.",
    example="pressmark backup /srv/backups/2026-11-29.zip",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@json_option
def backup(settings: Settings, *, file: Path, as_json: bool) -> None:
    """Readable by its owner alone: it holds every article."""
    with Progress("rows and files") as progress:
        made = make_backup(opened(settings), file, progress.show)
    held = f"{made.rows['articles']} articles, {sum(made.rows.values())} rows, {made.files} files"
    show_json(made) if as_json else tell(f"{made.file}: {held}, {size(made.bytes)}")
