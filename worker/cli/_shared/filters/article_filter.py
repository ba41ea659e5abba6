"""The options of commands that choose stored articles: those of a search, a job, items."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import click

from classifier.labels import SOURCE_TYPES
from worker.config import Settings
from worker.operations.archive.selection import Selection
from worker.storage.search import SearchFilter

R = TypeVar("R")

SOURCE_TYPE = click.Choice([source_type.value for source_type in SOURCE_TYPES])


def _day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise click.BadParameter(f"expected a day as 2024-03-22, got {value!r}") from None


_WORDS = click.argument("words", nargs=-1)
_FILTER = (
    click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="With this topic; more than once: with all of them."),
    click.option("--unsure", is_flag=True, help="Topics in doubt count too."),
    click.option("--primary", metavar="TOPIC", help="With this primary topic."),
    click.option("--source-type", type=SOURCE_TYPE, help="Whose likeliest source type is this one."),
    click.option("--language", metavar="CODE", help="In this language, as en or km."),
    click.option("--host", metavar="HOST", help="Of this host and its subdomains."),
    click.option("--since", callback=_day, metavar="DAY", help="Published on this day or later."),
    click.option("--until", callback=_day, metavar="DAY", help="Published on this day or earlier."),
)
_CHOICE = (
    click.option("--job", metavar="NAME", help="Of this job only."),
    click.option(
        "--item", "items", type=click.IntRange(1), multiple=True, metavar="ITEM", help="These items, whatever the other options are."
    ),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N, the last published first; default: all."),
)


def article_filter(function: Callable[..., R]) -> Callable[..., R]:
    """Gives a command the options of a search; it takes them as `wanted`, after the settings."""

    @functools.wraps(function)
    def filtered(settings: Settings, *, words: tuple[str, ...], host: str | None, **values: object) -> R:
        said = {option: values.pop(option) for option in ("topics", "unsure", "primary", "source_type", "language", "since", "until")}
        wanted = SearchFilter(words=tuple(filter(None, words)), host=host.lower() if host else None, **said)  # type: ignore[arg-type]
        return function(settings, wanted=wanted, **values)

    return _with(filtered, _WORDS, *_FILTER)


def article_selection(function: Callable[..., R]) -> Callable[..., R]:
    """The same with a job, items and a limit, which the command takes as `which`, a Selection."""

    @functools.wraps(function)
    def selected(
        settings: Settings, *, wanted: SearchFilter, job: str | None, items: tuple[int, ...], limit: int | None, **values: object
    ) -> R:
        return function(settings, which=Selection(wanted, job, items, limit), **values)

    return article_filter(_with(selected, *_CHOICE))


def _with(function: Callable[..., R], *options: Callable[[Callable[..., R]], Callable[..., R]]) -> Callable[..., R]:
    for option in reversed(options):
        function = option(function)
    return function
