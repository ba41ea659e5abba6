"""`pressmark restore`: make the installation of a backup."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, show_json, tell
from worker.config import Settings
from worker.operations.backup import restore as restore_backup
from worker.operations.times import local_time


@command(
    "restore",
    help="Make the installation of a backup FILE, into an empty data folder and an empty database of either kind.",
    example="pressmark restore /srv/backups/2026-11-29.zip",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@json_option
def restore(settings: Settings, *, file: Path, as_json: bool) -> None:
    """Checks the whole file first; nothing is written where it is not complete."""
    with closing(Services(settings)) as services, Progress("rows restored") as progress:
        made = restore_backup(services, file, progress.show)
    held = f"{made.rows.get('articles', 0)} articles, {sum(made.rows.values())} rows and {made.files} files"
    made_at = local_time(made.made_at, settings.timezone)
    show_json(made) if as_json else tell(f"restored {held} of {made_at}; `pressmark up` goes on from there")
