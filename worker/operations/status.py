"""Report how the installation is doing: its queues, what is wrong with it, and whether the labels drift."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from worker import queues as names
from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import Unavailable
from worker.operations import drift, queues
from worker.operations.document import Document
from worker.operations.drift import DriftReport
from worker.operations.queues import QueueReport
from worker.operations.workers import standing_still
from worker.storage.database import expect_writable

TOO_OLD = 300.0
"""Seconds that a message may wait before `status --check` calls it a problem: more than twice the longest lease."""


@dataclass(frozen=True, slots=True)
class Status(Document):
    """The queues, with what is wrong and the drift of the labels."""

    queues: QueueReport
    drift: DriftReport
    problems: tuple[str, ...]
    """A line each; empty where all is well."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, object]:
        """The keys of the contract's "Queues" beside `ok`, `problems` and `drift`."""
        return {"ok": self.ok, "problems": list(self.problems), **self.queues.to_dict(), "drift": self.drift.to_dict()}


def status(services: Services) -> Status:
    """Everything as it is now; raises Unavailable where the database is away."""
    report = queues.report(services)
    found = (*_problems_of_database(services), *_refusal(services, report), *problems(report, services.settings))
    return Status(report, drift.report(services), found)


def _refusal(services: Services, report: QueueReport) -> Iterator[str]:
    """A Redis that answers and takes no writes: full, read-only, or unable to save."""
    if report.redis_is_away:
        return
    try:
        refusal = services.control.refusal()
    except Unavailable as error:
        refusal = str(error)
    if refusal:
        yield f"Redis takes no writes, and everything waits: {refusal}"


def _problems_of_database(services: Services) -> Iterator[str]:
    """One where nothing can be written: reading goes on beside another's lock, and on a disk that became read-only."""
    try:
        expect_writable(services.engine)
    except Unavailable as error:
        yield str(error)


def problems(report: QueueReport, settings: Settings) -> Iterator[str]:
    """What is wrong, a line each; nothing where all is well. A pause is a decision and no problem."""
    if not report.balanced:
        yield "the ledger is not balanced: run `pressmark doctor`"
    if report.redis_is_away:
        yield "Redis cannot be reached or does not answer: start `pressmark up`, or look at PRESSMARK_REDIS_URL"
    else:
        yield from _problems_of_queues(report)
    free = shutil.disk_usage(settings.data_dir).free if settings.data_dir.exists() else None
    if free is not None and free < settings.disk_free_min:
        yield f"only {free} bytes are free in {settings.data_dir}: the dispatcher has stopped"


def _problems_of_queues(report: QueueReport) -> Iterator[str]:
    for queue in report.queues:
        if queue.oldest_waiting_s and queue.oldest_waiting_s > TOO_OLD and not queue.paused:
            yield f"the oldest message in {queue.name} waits for {queue.oldest_waiting_s:.0f} s"
    served = {name for worker in report.workers if worker.alive for name in worker.queues}
    for name in (names.FETCH, names.LABEL):
        if name not in served:
            yield f"no worker serves {name}"
    yield from standing_still(report.workers)
