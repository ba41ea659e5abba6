"""`pressmark dead`: list the dead letters by cause or one by one, send them again, or drop them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypedDict, TypeVar, Unpack

import click

from worker.bootstrap import Services
from worker.cli._shared import options
from worker.cli._shared.confirmation import confirm, yes_option
from worker.cli._shared.options import command, json_option, moment
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened, opened_to_report
from worker.cli._shared.urls import entry_of
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import dead as operations
from worker.operations.times import local_time
from worker.storage.values import DeadFilter

P = ParamSpec("P")
R = TypeVar("R")

LETTER_HEADS = ("item", "reason", "died", "tries", "url", "detail")


class Filters(TypedDict):
    """Which dead letters the options choose; None: any."""

    reason: str | None
    host: str | None
    since: str | None
    limit: int | None


def _reason(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in operations.REASONS:
        raise click.BadParameter(f"expected one of {', '.join(operations.REASONS)}, got {value!r}")
    return value


def filters(function: Callable[P, R]) -> Callable[P, R]:
    """The options that choose dead letters."""
    for option in (
        click.option("--limit", type=click.IntRange(1), metavar="N", help="The newest N only."),
        click.option("--since", metavar="TIME", help="Died at this time or later: a date, or an age as 12h."),
        click.option("--host", metavar="HOST", help="Of this host; with a port as in example.org:8080."),
        click.option("--reason", callback=_reason, metavar="WORD", help="Dead for this reason."),
    ):
        function = option(function)
    return function


def _filter_of(settings: Settings, chosen: Filters) -> DeadFilter:
    """Days and times without a zone are in PRESSMARK_TIMEZONE. Raises UsageError."""
    host, since = chosen["host"], moment(chosen["since"], settings.timezone)
    return DeadFilter(reason=chosen["reason"], host=host.lower() if host else None, since=since, limit=chosen["limit"])


def _opened(settings: Settings, url: str | None, chosen: Filters) -> tuple[Services, DeadFilter]:
    """The services, and the filter that chooses the dead letter of a URL or those of the options; raises UsageError."""
    if url in operations.REASONS:
        raise UsageError(f"expected a URL, got a reason; `--reason {url}` means the dead letters that have it")
    entry = entry_of(url, settings) if url else None
    which = _filter_of(settings, chosen)
    services = opened(settings)
    return services, operations.only(services, entry) if entry else which


@click.group(
    "dead", help="The dead letters: list, show, requeue, drop.", epilog="Example: pressmark dead requeue --reason timeout --since 12h"
)
def dead() -> None:
    """Each dead letter names its cause."""


@command("list", help="Dead letters grouped by cause.", example="pressmark dead list --since 7d")
@filters
@json_option
def list_dead(settings: Settings, *, as_json: bool, **chosen: Unpack[Filters]) -> None:
    """JSON lines {"reason","count","newest"}, or a table."""
    which = _filter_of(settings, chosen)
    found = operations.causes(opened_to_report(settings), which)
    zone = settings.timezone
    show_lines(found) if as_json else show_table(
        ("dead because of", "count", "newest"), ((cause.reason, cause.count, local_time(cause.newest, zone)) for cause in found)
    )


@command("show", help="Dead letters one by one, newest first, or the one of a URL.", example="pressmark dead show --host example.org")
@click.argument("url", required=False)
@filters
@json_option
def show(settings: Settings, *, url: str | None, as_json: bool, **chosen: Unpack[Filters]) -> None:
    """JSON lines, or a table."""
    found = operations.letters(*_opened(settings, url, chosen))
    zone = settings.timezone
    show_lines(found) if as_json else show_table(
        LETTER_HEADS,
        ((letter.item_id, letter.reason, local_time(letter.died_at, zone), letter.tries, letter.url, letter.detail) for letter in found),
    )


@command(
    "requeue",
    help="Send dead letters again; the same items, with all their tries.",
    example="pressmark dead requeue --reason http-5xx --rate 2",
)
@click.argument("url", required=False)
@filters
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="Send at most N a second; the command itself does not wait.",
)
@click.option("--dry-run", is_flag=True, help="Show which; change nothing.")
@yes_option
@json_option
def requeue(
    settings: Settings, *, url: str | None, rate: float | None, dry_run: bool, yes: bool, as_json: bool, **chosen: Unpack[Filters]
) -> None:
    """Prints how many."""
    services, which = _opened(settings, url, chosen)
    if _go_on(services, which, "requeued", dry_run=dry_run, yes=yes, as_json=as_json):
        changed = operations.requeue(services, which, rate, who=options.who())
        show_json(changed) if as_json else tell(f"{changed.requeued} requeued")


@command("drop", help="Drop dead letters for good, as `dropped-by-user`.", example="pressmark dead drop --reason http-404 --dry-run")
@click.argument("url", required=False)
@filters
@click.option("--dry-run", is_flag=True, help="Show which; change nothing.")
@yes_option
@json_option
def drop(settings: Settings, *, url: str | None, dry_run: bool, yes: bool, as_json: bool, **chosen: Unpack[Filters]) -> None:
    """Prints how many."""
    services, which = _opened(settings, url, chosen)
    if _go_on(services, which, "dropped", dry_run=dry_run, yes=yes, as_json=as_json):
        changed = operations.drop(services, which, who=options.who())
        show_json(changed) if as_json else tell(f"{changed.dropped} dropped")


def _go_on(services: Services, which: DeadFilter, done: str, *, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Whether to change them: never in a dry run, which shows them, and many only after a yes."""
    count = operations.count(services, which)
    if dry_run:
        if as_json:
            show_lines(operations.letters(services, which))
        tell(f"{count} would be {done}")
        return False
    if count > 1 and not yes:
        confirm(f"{count} dead letters will be {done}")
    return True


for _command in (list_dead, show, requeue, drop):
    dead.add_command(_command)
