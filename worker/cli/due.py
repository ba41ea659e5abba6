"""`pressmark due`: what waits in the ledger, for which host, why, and until when."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_table, tell
from worker.cli._shared.services import opened_to_report
from worker.config import Settings
from worker.operations import due as operations
from worker.operations.due import Due
from worker.operations.times import local_time
from worker.storage.due import WHYS

GROUP_HEADS = ("why", "host", "hosts", "items", "until", "in words")
ITEM_HEADS = ("next try", "why", "last failure", "tries", "lane", "url")


@command(
    "due", help="What waits, for which host, why, and until when; the next ones one by one.", example="pressmark due --host example.org"
)
@click.option("--host", metavar="HOST", help="Of this host; with a port as in example.org:8080.")
@click.option(
    "--reason",
    type=click.Choice(operations.REASONS),
    metavar="WORD",
    help=f"For this reason: {', '.join(WHYS)}, or the reason of the last failure.",
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, metavar="N", help="At most N items, one by one.")
@json_option
def due(settings: Settings, *, host: str | None, reason: str | None, limit: int, as_json: bool) -> None:
    """One document: the groups, their sum, and the items; for people two tables and a sentence."""
    found = operations.due(opened_to_report(settings), host, reason, limit)
    show_json(found) if as_json else _show(found, settings.timezone)


def _show(found: Due, zone: str) -> None:
    if not found.groups:
        tell("nothing waits")
        return
    groups = ((group.why, group.host, group.hosts, group.count, local_time(group.until, zone), group.detail) for group in found.groups)
    show_table(GROUP_HEADS, groups)
    if found.items:
        items = (
            (local_time(item.next_try_at, zone), item.why, item.reason, f"{item.tries} of {item.of}", item.lane, item.url)
            for item in found.items
        )
        show_table(ITEM_HEADS, items, title="one by one")
    goes = f"; the next goes out at {local_time(found.next_at, zone)}" if found.next_at else ""
    tell(f"{found.now + found.later} wait: {found.now} are due now, {found.later} wait for a host or for another try{goes}")
