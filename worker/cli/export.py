"""`pressmark export`: the stored articles as a table, JSON lines, CSV or Parquet."""

from __future__ import annotations

from typing import Literal

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress
from worker.cli._shared.result_formats import WRITERS, parquet_writer
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import articles


@command(
    "export",
    help="The stored articles; with --outcome all every item that has ended.",
    example="pressmark export --format csv > articles.csv",
)
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv", "parquet"]), default="table", show_default=True)
@click.option("--outcome", type=click.Choice(["stored", "all"]), default="stored", show_default=True)
@click.option("--job", metavar="NAME", help="Of this job only.")
@json_option
def export(settings: Settings, form: str, outcome: Literal["stored", "all"], job: str | None, as_json: bool) -> None:
    """Memory holds one page of rows, and with `--format table` all of the table."""
    write = parquet_writer() if form == "parquet" else WRITERS["jsonl" if as_json else form]
    results = articles.export(opened(settings), outcome, job)
    with Progress("articles") as progress:
        write(progress.counting(results))
