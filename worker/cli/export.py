"""`pressmark export`: the stored articles as a table, JSON lines, CSV, Parquet, ninjs, or their kept pages as WARC."""

from __future__ import annotations

from typing import Literal

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, tell
from worker.cli._shared.result_formats import FORMATS, writer
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import articles


@command(
    "export",
    help="The stored articles; with --outcome all every item that has ended.",
    example="pressmark export --format csv --bom > articles.csv",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--outcome", type=click.Choice(["stored", "all"]), default="stored", show_default=True)
@click.option("--job", metavar="NAME", help="Of this job only.")
@click.option("--after", type=click.IntRange(0), default=0, metavar="ITEM", help="Only items with a larger number: go on after a stop.")
@click.option("--bom", is_flag=True, help="Mark the CSV as UTF-8, for Excel.")
@json_option
def export(
    settings: Settings, *, form: str, outcome: Literal["stored", "all"], job: str | None, after: int, bom: bool, as_json: bool
) -> None:
    """In the order of item numbers. Memory holds one page of rows, and with `--format table` all of the table."""
    services = opened(settings)
    write = writer("jsonl" if as_json else form, services, bom=bom)
    results = articles.export(services, outcome, job, after)
    try:
        with Progress("articles") as progress:
            write(progress.counting(results))
    except KeyboardInterrupt:
        if form != "table":
            tell("stopped; `--after N` goes on, N being the last item_id that was written")
        raise
