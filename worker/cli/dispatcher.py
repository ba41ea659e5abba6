"""`pressmark dispatcher`: run the process that sends due URLs to the workers."""

from __future__ import annotations

from typing import NoReturn

from worker.cli._shared.options import command
from worker.config import Settings
from worker.processes import foreground, roles


@command(
    "dispatcher",
    help="Run the process that sends due URLs to the workers; of several, one leads and the others stand by.",
    example="pressmark dispatcher",
)
def dispatcher(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    foreground.run_alone(roles.run_dispatcher, settings, "dispatcher")
