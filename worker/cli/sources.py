"""`pressmark sources`: follow feeds and sitemaps: add, list, show, poll, pause, resume, remove, discover, import and export."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import cell, clean, complain, show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import sources as operations
from worker.operations.discovery import Found
from worker.operations.document import Document
from worker.operations.source_files import FILE_LIMIT, Format
from worker.operations.sources import Added, Source
from worker.operations.times import duration, local_time
from worker.reasons import Kind
from worker.storage.sources import About

COLUMNS = ("id", "health", "kind", "every", "new", "a day", "last new", "outlet", "url", "what is odd")
FOUND_COLUMNS = ("kind", "articles", "found", "title", "url")
SAID = {"polling": "being polled", "interval": "polled every", "per_day": "articles a day", "found": "articles found"}
"""What fields are called for people where their name alone does not say it."""
SHOWN_FAULTS = 20
"""Refused lines of a list that are shown; the others are counted."""
WHICH = click.argument("which", nargs=-1, metavar="[ID|URL]...")
SOME = click.argument("which", nargs=-1, required=True, metavar="ID|URL...")


@click.group(
    "sources",
    help="Feeds and sitemaps that are followed: polled as often as they publish, their articles stored.",
    epilog="Example: pressmark sources add https://paper.example/",
)
def sources() -> None:
    """See the module."""


@command("list", help="Every source with its health, interval and what it brings.", example="pressmark sources list")
@json_option
def list_(settings: Settings, *, as_json: bool) -> None:
    """A line for each."""
    services = opened(settings)
    rows = (Source.of(row) for row in operations.each(services))
    if as_json:
        show_lines(rows)
        return
    found = list(rows)
    if not found:
        tell("no source is followed; `pressmark sources add URL` follows one, from its front page too")
        return
    show_table(COLUMNS, [_cells(source, settings) for source in found])


def _cells(source: Source, settings: Settings) -> tuple[object, ...]:
    odd = source.reason or "; ".join([*source.alarms, *source.warnings])
    outlet = " ".join(filter(None, [source.title or "", source.country or "", source.language or "", source.outlet_kind or ""]))
    newest = local_time(source.last_new_at, settings.timezone)
    return (
        source.id,
        source.health,
        source.kind,
        duration(source.interval),
        source.found,
        source.per_day,
        newest,
        outlet[:60],
        source.url,
        odd[:80],
    )


@command("show", help="One source with all that is known of it.", example="pressmark sources show 3")
@click.argument("which", metavar="ID|URL")
@json_option
def show(settings: Settings, *, which: str, as_json: bool) -> None:
    """One document; for people a line for each field that says something."""
    found = operations.show(opened(settings), which)
    if as_json or not sys.stdout.isatty():
        show_json(found)
        return
    for name, value in found.to_dict().items():
        if value not in (None, [], ""):
            click.echo(clean(f"{SAID.get(name, name.replace('_', ' '))}: {_said(name, value, settings.timezone)}"))


def _said(name: str, value: object, zone: str) -> str:
    """A field as people read it: times in their zone, stretches of time in words."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if name.endswith("_at"):
        return local_time(str(value), zone) or ""
    return duration(value) if name == "interval" and isinstance(value, float) else cell(value)


@command("add", help="Follow a feed, a sitemap, or what a front page names.", example="pressmark sources add https://paper.example/")
@click.argument("url", metavar="URL")
@click.option("--kind", type=click.Choice(["feed", "sitemap"]), help="Take the address as this kind, without reading it now.")
@click.option("--title", metavar="NAME", help="What to call it; else its own title.")
@click.option("--country", metavar="CODE", help="Country of the outlet, as in KH.")
@click.option("--language", metavar="CODE", help="Language of the outlet; else what the feed says.")
@click.option("--outlet-kind", type=click.Choice(["official", "promotional", "independent"]), help="Else what seeds/outlets.csv says.")
@json_option
def add(settings: Settings, *, url: str, kind: str | None, as_json: bool, **said: str | None) -> None:
    """The source; further feeds of the site are named and not followed."""
    title, country, language, outlet_kind = map(said.get, ("title", "country", "language", "outlet_kind"))
    about = About(title, None, country, language, outlet_kind)
    added = operations.add(opened(settings), url, about, cast("Kind | None", kind), who())
    if as_json:
        show_json(added)
        return
    if added.source:
        named = f" ({added.source.title})" if added.source.title else ""
        click.echo(
            clean(f"{'follows' if added.state == 'added' else 'followed already'}: source {added.source.id}, {added.source.url}{named}")
        )
    for other in added.others:
        tell(f"also there: {other.kind} {other.url}" + (f" ({other.title})" if other.title else ""))


