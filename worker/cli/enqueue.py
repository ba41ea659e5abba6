"""`pressmark enqueue`: accept URLs, feeds and sitemaps, a line of answer for each."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import cast

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import Progress, clean, complain, show_lines, tell
from worker.cli._shared.services import opened
from worker.cli._shared.url_lists import Format, check_files, from_arguments, from_file
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import installation
from worker.operations.accept import BATCH, Acceptance, Answer, Candidate, Terms, Totals
from worker.operations.jobs import causes_of, until_ended
from worker.operations.reason_words import words
from worker.reasons import Lane

SHOWN_FAULTS = 200
"""Bad lines that standard error shows; it counts the others."""
STILL = 15.0
"""Seconds in which nothing ended, after which --wait says where to look: a page takes a few at its host's pace."""
EVERY = 0.5
"""Seconds between two looks with --wait: people watch, and the ledger answers in a millisecond."""


@command(
    "enqueue",
    help="Accept URLs, with a line of answer for each. Works while Redis is away.",
    example="pressmark enqueue -f urls.txt --job monday --wait",
)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("-f", "--file", "files", multiple=True, metavar="FILE|-", help="A list of URLs, one a line; `-` is standard input.")
@click.option("--format", "form", type=click.Choice(["lines", "csv", "jsonl"]), default="lines", help="How the lists are written.")
@click.option("--feed", "feeds", multiple=True, metavar="URL", help="An RSS, Atom, RDF or JSON feed.")
@click.option("--sitemap", "sitemaps", multiple=True, metavar="URL", help="A sitemap or an index of them.")
@click.option("--job", "job_name", metavar="NAME", help="The job that they belong to; made where there is none.")
@click.option("--lane", type=click.Choice(["urgent", "normal", "bulk"]), default="normal", show_default=True, help="Which are read first.")
@click.option("--force", is_flag=True, help="Fetch again what is known and has ended, the pages of a feed or sitemap too.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--wait", is_flag=True, help="Wait until everything in the job has ended, and say how; 1 if something died.")
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
    """Answers each URL in order, in constant memory; 1 where one was refused, 2 where all were."""
    if not (urls or files or feeds or sitemaps):
        raise UsageError("expected a URL, or a list with -f, or --feed, or --sitemap; got nothing")
    check_files(files)
    given = chain(from_arguments(urls, feeds, sitemaps), *(from_file(name, cast(Format, form)) for name in files))
    acceptance = Acceptance(settings, lambda: opened(settings), Terms(job_name, cast(Lane, lane), force, dry_run, who()))
    _accept_all(given, acceptance, as_json or not sys.stdout.isatty())
    return max(_exit_code(acceptance.totals), _wait(settings, acceptance) if wait and not dry_run else 0)


def _accept_all(given: Iterator[Candidate], acceptance: Acceptance, as_json: bool) -> None:
    """Also after Ctrl-C the sum is shown: what was accepted by then is kept."""
    try:
        with Progress("lines read") as progress:
            while batch := list(islice(given, BATCH)):
                with _ctrl_c_waits():
                    _accept_batch(batch, acceptance, as_json)
                progress.advance(len(batch))
    except BaseException:
        if acceptance.totals.all:
            _finish(acceptance)
        raise
    _finish(acceptance)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Ctrl-C waits for the end of a batch, so that every accepted URL has been shown and counted."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _accept_batch(batch: Sequence[Candidate], acceptance: Acceptance, as_json: bool) -> None:
    shown = acceptance.totals.refused
    answers = acceptance.batch(batch)
    for answer in [answer for answer in answers if answer.state == "refused"][: max(0, SHOWN_FAULTS - shown)]:
        complain(f"{answer.where}: {answer.detail}, in {_short(answer.url)} ({answer.reason})")
    show_lines(answers) if as_json else _show_to_people(answers)


def _short(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:97] + "...")


def _show_to_people(answers: Sequence[Answer]) -> None:
    for answer in answers:
        number = "–" if answer.item_id is None else answer.item_id
        click.echo(f"{answer.state:8}  {number:>8}  {clean(answer.url)}")


def _finish(acceptance: Acceptance) -> None:
    """Counts what was refused for the job, and shows the sum."""
    acceptance.finish()
    totals = acceptance.totals
    if totals.refused > SHOWN_FAULTS:
        complain(f"and {totals.refused - SHOWN_FAULTS} more refused lines; the answers name each")
    if totals.refused == totals.all > 0:
        return  # each has been named already
    counts = {"accepted": totals.accepted, "known": totals.known, "refused": totals.refused}
    states = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    job = f", job {acceptance.job.name!r}" if acceptance.job else ""
    would = " (dry run: nothing written)" if acceptance.terms.dry_run else ""
    tell(f"{totals.all} URL{'' if totals.all == 1 else 's'}{': ' + states if states else ''}{job}{would}")


def _exit_code(totals: Totals) -> int:
    if totals.refused and totals.refused == totals.all:
        return 2
    return 1 if totals.refused else 0


class Stillness:
    """Tells once that nothing has changed for STILL seconds."""

    def __init__(self) -> None:
        self._count, self._since = -1, 0.0

    def lasts(self, count: int) -> bool:
        """Whether `count` has been the same for that long, and it was not said before."""
        if count != self._count:
            self._count, self._since = count, time.monotonic()
        if time.monotonic() - self._since < STILL:
            return False
        self._since = math.inf
        return True


@contextmanager
def _goes_on(job: str) -> Iterator[None]:
    """Says at Ctrl-C that the service goes on without who waits."""
    try:
        yield
    except KeyboardInterrupt:
        tell(clean(f"what was accepted goes on; `pressmark jobs show {job}` says how far it is"))
        raise


def _wait(settings: Settings, acceptance: Acceptance) -> int:
    """Until nothing of the job is under way; 1 where something of it died."""
    if acceptance.job is None:
        return 0
    if not installation.is_up(settings):
        tell("waiting, but nothing is running yet: start `pressmark up` in another terminal")
    with _goes_on(acceptance.job.name), Progress("URLs ended") as progress:
        still = Stillness()
        for job in until_ended(acceptance.services, acceptance.job, EVERY):
            progress.show(job.accepted - job.under_way, job.accepted)
            if still.lasts(job.under_way):
                tell(f"{job.under_way} not ended for {STILL:g} s: `pressmark due` says what waits, and for what")
    ended = {"stored": job.stored, "duplicate": job.duplicate, "refused": job.refused, "dead": job.dead}
    tell(f"{job.accepted} ended: " + (", ".join(f"{count} {state}" for state, count in ended.items() if count) or "nothing to do"))
    for cause in causes_of(acceptance.services, acceptance.job):
        tell(f"  {cause.count} {cause.state}: {words(str(cause.reason))} ({cause.reason})")
    if job.dead:
        tell("`pressmark dead list` has them, and `pressmark dead requeue` sends them again")
    return 1 if job.dead else 0
