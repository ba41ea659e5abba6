"""Choose stored articles by the filters of a search, by a job, or by their items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from worker.bootstrap import Services
from worker.errors import NotFound
from worker.operations.models import expect_topics
from worker.storage.archive.kept_articles import KeptArticles
from worker.storage.search import SearchFilter

AT_ONCE = 200
"""Places read at once: short rows."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles; nothing set means all."""

    wanted: SearchFilter = SearchFilter()  # noqa: RUF009 - frozen
    job: str | None = None
    """Name or number."""
    items: tuple[int, ...] = ()
    """These, whatever else is set."""
    limit: int | None = None


def chosen(services: Services, which: Selection) -> Iterator[int]:
    """Their items, each once, the last published first.

    Raises UsageError for a topic or a job that there is not, NotFound for an item without an article, Unavailable.
    """
    if which.items:
        return iter(_named(services, which.items))
    expect_topics(services, "--topic", *which.wanted.topics)
    expect_topics(services, "--primary", which.wanted.primary)
    job = services.operator_ledger.find_job(which.job).id if which.job is not None else None
    found = _found(services, replace(which.wanted, job=job, zone=services.settings.timezone))
    return islice(found, which.limit)


def _named(services: Services, items: tuple[int, ...]) -> list[int]:
    there = KeptArticles(services.engine).stored(items)
    if missing := [item for item in items if item not in there]:
        raise NotFound(f"expected the item of a stored article, got {missing[0]}")
    return list(dict.fromkeys(items))


def _found(services: Services, wanted: SearchFilter) -> Iterator[int]:
    """An article that moves in the order, because its date changes meanwhile, still comes only once."""
    seen: set[int] = set()
    stored, place = KeptArticles(services.engine), None
    while page := stored.places(wanted, AT_ONCE, before=place):
        place = page[-1]
        new = [item for _, _, item in page if item not in seen]
        seen.update(new)
        yield from new
