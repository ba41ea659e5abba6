"""`pressmark trace`: where one URL went, step by step."""

from __future__ import annotations

from operator import attrgetter

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_json, show_table
from worker.cli._shared.services import opened_to_report
from worker.cli._shared.urls import entry_of
from worker.config import Settings
from worker.operations.trace import ItemTrace
from worker.operations.trace import trace as trace_of

COLUMNS = ("at", "stage", "outcome", "reason", "ms", "detail")


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
        show_json(item) if as_json else _show(item)


def _show(item: ItemTrace) -> None:
    reason = f" ({item.reason})" if item.reason else ""
    click.echo(clean(f"item {item.item_id}, {item.kind}, {item.state}{reason}; jobs: {', '.join(item.jobs)}"))
    show_table(COLUMNS, map(attrgetter(*COLUMNS), item.events))
