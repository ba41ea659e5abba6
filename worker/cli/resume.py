"""`pressmark resume`: let a stage or a host go on."""

from __future__ import annotations

from worker.cli._shared import options
from worker.cli._shared.options import command, json_option
from worker.cli._shared.pauses import show_pauses, target_of, target_options
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import pauses


@command(
    "resume",
    help="Resume a stage or a host after `pause`; a host that asked for a wait is tried with one page at once.",
    example="pressmark resume all",
)
@target_options
@json_option
def resume(settings: Settings, *, stage: str | None, host: str | None, as_json: bool) -> None:
    """Prints what is still stopped."""
    target = target_of(stage, host)
    show_pauses(pauses.resume(opened(settings), target, options.who()), as_json)
