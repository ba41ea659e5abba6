"""`pressmark worker`: run one Celery worker, of pages or of labels."""

from __future__ import annotations

from typing import NoReturn

import click

from worker.cli._shared.options import command
from worker.config import Settings
from worker.processes import foreground, roles


@command("worker", help="Run one Celery worker: of pages (fetch, the default) or of labels.", example="pressmark worker label")
@click.argument("stage", type=click.Choice(["fetch", "label"]), default="fetch")
def worker(settings: Settings, *, stage: str) -> NoReturn:
    """Runs until SIGTERM; what it holds is finished or handed back. Raises Unavailable where Redis is away at the start."""
    foreground.expect_redis(settings)
    if stage == "label":
        foreground.run_alone(roles.run_label_worker, settings, "label")
    foreground.warn_of_private_addresses(settings)
    foreground.run_alone(roles.run_fetch_worker, settings, "fetch")
