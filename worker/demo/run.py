"""Run the demonstration: private services in a temporary folder, the press site on loopback, every page to its end."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from worker.bootstrap import Services
from worker.config import Settings
from worker.config.value_types import Address
from worker.demo.report import Verdict, compare, report
from worker.demo.server import PressSite, opened, press_site
from worker.demo.site import expected
from worker.errors import PressmarkError
from worker.operations.accept import Acceptance, Candidate, Terms
from worker.operations.jobs import until_ended
from worker.operations.queues import QueueReport
from worker.operations.queues import report as report_queues
from worker.processes.supervisor import Supervisor
from worker.storage.values import Job

log = logging.getLogger(__name__)

LOOK = 0.2
"""Seconds between two looks at the job: a person sees the bar move."""
PATIENCE = 300.0
"""Seconds for the whole site; it takes about ten, and a machine that needs thirty times as long has another trouble."""
BACKOFF = 0.5
"""Seconds before the page that failed once is tried again: nobody has to be spared here."""
WIDE = 220
"""Columns where nobody looks at a terminal: a log shows nearly every title whole."""


def demo(settings: Settings, *, keep: bool = False, as_json: bool = False) -> int:
    """Runs the sample press site through the whole program and prints the outcome of each page.

    Returns 0 when every page ended as expected and the ledger is balanced, else 1. With `keep` everything
    goes on running until Ctrl-C. Raises Unavailable where the services cannot be started.
    """
    with (
        _terminated_like_interrupted(),
        tempfile.TemporaryDirectory(prefix="pressmark-demo-") as folder,
        press_site() as site,
        Supervisor(private(settings, Path(folder), site)) as line,
        closing(Services(line.settings)) as services,
    ):
        verdicts = _run(services, line, site)
        queues = report_queues(services)
        _show(verdicts, queues, as_json)
        if keep:
            _stay(line, Path(folder))
    return 0 if queues.balanced and not any(verdict.faults for verdict in verdicts) else 1


def private(settings: Settings, folder: Path, site: PressSite) -> Settings:
    """Settings of our own: defaults, a fresh folder, no pace, a short back-off, and nothing reachable but the site.

    Of the user's settings only the model and those of the log are kept.
    """
    level = "warning" if settings.log_level == "info" else settings.log_level  # the table shows the rest
    ours = Settings(
        data_dir=folder,
        host_interval=0.0,
        backoff=BACKOFF,
        model_dir=settings.model_dir,
        log_level=level,
        log_format=settings.log_format,
    )
    return opened(ours, site.port)


def _free(port: int) -> Address:
    """The dashboard's usual port on loopback, or another one where that is taken: this site must not disturb a real `up`."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            trial.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", trial.getsockname()[1])


def _run(services: Services, line: Supervisor, site: PressSite) -> list[Verdict]:
    """Accepts every page, waits until all have ended, and compares."""
    pages = expected()
    acceptance = Acceptance(services.settings, lambda: services, Terms("demo"))
    answers = acceptance.batch([Candidate(page.url(site.port), page.path) for page in pages])
    if acceptance.job:
        _wait(services, line, acceptance.job)
    results = {result.item_id: result for result in services.articles.results("all")}
    found = {page.host + page.path: results.get(answer.item_id) for page, answer in zip(pages, answers, strict=True)}
    return compare(pages, {place: result for place, result in found.items() if result})


def _wait(services: Services, line: Supervisor, job: Job) -> None:
    """Until nothing of the job is under way; raises PressmarkError when that takes absurdly long."""
    end = time.monotonic() + PATIENCE
    with _bar() as bar:
        task = bar.add_task("pages ended", total=None)
        for status in until_ended(services, job, LOOK):
            bar.update(task, completed=status.accepted - status.under_way, total=status.accepted)
            if status.under_way and time.monotonic() > end:
                left = f"{status.under_way} of {status.accepted} pages have not ended"
                raise PressmarkError(f"expected the site to be read within {PATIENCE:.0f} s, but {left}")
            line.look()


def _bar() -> Progress:
    """On a terminal's standard error only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _show(verdicts: Sequence[Verdict], queues: QueueReport, as_json: bool) -> None:
    if as_json:
        results = [verdict.result.to_dict() for verdict in verdicts if verdict.result]
        sys.stdout.write(json.dumps({"results": results, "queues": queues.to_dict()}, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        console = Console() if sys.stdout.isatty() else Console(width=WIDE, no_color=True)
        console.print(report(verdicts, queues, console.width))
    sys.stdout.flush()


def _stay(line: Supervisor, folder: Path) -> None:
    """Goes on until Ctrl-C, with the dashboard, which prints its address, and says how else to look in."""
    line.settings = replace(line.settings, dashboard_address=_free(line.settings.dashboard_address.port))
    line.start("dashboard")
    Console(stderr=True).print(
        f"Still running; Ctrl-C ends it. To look in: PRESSMARK_DATA_DIR={folder} pressmark queues (or status, trace, export)",
        highlight=False,
        soft_wrap=True,
    )
    try:
        while True:
            line.look()
            time.sleep(LOOK)
    except KeyboardInterrupt:
        log.info("the demonstration ends")


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM cleans up as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
