"""`pressmark up`: run everything on this machine until Ctrl-C."""

from __future__ import annotations

from worker import logs
from worker.cli._shared.options import command
from worker.config import Settings
from worker.processes import foreground
from worker.processes.up import up as run_up


@command(
    "up",
    help="Run everything on this machine, in the foreground until Ctrl-C: Redis unless a URL is set, dispatcher, workers, keeper.",
    example="pressmark up",
)
def up(settings: Settings) -> int:
    """130 after Ctrl-C, 0 after SIGTERM; processes that fail are started again."""
    logs.set_up(settings, "up")
    foreground.warn_of_private_addresses(settings)
    return foreground.exit_code(run_up, settings)
