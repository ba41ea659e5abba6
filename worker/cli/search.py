"""The stored articles searched, the last published first: by words, date, language, host and labels."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import tell
from worker.cli._shared.services import opened
from worker.cli.export import WRITERS
from worker.config import Settings
from worker.models.annotation_formats import SOURCE_TYPES, TOPICS
from worker.storage.search import SearchFilter


def _day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise click.BadParameter(f"expected a day as 2024-03-22, came {value!r}") from None


@command("search", help="The stored articles that hold every one of WORDS in title or text, the last published first.")
@click.argument("words", nargs=-1)
@click.option("--topic", "topics", multiple=True, type=click.Choice(TOPICS), help="With this topic; more than once: with all of them.")
@click.option("--unsure", is_flag=True, help="Topics in doubt count too.")
@click.option("--primary", type=click.Choice(TOPICS), help="With this primary topic.")
@click.option("--source-type", type=click.Choice(SOURCE_TYPES), help="Likeliest of this source type.")
@click.option("--language", metavar="CODE", help="In this language, as en or km.")
@click.option("--host", metavar="HOST", help="Of this host and its subdomains.")
@click.option("--since", callback=_day, metavar="DAY", help="Published on this day or later.")
@click.option("--until", callback=_day, metavar="DAY", help="Published on this day or earlier.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="So many at most.")
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="table", show_default=True)
@json_option
def search(settings: Settings, *, words: tuple[str, ...], limit: int, form: str, as_json: bool, **chosen: Any) -> None:
    """The formats are those of `export`; that there are more is told on standard error."""
    host = chosen.pop("host")
    wanted = SearchFilter(words=tuple(filter(None, words)), host=host.lower() if host else None, **chosen)
    results = opened(settings).articles.search(wanted, limit + 1)
    WRITERS["jsonl" if as_json else form](results[:limit])
    if not results:
        tell("no stored article is like that")
    elif len(results) > limit:
        tell(f"there are more than {limit}; narrow the search, or raise --limit")


COMMANDS = {"search": search}
