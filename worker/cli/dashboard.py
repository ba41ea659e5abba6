"""`pressmark dashboard`: serve pages, API and metrics to browsers and programs."""

from __future__ import annotations

from typing import NoReturn

from worker.cli._shared.options import command
from worker.config import Settings
from worker.processes import foreground, roles


@command(
    "dashboard",
    help="Serve pages to browsers, and API and metrics to programs, at PRESSMARK_DASHBOARD_ADDRESS. `up` runs it too.",
    example="pressmark dashboard",
)
def dashboard(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    foreground.run_alone(roles.run_dashboard, settings, "dashboard")
