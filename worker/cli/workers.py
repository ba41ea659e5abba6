"""`pressmark workers`: which workers there are, and what each one does."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_lines, show_table
from worker.cli._shared.services import opened_to_report
from worker.config import Settings
from worker.operations.times import local_time
from worker.operations.workers import Worker, alive_here
from worker.operations.workers import workers as every_worker

HEADS = ("process", "queues", "alive", "last seen", "holds")

KINDS = ("fetch", "label", "dispatcher", "keeper", "dashboard")


@command("workers", help="The workers, their queues, and when each was last seen.", example="pressmark workers --alive fetch")
@click.option("--alive", type=click.Choice(KINDS), help="A probe: exit 1 unless a process of this kind lives on this machine.")
@json_option
def workers(settings: Settings, *, alive: str | None, as_json: bool) -> int:
    """Every worker seen within a day, or the ones that the probe found; raises Unavailable where Redis is away."""
    services = opened_to_report(settings)
    found = alive_here(services, alive) if alive else every_worker(services)
    show_lines(found) if as_json else show_table(HEADS, (row_of(worker, settings.timezone) for worker in found))
    return 1 if alive and not found else 0


def row_of(worker: Worker, zone: str) -> tuple[object, ...]:
    """A process as a row of HEADS."""
    return worker.name, worker.queues or None, worker.alive, local_time(worker.last_seen, zone), worker.running
