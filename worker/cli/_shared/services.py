"""Open the services of a command on a database that is ready, and close them when it ends."""

from __future__ import annotations

import click

from worker.bootstrap import Services
from worker.config import Settings
from worker.operations import installation


def opened(settings: Settings) -> Services:
    """Services on a current schema, closed when the command ends; raises Unavailable."""
    services = Services(settings)
    click.get_current_context().call_on_close(services.close)
    installation.prepare(services)
    return services
