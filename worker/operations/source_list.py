"""Show sources to people and programs that watch: pages of them, and what they brought in a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations import cursors
from worker.operations.document import Document
from worker.operations.sources import Health, Source
from worker.storage.source_list import Order, Week

PAGE = 50
"""Sources of a page."""


@dataclass(frozen=True, slots=True)
class SourcePage(Document):
    """A page of the sources."""

    sources: tuple[Source, ...]
    next: str | None


def listed(
    services: Services, limit: int = PAGE, cursor: str | None = None, order: Order = "added", health: Health | None = None
) -> SourcePage:
    """A page of the sources, of those with one health. Raises UsageError for a cursor of another list, Unavailable."""
    place = cursors.asked(cursor, (int, int)).place
    after = (int(place[0] or 0), int(place[1] or 0)) if place else None
    found = services.sources.page(limit + 1, after, order, health)
    shown = found[:limit]
    more = cursors.written("older", (shown[-1][0], shown[-1][1].id)) if len(found) > limit else None
    return SourcePage(tuple(Source.of(row) for _, row in shown), more)


def weeks(services: Services, found: Sequence[Source]) -> dict[int, Week]:
    """What each of these brought in the last seven days, by its number."""
    by_job = services.sources.weeks([source.job_id for source in found])
    return {source.id: by_job.get(source.job_id, Week()) for source in found}