@command("discover", help="The feeds and sitemaps of a site; follows nothing.", example="pressmark sources discover https://paper.example/")
@click.argument("url", metavar="URL")
@json_option
def discover(settings: Settings, *, url: str, as_json: bool) -> None:
    """A line for each, the likeliest first."""
    found = operations.discovered(settings, url)
    if as_json:
        show_lines(found)
        return
    if not found:
        tell("no feed or sitemap is named there, at the usual places or in robots.txt")
        return
    show_table(FOUND_COLUMNS, [_found_cells(one) for one in found])


def _found_cells(one: Found) -> tuple[object, ...]:
    return one.kind, one.articles, one.where, one.title, one.url


@command("poll", help="Poll sources now, all where none is named.", example="pressmark sources poll 3")
@WHICH
@json_option
def poll(settings: Settings, *, which: tuple[str, ...], as_json: bool) -> None:
    """How many were sent."""
    done = operations.poll(opened(settings), which, who())
    _tell(done, f"{done.sent} sent" + (f", {done.under_way} are being polled already" if done.under_way else ""), as_json)


@command("pause", help="Stop polling these until `resume`.", example="pressmark sources pause 3")
@SOME
@json_option
def pause(settings: Settings, *, which: tuple[str, ...], as_json: bool) -> None:
    """How many were paused."""
    done = operations.pause(opened(settings), which, who())
    _tell(done, f"{done.count} paused", as_json)


@command("resume", help="Poll paused sources again.", example="pressmark sources resume 3")
@SOME
@json_option
def resume(settings: Settings, *, which: tuple[str, ...], as_json: bool) -> None:
    """How many are polled again."""
    done = operations.pause(opened(settings), which, who(), paused=False)
    _tell(done, f"{done.count} go on", as_json)


@command("remove", help="Stop following these; their articles stay.", example="pressmark sources remove 3")
@SOME
@json_option
def remove(settings: Settings, *, which: tuple[str, ...], as_json: bool) -> None:
    """How many were removed."""
    done = operations.remove(opened(settings), which, who())
    _tell(done, f"{done.count} removed; their articles stay", as_json)


def _tell(done: Document, sentence: str, as_json: bool) -> None:
    show_json(done) if as_json else tell(sentence)


@command("import", help="Follow the sources of an OPML or CSV file.", example="pressmark sources import feeds.opml")
@click.argument("file", metavar="FILE|-")
@json_option
def import_(settings: Settings, *, file: str, as_json: bool) -> int:
    """A line of answer for each with --json; 1 where one was refused, 2 where all were."""
    return _told(operations.import_file(opened(settings), _bytes(file), "standard input" if file == "-" else file, who()), as_json)


def _told(answers: Iterable[Added], as_json: bool) -> int:
    counts = dict.fromkeys(("added", "known", "refused"), 0)
    for answer in answers:
        counts[answer.state] += 1
        if answer.state == "refused" and counts["refused"] <= SHOWN_FAULTS:
            of_what = f", in {answer.url[:100]!r}" if answer.url else ""
            complain(f"{answer.where}: {answer.detail}{of_what} ({answer.reason})")
        if as_json:
            show_lines([answer])
    if counts["refused"] > SHOWN_FAULTS:
        complain(f"and {counts['refused'] - SHOWN_FAULTS} more refused lines")
    total = sum(counts.values())
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    tell(f"{total} source{'' if total == 1 else 's'}{f': {told}' if told else ' in the file'}")
    if counts["refused"]:
        return 2 if counts["refused"] == total else 1
    return 0


def _bytes(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(FILE_LIMIT + 1)
        with Path(file).open("rb") as opened_file:
            return opened_file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{file}: expected a file that can be read, got: {error.strerror}") from error


@command("export", help="All sources as OPML or CSV.", example="pressmark sources export > feeds.opml")
@click.option("--format", "form", type=click.Choice(["opml", "csv"]), default="opml", show_default=True)
@json_option
def export(settings: Settings, *, form: str, as_json: bool) -> None:
    """A file on standard output; with --json the sources, a line each."""
    services = opened(settings)
    if as_json:
        show_lines(Source.of(row) for row in operations.each(services))
        return
    for piece in operations.export(services, cast(Format, form)):
        click.echo(piece, nl=False)


for _command in (list_, show, add, discover, poll, pause, resume, remove, import_, export):
    sources.add_command(_command)
