"""`pressmark pause`: stop a stage or a host."""

from __future__ import annotations

import click

from worker.cli._shared import options
from worker.cli._shared.options import command, json_option
from worker.cli._shared.pauses import show_pauses, target_of, target_options
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import pauses


@command(
    "pause",
    help="Stop a stage or a host until `resume`; survives restarts. What is under way is finished.",
    example="pressmark pause --host example.org",
)
@target_options
@click.option("--note", metavar="TEXT", help="The reason, which is shown beside what waits.")
@json_option
def pause(settings: Settings, *, stage: str | None, host: str | None, note: str | None, as_json: bool) -> None:
    """Prints what is stopped then."""
    target = target_of(stage, host)
    show_pauses(pauses.pause(opened(settings), target, options.who(), note), as_json)
