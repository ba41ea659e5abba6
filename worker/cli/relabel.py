"""`pressmark relabel`: label stored articles again with the active model, without fetching them."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import Progress, show_json, tell
from worker.cli._shared.services import opened
from worker.config import Settings
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
    with Progress("articles relabelled") as progress:
        report = relabel_articles(opened(settings), progress.show, dry_run=dry_run, who=who())
    show_json(report.to_dict()) if as_json else tell(f"{report.relabelled} articles relabelled by {report.model}, {report.left} to do")
    return 0 if dry_run or not report.left else 1
