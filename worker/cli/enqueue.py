"""URLs accepted: each is judged at the door and written into the ledger, whether or not anything is running."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import Any, cast

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, clean, complain, show_lines, tell
from worker.cli._shared.services import is_there, opened
from worker.cli._shared.url_lists import Candidate, Format, check_files, from_arguments, from_file
from worker.config import Settings
from worker.errors import ItemFailed, Unavailable, UsageError
from worker.intake.canonical_url import admit
from worker.messages import Lane
from worker.reasons import Reason
from worker.storage.for_intake import ForIntake
from worker.storage.values import Accepted, Entry, Job

BATCH = 1000
"""Rows a transaction: beyond it the cost of a row no longer falls. Between two of them a thousand URLs are judged,
for some 30 ms, in which the keeper has its turn: SQLite's lock is not fair."""
SHOWN_FAULTS = 200
"""Lines on standard error; of a list with more bad lines the rest is counted."""


@dataclass
class Order:
    """What to do with the candidates, and what came of them so far."""

    settings: Settings
    job_name: str | None
    lane: Lane
    force: bool
    dry_run: bool
    as_json: bool
    job: Job | None = None
    counts: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "known": 0, "refused": 0})

    @cached_property
    def services(self) -> Services:
        """Opened at the first need, so that a call that is all wrong leaves nothing behind."""
        return opened(self.settings)

    @property
    def ledger(self) -> ForIntake:
        """Opened at the first need, so that a call that is all wrong leaves nothing behind."""
        return self.services.intake_ledger

    def open_job(self) -> Job:
        """The job, made at the first need too."""
        self.job = self.job or self.ledger.open_job(self.job_name)
        return self.job

    def accept(self, entries: list[Entry]) -> list[Accepted]:
        """Their verdicts; a dry run writes nothing."""
        if not entries:
            return []
        if self.dry_run and not is_there(self.settings):
            return [Accepted(entry.url, None, "accepted") for entry in entries]
        if self.dry_run:
            return self.ledger.preview(entries)
        return self.ledger.accept(entries, self.open_job(), lane=self.lane, force=self.force)


