"""`pressmark jobs`: the jobs, which are named sets of URLs, and how far each one is."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import clean, show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened, opened_to_report
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import jobs as operations
from worker.operations.job_report import JobReport, Weighed
from worker.operations.job_report import report as report_of
from worker.operations.jobs import JobStatus
from worker.operations.reason_words import words
from worker.operations.sharing import job_page
from worker.operations.times import local_time

COLUMNS = ("accepted", "stored", "duplicate", "refused", "dead", "waiting", "running", "refused_at_door", "known")
HEADS = ("job", "begun", "items", "stored", "copies", "refused", "dead", "waiting", "running", "not accepted", "known before", "stopped")


@click.group(
    "jobs",
    invoke_without_command=True,
    help="The jobs and how far they are: list, show, report, stop.",
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
    "report",
    help="What became of a job's items and why, and the labels, outlets, languages and days of its articles.",
    example="pressmark jobs report monday --html monday.html",
)
@click.argument("name")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it as one HTML page, too.")
@json_option
def report(settings: Settings, *, name: str, html: Path | None, as_json: bool) -> None:
    """Tables, or one document; raises UsageError for a job that does not exist, and for a file that cannot be written."""
    found = report_of(opened(settings), name)
    if html is not None:
        _write_page(found, html, settings.timezone)
    if as_json:
        show_json(found)
    elif html is None:
        _show_report(found, settings.timezone)


def _write_page(found: JobReport, file: Path, zone: str) -> None:
    try:
        file.write_text(job_page.report_page(found, zone), encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, PermissionError, ValueError) as error:
        raise UsageError(f"{file}: expected a file that can be written: {getattr(error, 'strerror', error)}") from error
    tell(f"{file} written")


def _show_report(found: JobReport, zone: str) -> None:
    show_table(HEADS, [_row(found.job, zone)])
    if found.added_by:
        tell(clean(f"added by {', '.join(found.added_by)}"))
    outcomes = ((one.state, one.reason, words(one.reason) if one.reason else None, one.count) for one in found.outcomes)
    show_table(("state", "reason", "in words", "items"), outcomes, title="outcomes")
    for title, rows in found.sections:
        _show_weighed(title, rows)
    if found.failing_hosts:
        failing = ((one.host, one.state, one.reason, one.count) for one in found.failing_hosts)
        show_table(("host", "state", "reason", "items"), failing, title="hosts that refused or failed")
    tell(f"{found.articles} stored articles, {found.distinct} distinct ones")


def _show_weighed(title: str, rows: Sequence[Weighed]) -> None:
    if rows:
        show_table(("", "articles", "distinct"), ((row.key or None, row.count, row.distinct) for row in rows), title=title)


@command(
    "stop", help="Drop what still waits in a job and in no other; what is under way is finished.", example="pressmark jobs stop monday"
)
@click.argument("name")
@json_option
def stop(settings: Settings, *, name: str, as_json: bool) -> None:
    """What is dropped becomes `dead: dropped-by-user`."""
    stopped = operations.stop(opened(settings), name, who())
    show_json(stopped) if as_json else tell(f"job {stopped.job!r} stopped: {stopped.dropped} waiting URLs dropped")


for _command in (list_jobs, show, report, stop):
    jobs.add_command(_command)
