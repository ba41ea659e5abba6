"""Tell of sources that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from worker.bootstrap import Services
from worker.operations.problem_types import Act, Problem
from worker.operations.reason_words import words
from worker.operations.times import rfc3339
from worker.storage.sources import SourceRow

CODE = "source-failing"
NAMED = 3
"""Broken sources that a problem names; it counts the others."""


def of_sources(services: Services) -> Iterator[Problem]:
    """One problem for all sources that cannot be read after all tries."""
    count, rows = services.sources.broken(NAMED)
    if not rows:
        return
    more = f" and {count - len(rows)} more" if count > len(rows) else ""
    what = f"{count} followed source{'s' if count > 1 else ''} cannot be read: {', '.join(map(_named, rows))}{more}."
    since = rfc3339(min(row.read_at or row.added_at for row in rows))
    act = Act("Mend it", f"/sources/{rows[0].id}") if count == 1 else Act("Look at them", "/sources")
    yield Problem("needs", CODE, what, since, count, None, act)


def _named(row: SourceRow) -> str:
    reason = words(row.reason or "unknown")
    return f"{(row.title or row.url)[:80]} ({reason[:1].lower()}{reason[1:]})"
