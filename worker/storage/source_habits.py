"""Compare what a source's articles are like lately with what they were like before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection, func, select

from worker.storage.source_rules import Habits, alarms
from worker.storage.tables import articles, items, job_items, labels
from worker.storage.values import State

LATELY, BEFORE = 20, 100
"""Pages that are compared, the newest first: twenty show a redesign within a day or two of a paper."""


@dataclass(frozen=True, slots=True)
class _Page:
    length: int | None
    dated: bool
    language: str | None
    topical: bool
    failed: bool


def alarms_of(connection: Connection, job_id: int) -> list[str]:
    """What is different in the newest articles of a source's job; one query of BEFORE + LATELY rows."""
    pages = _pages(connection, job_id)
    return alarms(_habits(pages[LATELY:]), _habits(pages[:LATELY]))


def _pages(connection: Connection, job_id: int) -> list[_Page]:
    c = items.c
    joined = (
        select(c.state, func.length(articles.c.text).label("length"), articles.c.published_at, articles.c.language, labels.c.primary_topic)
        .select_from(job_items.join(items, c.id == job_items.c.item_id))
        .outerjoin(articles, articles.c.item_id == c.id)
        .outerjoin(labels, labels.c.item_id == c.id)
        .where(job_items.c.job_id == job_id, c.kind == "article", c.state.in_([State.STORED, State.DEAD]))
        .order_by(job_items.c.item_id.desc())
        .limit(LATELY + BEFORE)
    )
    return [
        _Page(row.length, row.published_at is not None, row.language, row.primary_topic is not None, row.state == State.DEAD)
        for row in connection.execute(joined)
    ]


def _habits(pages: Sequence[_Page]) -> Habits:
    stored = [page for page in pages if page.length is not None]
    languages = Counter(page.language for page in stored).most_common(1)
    count = max(len(stored), 1)
    return Habits(
        articles=len(pages),
        length=median([page.length or 0 for page in stored]) if stored else 0.0,
        dated=sum(page.dated for page in stored) / count,
        language=languages[0][0] if languages else None,
        topical=sum(page.topical for page in stored) / count,
        failed=sum(page.failed for page in pages) / max(len(pages), 1),
    )
