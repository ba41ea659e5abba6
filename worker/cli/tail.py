"""`pressmark tail`: follow what is stored, refused and given up, as it is published on the public stream."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence

import click

from classifier.label_set import DEFAULT
from worker.cli._shared.options import command, json_option, moment
from worker.cli._shared.output import clean, show_lines, tell
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import topics as known_topics
from worker.operations.sharing.tail import Followed, Start, Summary, Wanted, follow
from worker.operations.times import local_time as in_zone
from worker.operations.times import rfc3339


@command(
    "tail",
    help="Follow Results as they are published on the stream `articles`; from now on, unless --since or --from-start is given.",
    example="pressmark tail --topic trade --since 2h",
)
@click.option("--since", metavar="WHEN", help="Begin at a day, a time (RFC 3339), or an age as 90m, 12h, 7d.")
@click.option("--from-start", is_flag=True, help="Begin with the oldest Result that the stream still holds.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="With this topic; more than once: with all of them.")
@click.option("--unsure", is_flag=True, help="Topics in doubt count too.")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    type=click.Choice(["stored", "duplicate", "refused", "dead"]),
    help="Only Results with this outcome.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="End after N Results.")
@click.option("--no-follow", is_flag=True, help="End with the newest Result that is there now.")
@json_option
def tail(
    settings: Settings,
    *,
    since: str | None,
    from_start: bool,
    topics: tuple[str, ...],
    unsure: bool,
    outcomes: tuple[str, ...],
    limit: int | None,
    no_follow: bool,
    as_json: bool,
) -> None:
    """JSON lines, or on a terminal one line for people for each Result; ends with Ctrl-C, or when nobody reads any more."""
    start = Start(moment(since, settings.timezone), from_start)
    if start.first and start.since is not None:
        raise UsageError("expected --since or --from-start, got both")
    if no_follow and not from_start and since is None:
        raise UsageError("expected --no-follow with --since or --from-start, got it alone: nothing would be shown")
    if set(topics) - set(DEFAULT.topics):  # others need the database, whose import takes as long as the rest of the start
        known_topics.expect_topics_in(settings, "--topic", *topics)
    people = sys.stdout.isatty() and not as_json
    left = limit
    says = people and not no_follow
    for one in follow(settings, start, Wanted(topics, unsure, outcomes), until_end=no_follow):
        if says:
            tell("following what is published; Ctrl-C ends it" + ("" if from_start or since else ", --from-start shows what was before"))
            says = False
        for note in one.notes:
            tell(note)
        shown = one.results[:left]
        _show(shown, settings.timezone) if people else show_lines(found.document for found in shown)
        left = None if left is None else left - len(shown)
        if left == 0:
            return
        if nobody_reads():
            raise BrokenPipeError


def _show(results: Sequence[Followed], zone: str) -> None:
    for found in results:
        click.echo(clean("  ".join(_cells(found, zone))))


def _cells(found: Followed, zone: str) -> tuple[str, ...]:
    """Time, outcome and labels in columns; then title and address, whose width differs between terminals."""
    one = found.summary
    at = in_zone(rfc3339(int(found.entry_id.partition("-")[0]) / 1000), zone)
    outcome = f"{one.outcome}: {one.reason}" if one.reason else one.outcome
    return at, f"{outcome:<16}", f"{_topics(one):<24}", " — ".join(filter(None, (one.title, one.site_name))), one.url or ""


def _topics(one: Summary) -> str:
    marks = {"yes": "", "unsure": "?"}
    return ", ".join(topic.label + marks[topic.decision] for topic in one.topics or () if topic.decision in marks) or "–"


def nobody_reads() -> bool:
    """Whether the reader of standard output has closed it; a write would show that only with the next Result."""
    try:
        watch = select.poll()
        watch.register(sys.stdout.fileno(), 0)
        return any(events & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _, events in watch.poll(0))
    except (OSError, ValueError):  # not a real file: a test, or a program that embeds this one
        return False
