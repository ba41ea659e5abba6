"""`pressmark capsule`: pages, model, settings and results in one file, and whether it gives the same results again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from worker.cli._shared.filters.article_filter import article_selection
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, show_json, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.archive import capsules
from worker.operations.archive.capsules import PageDiffers, Ran, Saved
from worker.operations.archive.selection import Selection
from worker.operations.times import size

SHOWN = 20
"""Differences in the table: a screen's height; `--json` has all."""
WIDE = 60
"""Characters of a value in the table."""


@click.group(
    "capsule",
    help="Kept pages with the model, the settings and the results that they gave, as one file that can be run anywhere.",
    epilog="Example: pressmark capsule save results.capsule --job study",
)
def capsule() -> None:
    """See the module."""


@command(
    "save",
    help="Read the kept pages of stored articles again and write them, with their results, into a new FILE.",
    example="pressmark capsule save trade.capsule --topic trade --since 2026-11-01",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@article_selection
@json_option
def save(settings: Settings, *, file: Path, which: Selection, as_json: bool) -> int:
    """Readable by its owner alone; 1 where a kept page is damaged or gone."""
    services = opened(settings)
    with Progress("pages") as progress:
        done = capsules.save(services, file, which, progress.show)
    show_json(done) if as_json else _tell(done)
    if done.without_page:
        tell(f"{done.without_page} of {done.selected} articles have no kept page, and are not in it")
    if done.lost:
        tell(f"{done.lost} kept pages are damaged or gone, and are not in it")
    return 1 if done.lost else 0


@command(
    "run",
    help="Extract and label every page of a capsule here, offline, and compare with the results in it.",
    example="pressmark capsule run trade.capsule",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--results", is_flag=True, help="The results of this run as JSON lines on standard output, in place of the comparison.")
@json_option
def run(settings: Settings, *, file: Path, results: bool, as_json: bool) -> int:
    """Needs no data folder. Ends with 0 where every result is the same byte for byte, else with 1, and with 2 for a file that is not a
    whole capsule."""
    if results and as_json:
        raise UsageError("expected --results or --json, got both")
    with Progress("pages") as progress:
        done = capsules.run(settings, file, progress.show, sys.stdout.buffer if results else None)
    if as_json:
        show_json(done)
    elif not results:
        _show(done)
    _conclude(done)
    return 1 if done.different else 0


def _tell(done: Saved) -> None:
    tell(f"{done.file}: {done.pages} pages, model {done.model}, {size(done.bytes)}, digest {done.digest}")


def _show(done: Ran) -> None:
    rows = [row for page in done.different for row in _rows(page)]
    if rows:
        show_table(("page", "field", "saved", "now"), rows[:SHOWN])
    if len(rows) > SHOWN:
        tell(f"and {len(rows) - SHOWN} more; --json has them all")


def _rows(page: PageDiffers) -> list[tuple[str, str, str, str]]:
    return [(page.url, field.name, str(field.saved)[:WIDE], str(field.now)[:WIDE]) for field in page.fields]


def _conclude(done: Ran) -> None:
    for one in done.around:
        tell(f"{one.name}: {one.saved} there, {one.now} here")
    if done.different:
        tell(f"{len(done.different)} of {done.pages} pages give other results")
    else:
        tell(f"{done.pages} pages, the same results byte for byte")


for part in (save, run):
    capsule.add_command(part)
