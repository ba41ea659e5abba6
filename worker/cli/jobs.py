"""`pressmark jobs`: the jobs, which are named sets of URLs, and how far each one is."""

from __future__ import annotations

from operator import attrgetter

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened, opened_to_report
from worker.config import Settings
from worker.operations import jobs as operations
from worker.operations.jobs import JobStatus
from worker.operations.times import local_time

COLUMNS = ("accepted", "stored", "duplicate", "refused", "dead", "waiting", "running", "refused_at_door", "known")
HEADS = ("job", "begun", "items", "stored", "copies", "refused", "dead", "waiting", "running", "not accepted", "known before", "stopped")


@click.group(
    "jobs",
    invoke_without_command=True,
    help="The jobs and how far they are: list, show, stop.",
    epilog="Example: pressmark jobs show monday --json",
)
@json_option
@click.pass_context
def jobs(context: click.Context, *, as_json: bool) -> None:
    """Without a command of its own it lists."""
    if context.invoked_subcommand is None:
        context.invoke(list_jobs, config_file=None, debug=False, as_json=as_json)


@command("list", help="Every job, newest first.", example="pressmark jobs list")
@json_option
def list_jobs(settings: Settings, *, as_json: bool) -> None:
    """JSON lines, or a table."""
    found = operations.jobs(opened_to_report(settings))
    show_lines(found) if as_json else show_table(HEADS, (_row(job, settings.timezone) for job in found))


def _row(job: JobStatus, zone: str) -> tuple[object, ...]:
    return job.name, local_time(job.created_at, zone), *attrgetter(*COLUMNS)(job), local_time(job.stopped_at, zone)


@command("show", help="One job, by its name or number.", example="pressmark jobs show monday")
@click.argument("name")
@json_option
def show(settings: Settings, *, name: str, as_json: bool) -> None:
    """One document, or a table of one line; raises UsageError for a job that does not exist."""
    found = operations.show(opened_to_report(settings), name)
    show_json(found) if as_json else show_table(HEADS, [_row(found, settings.timezone)])


@command(
    "stop", help="Drop what still waits in a job and in no other; what is under way is finished.", example="pressmark jobs stop monday"
)
@click.argument("name")
@json_option
def stop(settings: Settings, *, name: str, as_json: bool) -> None:
    """What is dropped becomes `dead: dropped-by-user`."""
    stopped = operations.stop(opened(settings), name, who())
    show_json(stopped) if as_json else tell(f"job {stopped.job!r} stopped: {stopped.dropped} waiting URLs dropped")


for _command in (list_jobs, show, stop):
    jobs.add_command(_command)
