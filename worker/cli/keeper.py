"""`pressmark keeper`: run the process that writes results to the database."""

from __future__ import annotations

from typing import NoReturn

from worker.cli._shared.options import command
from worker.config import Settings
from worker.processes import foreground, roles


@command("keeper", help="Run the process that writes results to the database; several may run.", example="pressmark keeper")
def keeper(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    foreground.run_alone(roles.run_keeper, settings, "keeper")
