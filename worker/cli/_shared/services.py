"""Open the services of a command on a database that is ready, and close them when it ends."""

from __future__ import annotations

from dataclasses import replace

import click

from worker.bootstrap import Services
from worker.config import Settings
from worker.operations import installation

REPORT_WITHIN = 3.0
"""Seconds that PostgreSQL may take for one statement of a command that reports: with the start of Python it answers within 5 s."""


def opened_to_report(settings: Settings) -> Services:
    """The same for a command that only shows: where the database is too busy to answer, it says so and does not wait."""
    return opened(replace(settings, statement_timeout=min(settings.statement_timeout, REPORT_WITHIN)))


def opened(settings: Settings) -> Services:
    """Services on a current schema, closed when the command ends; raises Unavailable."""
    services = Services(settings)
    click.get_current_context().call_on_close(services.close)
    installation.prepare(services)
    return services
