"""`pressmark webhooks`: what still waits for the webhook, a test of it, and another try."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.sharing import webhooks as operations
from worker.operations.sharing.webhooks import WaitingEvent
from worker.operations.times import local_time

HEADS = ("event", "type", "item", "since", "tries", "next try", "last answer")


@click.group("webhooks", help="The events that wait for the webhook: list, test, retry.", epilog="Example: pressmark webhooks test")
def webhooks() -> None:
    """Where they go, and which, is a matter of PRESSMARK_WEBHOOK_URL, _SECRET, _EVENTS and _SEARCH."""


@command("list", help="Events that were not delivered yet, the oldest first.", example="pressmark webhooks list")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="So many at most.")
@json_option
def list_events(settings: Settings, *, limit: int, as_json: bool) -> None:
    """JSON lines, or a table."""
    found = operations.waiting(opened(settings), limit)
    show_lines(found) if as_json else show_table(HEADS, (_row(one, settings.timezone) for one in found))


def _row(one: WaitingEvent, zone: str) -> tuple[object, ...]:
    again = local_time(one.next_try_at, zone) or "given up"
    return one.id, one.type, one.item_id, local_time(one.created_at, zone), one.tries, again, one.said


@command("test", help="Send a signed event of the type `test` now, from here.", example="pressmark webhooks test")
@json_option
def test(settings: Settings, *, as_json: bool) -> None:
    """Ends with 1 where it was not delivered."""
    done = operations.tried(settings)
    show_json(done) if as_json else tell(f"{'delivered' if done.delivered else 'not delivered'}: {done.said}")
    if not done.delivered:
        raise click.exceptions.Exit(1)


@command("retry", help="Make everything that waits due now, also what was given up.", example="pressmark webhooks retry")
@json_option
def retry(settings: Settings, *, as_json: bool) -> None:
    """The dispatcher sends it within seconds."""
    count = operations.send_again(opened(settings))
    show_json({"due": count}) if as_json else tell(f"{count} events are due now")


for _command in (list_events, test, retry):
    webhooks.add_command(_command)
