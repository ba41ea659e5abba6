"""`pressmark migrate`: bring the database to this version's schema."""

from __future__ import annotations

from contextlib import closing

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, show_json, tell
from worker.config import Settings
from worker.operations import installation


@command("migrate", help="Bring the database to this version's schema; may be run any number of times.", example="pressmark migrate --json")
@json_option
def migrate(settings: Settings, *, as_json: bool) -> None:
    """Prints the revision before and after."""
    with closing(Services(settings)) as services, Progress("articles indexed") as progress:
        done = installation.migrate(services, progress.show)
    if as_json:
        show_json(done)
    else:
        tell(f"schema {done.after}" + ("" if done.before == done.after else f", was {done.before or 'empty'}"))
        if done.note:
            tell(done.note)
