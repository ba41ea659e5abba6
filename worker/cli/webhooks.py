"""`pressmark webhooks`: list what waits for the webhooks, test them, try again, and drop."""

from __future__ import annotations

import click

from worker.cli._shared.confirmation import confirm, yes_option
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.sharing import webhooks as operations
from worker.operations.sharing.webhooks import WaitingEvent
from worker.operations.times import local_time

HEADS = ("event", "to", "type", "item", "since", "tries", "next try", "last answer")
to_option = click.option("--to", metavar="NAME", help="Of this receiver; `default` is that of PRESSMARK_WEBHOOK_URL. Without it: of all.")


@click.group("webhooks", help="The events that wait for webhooks: list, test, retry, drop.", epilog="Example: pressmark webhooks test")
def webhooks() -> None:
    """PRESSMARK_WEBHOOK_URL, _SECRET, _EVENTS, _SEARCH and _RECEIVERS say which events go where."""


@command("list", help="Events that were not delivered yet, the oldest first.", example="pressmark webhooks list")
@to_option
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="At most N.")
@json_option
def list_events(settings: Settings, *, to: str | None, limit: int, as_json: bool) -> None:
    """JSON lines, or a table."""
    found = operations.waiting(opened(settings), limit, to)
    show_lines(found) if as_json else show_table(HEADS, (_row(one, settings.timezone) for one in found))


def _row(one: WaitingEvent, zone: str) -> tuple[object, ...]:
    again = local_time(one.next_try_at, zone) or "given up"
    return one.id, one.receiver, one.type, one.item_id, local_time(one.created_at, zone), one.tries, again, one.said


@command("test", help="Send a signed event of the type `test` now, from here.", example="pressmark webhooks test")
@to_option
@json_option
def test(settings: Settings, *, to: str | None, as_json: bool) -> None:
    """JSON lines, one a receiver; ends with 1 where one was not delivered."""
    done = operations.tried(settings, to)
    if as_json:
        show_lines(done)
    for one in () if as_json else done:
        tell(f"{f'{one.receiver}: ' if len(done) > 1 else ''}{'delivered' if one.delivered else 'not delivered'}: {one.said}")
    if not all(one.delivered for one in done):
        raise click.exceptions.Exit(1)


@command("retry", help="Make everything that waits due now, including what was given up.", example="pressmark webhooks retry")
@to_option
@json_option
def retry(settings: Settings, *, to: str | None, as_json: bool) -> None:
    """The dispatcher sends it within seconds."""
    count = operations.send_again(opened(settings), to)
    show_json({"due": count}) if as_json else tell(f"{count} events are due now")


@command("drop", help="Take events out that will never be delivered.", example="pressmark webhooks drop --given-up --dry-run")
@to_option
@click.option("--given-up", is_flag=True, help="Only what was given up.")
@click.option("--dry-run", is_flag=True, help="Say how many; change nothing.")
@yes_option
@json_option
def drop(settings: Settings, *, to: str | None, given_up: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Prints how many; the articles stay, and the log keeps who did it."""
    services = opened(settings)
    count = operations.meant(services, to, given_up=given_up)
    if dry_run:
        show_json({"would_drop": count}) if as_json else tell(f"{count} events would be dropped")
        return
    if count and not yes:
        confirm(f"{count} events will be dropped undelivered")
    done = operations.drop(services, to, given_up=given_up, who=who())
    show_json(done) if as_json else tell(f"{done.dropped} events dropped")


for _command in (list_events, test, retry, drop):
    webhooks.add_command(_command)
