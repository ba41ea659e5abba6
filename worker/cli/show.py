"""`pressmark show`: one item with its article, labels, evidence, model, copies, reviews and trace."""

from __future__ import annotations

import sys

import click

from worker.cli._shared.article_text import article_lines
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, show_json, show_table
from worker.cli._shared.services import opened
from worker.cli._shared.urls import entry_of
from worker.cli.trace import STEP_HEADS, step_rows
from worker.config import Settings
from worker.operations.reason_words import words
from worker.operations.revisions.versions import Revision
from worker.operations.show import ChainLink, Shown, revision
from worker.operations.show import show as show_item
from worker.operations.times import local_time

COPY_HEADS = ("published", "outlet", "state", "who", "url")


@command("show", help="One item: its article, labels, evidence, model, copies and trace.", example="pressmark show 812")
@click.argument("item", metavar="ITEM|URL")
@click.option("--revision", "number", type=int, metavar="N", help="This earlier version of its text instead.")
@json_option
def show(settings: Settings, *, item: str, number: int | None, as_json: bool) -> None:
    """Text for people on a terminal; one document with --json, or without a terminal. Raises UsageError for an unknown item."""
    which = int(item) if item.isascii() and item.isdecimal() and len(item) < 19 else entry_of(item, settings)
    if number is not None:
        _show_revision(revision(opened(settings), which, number), settings.timezone, as_json=as_json)
        return
    found = show_item(opened(settings), which)
    if as_json or not sys.stdout.isatty():
        show_json(found)
        return
    _show(found, settings.timezone)


def _show_revision(found: Revision, zone: str, *, as_json: bool) -> None:
    if as_json or not sys.stdout.isatty():
        show_json(found)
        return
    click.echo(clean(_told(found, zone)))
    click.echo("\n".join(["", clean(found.title or ""), "", *map(clean, (found.text or "").split("\n"))]))


def _told(found: Revision, zone: str) -> str:
    flips = "".join(f"; {flip.label}: {flip.before} before, {flip.after} after" for flip in found.flips)
    return f"version {found.number}, fetched {local_time(found.fetched_at, zone)}, replaced {local_time(found.replaced_at, zone)}{flips}"


def _copy_row(link: ChainLink, zone: str) -> tuple[object, ...]:
    taken = "first" if link.first else None if link.common is None else f"{link.common:.0%} of it is in the first"
    return local_time(link.published_at, zone), link.outlet, link.state, taken, link.url


def _show(found: Shown, zone: str) -> None:
    item = found.item
    reason = f": {words(item.reason)} ({item.reason})" if item.reason else ""
    again = f", next try {local_time(item.next_try_at, zone)}" if item.next_try_at else ""
    click.echo(clean(f"item {item.item_id}, {item.kind}, {item.state}{reason}{again}"))
    click.echo(clean(item.url))
    if item.duplicate_of:
        click.echo(f"a copy of item {item.duplicate_of}")
    if found.article:
        click.echo("\n".join(["", *article_lines(found.article, zone), ""]))
    for earlier in found.revisions:
        click.echo("\n".join([clean(_told(earlier, zone)), *map(clean, earlier.diff), ""]))
    if found.recheck and found.recheck.at:
        said = " ".join(filter(None, (found.recheck.outcome, found.recheck.reason, found.recheck.detail)))
        click.echo(clean(f"looked at again {local_time(found.recheck.at, zone)}: {said}"))
    for review in found.reviews:
        given = ", ".join(review.topics) or "no topic"
        primary = f" (primary {review.primary})" if review.primary else ""
        click.echo(clean(f"labelled by {review.who}, {local_time(review.at, zone)}: {given}{primary}, {review.source_type}"))
    if found.chain:
        title = "1 copy" if len(found.copies) == 1 else f"{len(found.copies)} copies"
        show_table(COPY_HEADS, (_copy_row(link, zone) for link in found.chain), title=title)
    show_table(STEP_HEADS, step_rows(found.trace, zone), title="trace")