@command("enqueue", help="Accept URLs, a line each about what became of them. Works while Redis is away.")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("-f", "--file", "files", multiple=True, metavar="FILE|-", help="A list of URLs, one a line; `-` is standard input.")
@click.option("--format", "form", type=click.Choice(["lines", "csv", "jsonl"]), default="lines", help="How the lists are written.")
@click.option("--feed", "feeds", multiple=True, metavar="URL", help="An RSS, Atom, RDF or JSON feed.")
@click.option("--sitemap", "sitemaps", multiple=True, metavar="URL", help="A sitemap or an index of them.")
@click.option("--job", "job_name", metavar="NAME", help="The job that they belong to; made where there is none.")
@click.option("--lane", type=click.Choice(["urgent", "normal", "bulk"]), default="normal", show_default=True)
@click.option("--force", is_flag=True, help="Fetch again what is known and has ended.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--wait", is_flag=True, help="Wait until everything in the job has ended; 1 if something died.")
@json_option
def enqueue(
    settings: Settings,
    *,
    urls: tuple[str, ...],
    files: tuple[str, ...],
    form: str,
    feeds: tuple[str, ...],
    sitemaps: tuple[str, ...],
    job_name: str | None,
    lane: str,
    force: bool,
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> int:
    """Judges, accepts and tells, in constant memory."""
    if not (urls or files or feeds or sitemaps):
        raise UsageError("expected a URL, or a list with -f, or --feed, or --sitemap; came nothing")
    check_files(files)
    given = chain(from_arguments(urls, feeds, sitemaps), *(from_file(name, cast(Format, form)) for name in files))
    order = Order(settings, job_name, cast(Lane, lane), force, dry_run, as_json or not sys.stdout.isatty())
    try:
        _work_through(given, order)
    except BaseException:
        if any(order.counts.values()):  # also on Ctrl-C: what was accepted by then is kept
            _sum_up(order)
        raise
    _sum_up(order)
    return max(_exit_code(order), _wait(order) if wait and not dry_run else 0)


def _work_through(given: Iterator[Candidate], order: Order) -> None:
    with Progress("lines read") as progress:
        while batch := list(islice(given, BATCH)):
            with _whole():
                _one_batch(batch, order)
            progress.advance(len(batch))


@contextmanager
def _whole() -> Iterator[None]:
    """Ctrl-C waits for the end of a batch, so that every accepted URL has been told and counted."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _one_batch(batch: list[Candidate], order: Order) -> None:
    verdicts = [_judge(candidate, order) for candidate in batch]
    accepted = iter(order.accept([verdict for verdict in verdicts if isinstance(verdict, Entry)]))
    told = [
        _refused(candidate, verdict, order) if isinstance(verdict, ItemFailed) else _accepted(next(accepted), order)
        for candidate, verdict in zip(batch, verdicts, strict=True)
    ]
    show_lines(told) if order.as_json else _show_to_people(told)


def _judge(candidate: Candidate, order: Order) -> Entry | ItemFailed:
    if candidate.fault:
        return ItemFailed(Reason.BAD_URL, candidate.fault)
    try:
        return admit(candidate.url, order.settings, candidate.kind)
    except ItemFailed as failed:
        return failed


def _accepted(done: Accepted, order: Order) -> dict[str, Any]:
    order.counts[done.state] += 1
    reason = Reason.KNOWN.word if done.state == "known" else None
    return {"url": done.url, "item_id": done.item_id, "state": done.state, "reason": reason}


def _refused(candidate: Candidate, failed: ItemFailed, order: Order) -> dict[str, Any]:
    """Tells what is wrong on standard error, of long lists for the first ones only."""
    order.counts["refused"] += 1
    if order.counts["refused"] <= SHOWN_FAULTS:
        complain(f"{candidate.where}: {failed.detail or failed}, in {_short(candidate.url)} ({failed.reason})")
    return {"url": candidate.url, "item_id": None, "state": "refused", "reason": failed.reason.word}


def _short(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:97] + "...")


def _show_to_people(told: Iterable[Mapping[str, Any]]) -> None:
    for verdict in told:
        number = verdict["item_id"] if verdict["item_id"] is not None else "–"
        click.echo(f"{verdict['state']:8}  {number:>8}  {clean(verdict['url'])}")


def _sum_up(order: Order) -> None:
    refused = order.counts["refused"]
    if order.job and refused:
        order.ledger.turned_away(order.job, refused)
    if refused > SHOWN_FAULTS:
        complain(f"and {refused - SHOWN_FAULTS} more refused lines; the verdicts name each")
    total = sum(order.counts.values())
    if refused and refused == total:
        return  # each has been told already
    job = f", job {order.job.name!r}" if order.job else ""
    told = ", ".join(f"{count} {state}" for state, count in order.counts.items() if count)
    would = " (dry run: nothing written)" if order.dry_run else ""
    tell(f"{total} URL{'' if total == 1 else 's'}{': ' + told if told else ''}{job}{would}")


def _exit_code(order: Order) -> int:
    if order.counts["refused"] and not (order.counts["accepted"] or order.counts["known"]):
        return 2
    return 1 if order.counts["refused"] else 0


def _wait(order: Order) -> int:
    """Until nothing of the job is under way; 1 where something of it died."""
    if order.job is None:
        return 0
    _warn_if_alone(order.settings)
    with Progress("URLs ended") as progress:
        while (state := order.services.operator_ledger.progress(order.job)).open:
            ended = sum(state.states.values()) - state.open
            progress.show(ended, ended + state.open)
            time.sleep(0.5)  # a person watches; the ledger answers this in a millisecond
    if state.states["dead"]:
        tell(f"{state.states['dead']} of {sum(state.states.values())} died; `pressmark dead list` says why")
    return 1 if state.states["dead"] else 0


def _warn_if_alone(settings: Settings) -> None:
    from worker.queues.embedded_server import redis_url

    try:
        redis_url(settings)
    except Unavailable:
        tell("waiting, but nothing is running yet: start `pressmark up` in another terminal")


COMMANDS = {"enqueue": enqueue}
