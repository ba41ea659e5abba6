"""List the jobs, show how far each one is, wait for one, stop one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.bootstrap import Services
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.items import Item
from worker.operations.previews import Intent, Preview, check, token
from worker.operations.times import rfc3339
from worker.storage.values import Job, Progress, State

EXAMPLES = 5
"""Items of a preview."""


@dataclass(frozen=True, slots=True)
class JobStatus(Document):
    """How far a job is: its items by state, and what it was given beside them."""

    id: int
    name: str
    created_at: str
    """RFC 3339, UTC."""
    stopped_at: str | None
    accepted: int
    waiting: int
    running: int
    stored: int
    duplicate: int
    refused: int
    dead: int
    refused_at_door: int
    """URLs that `enqueue` refused: they are no items."""
    known: int
    """URLs that were accepted earlier."""

    @classmethod
    def of(cls, progress: Progress) -> JobStatus:
        """From the ledger's count."""
        job, states = progress.job, progress.states
        return cls(
            id=job.id,
            name=job.name,
            created_at=rfc3339(job.created_at),
            stopped_at=rfc3339(job.stopped_at),
            accepted=sum(states.values()),
            waiting=states[State.WAITING],
            running=states[State.RUNNING],
            stored=states[State.STORED],
            duplicate=states[State.DUPLICATE],
            refused=states[State.REFUSED],
            dead=states[State.DEAD],
            refused_at_door=progress.refused_at_intake,
            known=progress.known,
        )

    @property
    def under_way(self) -> int:
        """Items that have not ended yet."""
        return self.waiting + self.running


@dataclass(frozen=True, slots=True)
class Stopped(Document):
    """A job that was stopped, and how many of its items were dropped for it."""

    job: str
    dropped: int


@dataclass(frozen=True, slots=True)
class JobOutcome(Document):
    """How many items of a job are in one state, for one reason."""

    state: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class JobDetail(Document):
    """A job with what became of its items, by reason; of what waits, the reason of the last failure."""

    job: JobStatus
    outcomes: tuple[JobOutcome, ...]


def jobs(services: Services, newest: int | None = None) -> list[JobStatus]:
    """Every job, or so many of them, newest first."""
    return [JobStatus.of(progress) for progress in services.operator_ledger.jobs(newest)]


def adders(services: Services, of: Sequence[JobStatus]) -> Mapping[str, tuple[str, ...]]:
    """By the job's name, who added to it, by the log, in the order in which they first did; nobody for what sources brought.

    Raises Unavailable.
    """
    if not of:
        return {}
    since = min(datetime.fromisoformat(job.created_at).timestamp() for job in of)
    found: dict[str, tuple[str, ...]] = {}
    for name, who in services.audit.doers("enqueue", "job", [job.name for job in of], since):
        found[name] = (*found.get(name, ()), who)
    return found


def show(services: Services, name: str) -> JobStatus:
    """The job with this name or number; raises UsageError where there is none."""
    ledger = services.operator_ledger
    return JobStatus.of(ledger.progress(ledger.find_job(name)))


def detail(services: Services, name: str) -> JobDetail:
    """The job with this name or number, with its outcomes by reason; raises UsageError where there is none."""
    job = show(services, name)
    return JobDetail(job, tuple(JobOutcome(*row) for row in services.viewer_ledger.outcomes_of_job(job.id)))


def causes_of(services: Services, job: Job) -> list[JobOutcome]:
    """Why items of the job were refused or died, the most frequent first. Raises Unavailable."""
    outcomes = (JobOutcome(*row) for row in services.viewer_ledger.outcomes_of_job(job.id))
    causes = [outcome for outcome in outcomes if outcome.state in (State.REFUSED, State.DEAD)]
    return sorted(causes, key=lambda cause: (-cause.count, cause.reason or ""))


def until_ended(services: Services, job: Job, every: float) -> Iterator[JobStatus]:
    """The job as it is now and again every so many seconds; the last one has nothing under way any more."""
    while (status := JobStatus.of(services.operator_ledger.progress(job))).under_way:
        yield status
        time.sleep(every)
    yield status


def preview_of_stop(services: Services, name: str, who: str | None = None) -> Preview:
    """What stopping this job would drop now; raises UsageError where there is no such job."""
    job = services.operator_ledger.find_job(name)
    mark, some = services.operator_ledger.waiting_in(job, EXAMPLES)
    examples = tuple(Item.of(row) for row in services.viewer_ledger.items_of(some))
    return Preview(mark.count, examples, (), token(services, Intent("job stop", who or "", job, mark)))


def stop(services: Services, name: str, who: str | None = None, seen: str | None = None) -> Stopped:
    """Drops what still waits in this job and in no other, as `dropped-by-user`; raises UsageError where there is no such job.

    `who` goes into the log. With the token of a preview as `seen`, what waits must still be what was seen, else Conflict is raised and
    nothing is done.
    """
    job = services.operator_ledger.find_job(name)
    if seen is not None:
        check(services, seen, Intent("job stop", who or "", job, services.operator_ledger.waiting_in(job, 0)[0]))
    dropped = services.operator_ledger.stop_job(job)
    record(services, who, "job stop", count=dropped, which={"job": job.name})
    return Stopped(job.name, dropped)
