"""The dead letters: grouped by cause, shown one by one, sent again or given up."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from worker.cli._shared.options import command, json_option, yes_option
from worker.cli._shared.output import show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.intake.canonical_url import admit
from worker.operations.status import rfc3339
from worker.reasons import Fate, Reason
from worker.storage.for_operator import ForOperator
from worker.storage.values import DeadFilter, DeadItem

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DEADLY = sorted(reason.word for reason in Reason if reason.fate not in (Fate.REFUSED, Fate.NOTE))


def parse_since(text: str, now: float) -> float:
    """Seconds since 1970 of a date, an RFC 3339 time, or an age as `90m`, `12h`, `7d`; raises ValueError."""
    age = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if age:
        return now - int(age[1]) * UNITS[age[2]]
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _since(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return parse_since(value, time.time())
    except (ValueError, OverflowError):
        raise click.BadParameter(f"expected a date, an RFC 3339 time or an age as 90m, 12h or 7d, came {value!r}") from None


def _reason(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and value not in DEADLY:
        raise click.BadParameter(f"expected one of {', '.join(DEADLY)}, came {value!r}")
    return value


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which dead letters are meant."""
    for option in (
        click.option("--limit", type=click.IntRange(1), metavar="N", help="The newest N only."),
        click.option("--since", callback=_since, metavar="TIME", help="Died at this time or later: a date, or an age as 12h."),
        click.option("--host", metavar="HOST", help="Of this host; with a port as in example.org:8080."),
        click.option("--reason", callback=_reason, metavar="WORD", help="Dead for this reason."),
    ):
        function = option(function)
    return function


def which(reason: str | None, host: str | None, since: float | None, limit: int | None) -> DeadFilter:
    """The filter that these options mean."""
    return DeadFilter(reason=reason, host=host.lower() if host else None, since=since, limit=limit)


@click.group("dead", help="The dead letters: list, show, requeue, drop.")
def dead() -> None:
    """Every one names its cause."""


@command("list", help="Dead letters grouped by cause.")
@filters
@json_option
def list_dead(settings: Settings, as_json: bool, **chosen: Any) -> None:
    """JSON lines {"reason","count","newest"}, or a table."""
    ledger = opened(settings).operator_ledger
    rows = _groups(ledger, which(**chosen))
    if as_json:
        show_lines(rows)
    else:
        show_table(("reason", "count", "newest"), ((row["reason"], row["count"], row["newest"]) for row in rows))


def _groups(ledger: ForOperator, meant: DeadFilter) -> list[dict[str, Any]]:
    if meant == DeadFilter():
        return [{"reason": group.reason, "count": group.count, "newest": rfc3339(group.newest)} for group in ledger.dead_groups()]
    counts: Counter[str] = Counter()
    newest: dict[str, float] = {}
    for item in ledger.dead(meant):
        counts[item.reason] += 1
        newest[item.reason] = max(newest.get(item.reason, 0.0), item.died_at)
    return [{"reason": reason, "count": count, "newest": rfc3339(newest[reason])} for reason, count in counts.most_common()]


@command("show", help="Dead letters one by one, newest first, or the one of a URL.")
@click.argument("url", required=False)
@filters
@json_option
def show(settings: Settings, url: str | None, as_json: bool, **chosen: Any) -> None:
    """JSON lines, or a table."""
    ledger = opened(settings).operator_ledger
    items = ledger.dead(_one(ledger, settings, url) if url else which(**chosen))
    if as_json:
        show_lines(map(dead_row, items))
    else:
        columns = ("item", "reason", "died", "tries", "url", "detail")
        show_table(columns, ((i.item_id, i.reason, rfc3339(i.died_at), i.tries, i.url, i.detail) for i in items))


def _one(ledger: ForOperator, settings: Settings, url: str) -> DeadFilter:
    try:
        ways = ledger.trace(admit(url, settings).key)
    except ItemFailed as failed:
        raise UsageError(f"expected a URL, came {url!r}: {failed}") from failed
    found = [way.item_id for way in ways if way.state == "dead"]
    if not found:
        raise UsageError(f"expected the URL of a dead letter, came {url!r}")
    return DeadFilter(item_id=found[0])


def dead_row(item: DeadItem) -> dict[str, Any]:
    """One dead letter as JSON."""
    return {
        "item_id": item.item_id,
        "url": item.url,
        "host": item.host,
        "reason": item.reason,
        "detail": item.detail,
        "died_at": rfc3339(item.died_at),
        "tries": item.tries,
        "strikes": item.strikes,
        "http": item.answer,
    }


@command("requeue", help="Send dead letters on their way again; the same items, with all their tries.")
@click.argument("url", required=False)
@filters
@click.option("--rate", type=click.FloatRange(0, min_open=True), metavar="N", help="At most so many a second.")
@click.option("--dry-run", is_flag=True, help="Show which; change nothing.")
@yes_option
@json_option
def requeue(settings: Settings, *, url: str | None, rate: float | None, dry_run: bool, yes: bool, as_json: bool, **chosen: Any) -> None:
    """Tells how many."""
    ledger = opened(settings).operator_ledger
    meant = _one(ledger, settings, url) if url else which(**chosen)
    _change(ledger, meant, "requeued", lambda: ledger.requeue(meant, rate=rate), dry_run=dry_run, yes=yes, as_json=as_json)


@command("drop", help="Give dead letters up for good: dropped-by-user.")
@click.argument("url", required=False)
@filters
@click.option("--dry-run", is_flag=True, help="Show which; change nothing.")
@yes_option
@json_option
def drop(settings: Settings, *, url: str | None, dry_run: bool, yes: bool, as_json: bool, **chosen: Any) -> None:
    """Tells how many."""
    ledger = opened(settings).operator_ledger
    meant = _one(ledger, settings, url) if url else which(**chosen)
    _change(ledger, meant, "dropped", lambda: ledger.drop(meant), dry_run=dry_run, yes=yes, as_json=as_json)


def _change(ledger: ForOperator, meant: DeadFilter, done: str, act: Callable[[], int], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    count = sum(1 for _ in ledger.dead(meant))
    if dry_run:
        if as_json:
            show_lines(map(dead_row, ledger.dead(meant)))
        tell(f"{count} would be {done}")
        return
    if count > 1 and not yes:
        ask(f"{count} dead letters will be {done}")
    changed = act() if count else 0
    show_json({done: changed}) if as_json else tell(f"{changed} {done}")


def ask(what: str) -> None:
    """A terminal's yes; raises UsageError where nobody can be asked, Abort at a no."""
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: expected --yes, since no terminal is there to ask")
    click.confirm(f"{what}. Go on?", abort=True, err=True)


for _command in (list_dead, show, requeue, drop):
    dead.add_command(_command)
COMMANDS = {"dead": dead}
