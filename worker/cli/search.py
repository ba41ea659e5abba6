"""`pressmark search`: the stored articles by words, date, language, host and labels, the last published first."""

from __future__ import annotations

from datetime import date

import click

from classifier.labels import SOURCE_TYPES
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import tell
from worker.cli._shared.result_formats import FORMATS, writer
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import articles, models
from worker.storage.search import SearchFilter

SOURCE_TYPE = click.Choice([source_type.value for source_type in SOURCE_TYPES])


def _day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise click.BadParameter(f"expected a day as 2024-03-22, got {value!r}") from None


@command(
    "search",
    help="The stored articles that hold every one of WORDS in title or text, the last published first.",
    example="pressmark search rice tariff --topic trade --since 2026-11-01",
)
@click.argument("words", nargs=-1)
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="With this topic; more than once: with all of them.")
@click.option("--unsure", is_flag=True, help="Topics in doubt count too.")
@click.option("--primary", metavar="TOPIC", help="With this primary topic.")
@click.option("--source-type", type=SOURCE_TYPE, help="Likeliest of this source type.")
@click.option("--language", metavar="CODE", help="In this language, as en or km.")
@click.option("--host", metavar="HOST", help="Of this host and its subdomains.")
@click.option("--since", callback=_day, metavar="DAY", help="Published on this day or later.")
@click.option("--until", callback=_day, metavar="DAY", help="Published on this day or earlier.")
@click.option("--distinct", is_flag=True, help="Of copies and near copies of one text only the one that was first.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="So many at most.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--bom", is_flag=True, help="Mark the CSV as UTF-8, for Excel.")
@json_option
def search(
    settings: Settings,
    *,
    words: tuple[str, ...],
    topics: tuple[str, ...],
    unsure: bool,
    primary: str | None,
    source_type: str | None,
    language: str | None,
    host: str | None,
    since: str | None,
    until: str | None,
    distinct: bool,
    limit: int,
    form: str,
    bom: bool,
    as_json: bool,
) -> None:
    """In the formats of `export`; standard error says where there are more."""
    wanted = SearchFilter(
        words=tuple(filter(None, words)),
        topics=topics,
        primary=primary,
        source_type=source_type,
        language=language,
        host=host.lower() if host else None,
        since=since,
        until=until,
        unsure=unsure,
    )
    services = opened(settings)
    models.expect_topics(services, "--topic", *topics)
    models.expect_topics(services, "--primary", primary)
    write = writer("jsonl" if as_json else form, settings, bom=bom)
    found = articles.search(services, wanted, limit, once=distinct)
    write(found.results)
    if not found.results:
        tell("no stored article matches")
    elif found.more:
        tell(f"there are more than {limit}; narrow the search, or raise --limit")
