"""Search and export the stored articles, and every other item that has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from worker.bootstrap import Services
from worker.results import Result
from worker.storage.search import SearchFilter


@dataclass(frozen=True, slots=True)
class Found:
    """The articles that match a search, the last published first."""

    results: list[Result]
    more: bool
    """Whether there are more than were asked for."""


def search(services: Services, wanted: SearchFilter, limit: int) -> Found:
    """Up to `limit` stored articles that match. Raises Unavailable."""
    results = services.articles.search(wanted, limit + 1)
    return Found(results[:limit], more=len(results) > limit)


def export(services: Services, outcome: Literal["stored", "all"], job: str | None) -> Iterator[Result]:
    """The stored articles, or (`all`) every item that has ended, a page of rows at a time; of one job where one is named.

    Raises UsageError for an unknown job, Unavailable where the database is away.
    """
    job_id = services.operator_ledger.find_job(job).id if job else None
    return services.articles.results(outcome, job_id=job_id)
