"""`pressmark search`: the stored articles by words, date, language, host and labels, the last published first."""

from __future__ import annotations

import click

from worker.cli._shared.filters.article_filter import article_filter
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import tell
from worker.cli._shared.result_formats import FORMATS, writer
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import articles, models
from worker.storage.search import SearchFilter


@command(
    "search",
    help="The stored articles that hold every one of WORDS in title or text, the last published first.",
    example="pressmark search rice tariff --topic trade --since 2026-11-01",
)
@article_filter
@click.option("--distinct", is_flag=True, help="Of copies and near copies of one text only the one that was first.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="At most N.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--bom", is_flag=True, help="Mark the CSV as UTF-8, for Excel.")
@json_option
def search(
    settings: Settings,
    *,
    wanted: SearchFilter,
    distinct: bool,
    limit: int,
    form: str,
    bom: bool,
    as_json: bool,
) -> None:
    """In the formats of `export`; standard error says where there are more."""
    services = opened(settings)
    models.expect_topics(services, "--topic", *wanted.topics)
    models.expect_topics(services, "--primary", wanted.primary)
    write = writer("jsonl" if as_json else form, services, bom=bom)
    found = articles.search(services, wanted, limit, once=distinct)
    write(found.results)
    if not found.results:
        tell("no stored article matches")
    elif found.more:
        tell(f"there are more than {limit}; narrow the search, or raise --limit")
