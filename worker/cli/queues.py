"""`pressmark queues`: the queues, the ledger, what waits, the dead letters by cause, and who works."""

from __future__ import annotations

import shutil
import textwrap
import time
from collections.abc import Iterator

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, show_json, show_table, tell
from worker.cli._shared.services import opened_to_report
from worker.cli.workers import HEADS as WORKER_HEADS
from worker.cli.workers import row_of
from worker.config import Settings
from worker.operations.due import DueGroup, groups_held
from worker.operations.queues import QueueReport, QueueStatus, report
from worker.operations.times import duration, local_time

EVERY = 2.0
"""Seconds between two looks with --watch: people see a queue move, and one look costs some 20 ms."""
HEADS = ("queue", "waiting", "at work", "oldest", "in/min", "out/min", "")
WIDE = 100
"""Columns from which a bar beside each queue has twenty characters; with fewer it has ten."""
MOST_HELD = 8
"""Hosts that are named; `pressmark due` has the others."""


@command(
    "queues",
    help="The queues, the ledger, what waits for which host, the dead letters by cause, and who works.",
    example="pressmark queues --watch",
)
@click.option("--watch", is_flag=True, help="Every two seconds, until Ctrl-C.")
@json_option
def queues(settings: Settings, *, watch: bool, as_json: bool) -> None:
    """The contract's "Queues"; with --watch again and again, as JSON a document a line."""
    services = opened_to_report(settings)
    while True:
        found = report(services)
        held = () if as_json else tuple(groups_held(services))
        if watch and not as_json:
            click.clear()
        show_json(found) if as_json else _show(found, held, settings)
        if not watch:
            return
        time.sleep(EVERY)


def _show(found: QueueReport, held: tuple[DueGroup, ...], settings: Settings) -> None:
    zone = settings.timezone
    click.echo(f"{local_time(found.at, zone)} {zone}, model {found.model.id}")
    show_table(HEADS, _queue_rows(found.queues))
    for line in (found.summary(), _due(found, zone)):
        click.echo(textwrap.fill(line, shutil.get_terminal_size().columns))
    for group in held[:MOST_HELD]:
        line = clean(f"  {group.host or f'{group.hosts} hosts'}: {group.count} wait, {group.detail}")
        click.echo(textwrap.fill(line, shutil.get_terminal_size().columns, subsequent_indent="    ", break_on_hyphens=False))
    if len(held) > MOST_HELD:
        click.echo(f"  and {len(held) - MOST_HELD} more: `pressmark due`")
    if found.dead:
        dead = ((cause.reason, cause.count, local_time(cause.newest, zone)) for cause in found.dead)
        show_table(("dead because of", "count", "newest"), dead)
    working = [worker for worker in found.workers if worker.alive]
    if working:
        show_table(WORKER_HEADS, (row_of(worker, zone) for worker in working))
    if found.redis_is_away:
        tell("Redis cannot be reached or does not answer, so the queues' depths are unknown")


def _queue_rows(queues: tuple[QueueStatus, ...]) -> Iterator[tuple[object, ...]]:
    """A bar shows each queue beside the longest one."""
    longest = max((queue.waiting or 0 for queue in queues), default=0)
    full = 20 if shutil.get_terminal_size().columns >= WIDE else 10
    for queue in queues:
        bar = "paused" if queue.paused else "█" * -(-full * (queue.waiting or 0) // longest) if longest else ""
        oldest = None if queue.oldest_waiting_s is None else duration(queue.oldest_waiting_s)
        yield queue.name, queue.waiting, queue.running, oldest, queue.in_per_min, queue.out_per_min, bar


def _due(found: QueueReport, zone: str) -> str:
    if not found.due.now + found.due.later:
        return "nothing waits in the ledger"
    goes = f"; the next goes out at {local_time(found.due.next_at, zone)}" if found.due.next_at else ""
    return f"in the ledger {found.due.now} can go out now, {found.due.later} wait for a host or another try{goes}"
