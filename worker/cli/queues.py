"""`pressmark queues`: the queues, the ledger, the dead letters by cause."""

from __future__ import annotations

import time
from operator import attrgetter

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_table, tell
from worker.cli._shared.services import opened_to_report
from worker.config import Settings
from worker.operations.queues import QueueReport, report

EVERY = 2.0
"""Seconds between two looks with --watch: people see a queue move, and one look costs some 20 ms."""
QUEUE_COLUMNS = ("name", "waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min", "paused")


@command("queues", help="The queues, the ledger, the dead letters by cause, and the workers.", example="pressmark queues --watch")
@click.option("--watch", is_flag=True, help="Every two seconds, until Ctrl-C.")
@json_option
def queues(settings: Settings, *, watch: bool, as_json: bool) -> None:
    """The contract's "Queues"; with --watch again and again, as JSON a document a line."""
    services = opened_to_report(settings)
    while True:
        found = report(services)
        if watch and not as_json:
            click.clear()
        show_json(found) if as_json else _show(found)
        if not watch:
            return
        time.sleep(EVERY)


def _show(found: QueueReport) -> None:
    show_table(QUEUE_COLUMNS, map(attrgetter(*QUEUE_COLUMNS), found.queues))
    if found.dead:
        show_table(("dead because of", "count", "newest"), map(attrgetter("reason", "count", "newest"), found.dead))
    click.echo(found.summary())
    if found.redis_is_away:
        tell("Redis cannot be reached or does not answer, so the queues' depths are unknown")
