"""`pressmark trace`: where one URL went, step by step."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_json, show_table, tell
from worker.cli._shared.services import opened_to_report
from worker.cli._shared.urls import entry_of
from worker.config import Settings
from worker.operations.reason_words import words
from worker.operations.times import duration, local_time, parse_since
from worker.operations.trace import ItemTrace
from worker.operations.trace import trace as trace_of

STEP_HEADS = ("at", "stage", "outcome", "reason", "took", "in words")


@command("trace", help="Where one URL went, step by step.", example="pressmark trace https://example.org/news/1")
@click.argument("url")
@json_option
def trace(settings: Settings, *, url: str, as_json: bool) -> None:
    """One document for each item of the URL: its state and its events; raises UsageError for what is no URL."""
    entry = entry_of(url, settings)
    found = trace_of(opened_to_report(settings), entry)
    if not found:
        complain(f"not known: {entry.url}")
        if as_json:
            show_json({"item_id": None, "url": entry.url, "state": None, "events": []})
    for item in found:
        show_json(item) if as_json else _show(item, settings)


def _show(item: ItemTrace, settings: Settings) -> None:
    reason = f" ({item.reason})" if item.reason else ""
    click.echo(clean(f"item {item.item_id}, {item.kind}, {item.state}{reason}; jobs: {', '.join(item.jobs)}"))
    if item.due is not None:
        click.echo(clean(_next_try(item, settings)))
    if item.held is not None:
        click.echo(clean(f"held back: {item.held}"))
    if item.duplicate_of is not None:
        click.echo(f"a copy of item {item.duplicate_of}")
    if item.events:
        show_table(STEP_HEADS, step_rows(item, settings.timezone))
    else:
        tell("no steps yet" if item.due is not None else f"its steps are older than {settings.events_days:g} days")


def _next_try(item: ItemTrace, settings: Settings) -> str:
    """When it is tried next, and why not at once."""
    left = parse_since(item.due, 0) - time.time() if item.due else 0.0
    at = "next try as soon as its host may be asked"
    if left > 1:
        at = f"next try {local_time(item.due, settings.timezone)}, in {duration(left)}"
    if item.reason is None:
        return f"{at}: it was not tried yet"
    return f"{at}: {words(item.reason)} ({item.reason}); {item.tries} of {settings.tries} tries are over"


def step_rows(item: ItemTrace, zone: str) -> Iterator[tuple[object, ...]]:
    """What happened to an item: for each step a row of STEP_HEADS, times in `zone`."""
    for step in item.events:
        yield local_time(step.at, zone), step.stage, step.outcome, step.reason, None if step.ms is None else f"{step.ms} ms", step.detail
