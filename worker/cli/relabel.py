"""`pressmark relabel`: label stored articles again with the active model, without fetching them."""

from __future__ import annotations

import sys

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import Progress, show_json, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import installation
from worker.operations.relabel import RelabelReport, outdated
from worker.operations.relabel import relabel as relabel_articles


@command(
    "relabel",
    help="Label stored articles again with the active model; what a person labelled stays.",
    example="pressmark relabel --dry-run",
)
@click.option("--dry-run", is_flag=True, help="Only count them.")
@json_option
def relabel(settings: Settings, *, dry_run: bool, as_json: bool) -> int:
    """1 where some are left; after Ctrl-C the next call resumes."""
    report = _relabel(opened(settings), dry_run=dry_run)
    show_json(report) if as_json else _tell(report)
    return 0 if dry_run or not report.left else 1


def _relabel(services: Services, *, dry_run: bool = False) -> RelabelReport:
    with Progress("articles relabelled") as progress:
        return relabel_articles(services, progress.show, dry_run=dry_run, who=who())


def _tell(report: RelabelReport) -> None:
    tell(f"{report.relabelled} articles relabelled by {report.model}, {report.left} to do")


def offer(services: Services) -> None:
    """After a change of the active model: says how many stored articles have labels of another model, and relabels them after a yes at a
    terminal. Where no label worker runs, it does not ask, and the call still counts as done.
    """
    found = outdated(services)
    if not found.left:
        return
    articles = "1 stored article still carries" if found.left == 1 else f"{found.left} stored articles still carry"
    tell(f"{articles} labels of another model; `pressmark relabel` labels them again with {found.model}")
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if terminal and installation.is_up(services.settings) and click.confirm("Label them again now?", default=False, err=True):
        _tell(_relabel(services))
