"""The jobs: named sets of items, and how far each one is."""

from __future__ import annotations

from typing import Any

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.status import rfc3339
from worker.storage.values import Progress

COLUMNS = (
    *("name", "created_at", "accepted", "stored", "duplicate", "refused", "dead", "waiting", "running"),
    *("refused_at_door", "known", "stopped_at"),
)


def job_row(progress: Progress) -> dict[str, Any]:
    """One job as JSON."""
    return {
        "id": progress.job.id,
        "name": progress.job.name,
        "created_at": rfc3339(progress.job.created_at),
        "stopped_at": rfc3339(progress.job.stopped_at),
        "accepted": sum(progress.states.values()),
        **progress.states,
        "refused_at_door": progress.refused_at_door,
        "known": progress.known,
    }


@click.group("jobs", invoke_without_command=True, help="The jobs and how far they are: list, show, stop.")
@json_option
@click.pass_context
def jobs(context: click.Context, *, as_json: bool) -> None:
    """Without a word it lists."""
    if context.invoked_subcommand is None:
        context.invoke(list_jobs, config_file=None, debug=False, as_json=as_json)


@command("list", help="Every job, newest first.")
@json_option
def list_jobs(settings: Settings, as_json: bool) -> None:
    """JSON lines, or a table."""
    rows = [job_row(progress) for progress in opened(settings).operator_ledger.jobs()]
    if as_json:
        show_lines(rows)
    else:
        show_table(COLUMNS, ([row[column] for column in COLUMNS] for row in rows))


@command("show", help="One job, by its name or number.")
@click.argument("name")
@json_option
def show(settings: Settings, name: str, as_json: bool) -> None:
    """One document, or a table of one."""
    ledger = opened(settings).operator_ledger
    row = job_row(ledger.progress(ledger.find_job(name)))
    if as_json:
        show_json(row)
    else:
        show_table(COLUMNS, [[row[column] for column in COLUMNS]])


@command("stop", help="Give up what still waits in a job and in no other.")
@click.argument("name")
@json_option
def stop(settings: Settings, name: str, as_json: bool) -> None:
    """What is under way ends as it will; the rest becomes `dead: dropped-by-user`."""
    ledger = opened(settings).operator_ledger
    job = ledger.find_job(name)
    dropped = ledger.stop_job(job)
    if as_json:
        show_json({"job": job.name, "dropped": dropped})
    else:
        tell(f"job {job.name!r} stopped: {dropped} waiting URLs dropped")


jobs.add_command(list_jobs)
jobs.add_command(show)
jobs.add_command(stop)
COMMANDS = {"jobs": jobs}
