"""Report on a job: what became of its items and why, and which labels, outlets, languages and days its articles have."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations import articles, jobs
from worker.operations.articles import By
from worker.operations.document import Document
from worker.operations.jobs import JobOutcome, JobStatus
from worker.operations.times import rfc3339
from worker.storage.search import SearchFilter

HOSTS = 50
"""Causes of failure that are listed, the most frequent first: beyond them there is a failure or two each."""


@dataclass(frozen=True, slots=True)
class Weighed(Document):
    """How many articles of a job have one value."""

    key: str
    """The value; empty where it is not known. Of topics also `none` (no topic is yes) and `unsure` (some topic is)."""
    count: int
    distinct: int
    """The same with near copies of one text as one."""


@dataclass(frozen=True, slots=True)
class FailingHost(Document):
    """Items of a job that one host has, and that were refused or died for one reason."""

    host: str
    state: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class JobReport(Document):
    """A job with what became of its items, and what its stored articles are."""

    job: JobStatus
    at: str
    """When it was made."""
    added_by: tuple[str, ...]
    """Who added to it, by the log of who did what, in the order in which they first did."""
    outcomes: tuple[JobOutcome, ...]
    articles: int
    """Stored articles. `stored` of the job counts the feeds and sitemaps that were read, too."""
    distinct: int
    """The same with near copies of one text as one."""
    topics: tuple[Weighed, ...]
    source_types: tuple[Weighed, ...]
    languages: tuple[Weighed, ...]
    outlets: tuple[Weighed, ...]
    days: tuple[Weighed, ...]
    """Of publication, by the papers' own clocks."""
    failing_hosts: tuple[FailingHost, ...]
    """Up to HOSTS of them, the most frequent first."""

    @property
    def sections(self) -> tuple[tuple[str, tuple[Weighed, ...]], ...]:
        """What people read of the articles, in its order, each with its title."""
        return (
            ("topics", self.topics),
            ("source types", self.source_types),
            ("outlets", self.outlets),
            ("languages", self.languages),
            ("days of publication", self.days),
        )


def report(services: Services, name: str) -> JobReport:
    """The report of the job with this name or number. Raises UsageError where there is none, Unavailable."""
    found = jobs.detail(services, name)
    wanted = SearchFilter(job=found.job.id)
    return JobReport(
        job=found.job,
        at=rfc3339(time.time()),
        added_by=jobs.adders(services, [found.job]).get(found.job.name, ()),
        outcomes=found.outcomes,
        articles=articles.total(services, wanted),
        distinct=articles.total(services, wanted, once=True),
        topics=_weighed(services, wanted, "topic"),
        source_types=_weighed(services, wanted, "source_type"),
        languages=_weighed(services, wanted, "language"),
        outlets=_weighed(services, wanted, "outlet"),
        days=_weighed(services, wanted, "day"),
        failing_hosts=tuple(FailingHost(*row) for row in services.viewer_ledger.failing_hosts_of_job(found.job.id, HOSTS)),
    )


def _weighed(services: Services, wanted: SearchFilter, by: By) -> tuple[Weighed, ...]:
    once: defaultdict[str, int] = defaultdict(int)
    once |= {bucket.key: bucket.count for bucket in articles.counts(services, wanted, by, once=True).buckets}
    return tuple(Weighed(bucket.key, bucket.count, once[bucket.key]) for bucket in articles.counts(services, wanted, by).buckets)
