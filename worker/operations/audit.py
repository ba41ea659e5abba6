"""Write and read the log of who did what, which nothing can change or delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations import cursors
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.storage.audit import Deed, DeedFilter

PAGE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class LogEntry(Document):
    """Who did what, when, on how many, and why."""

    id: int
    at: str
    """RFC 3339, UTC."""
    who: str
    what: str
    """Area and verb, as in `dead requeue`."""
    count: int | None
    """How many items; None where it does not apply."""
    reason: str | None
    """As the person gave it."""
    filter: Mapping[str, object] | None
    """Which ones: the fields of the filter that were set."""

    @classmethod
    def of(cls, deed: Deed) -> LogEntry:
        """With its time in RFC 3339."""
        return cls(deed.id, rfc3339(deed.at), deed.who, deed.what, deed.count, deed.reason, deed.filter)


@dataclass(frozen=True, slots=True)
class LogPage(Document):
    """A page of the log, the newest first."""

    entries: tuple[LogEntry, ...]
    older: str | None
    newer: str | None


def entries(services: Services, which: DeedFilter = DeedFilter(), limit: int = PAGE, cursor: str | None = None) -> LogPage:  # noqa: B008 - frozen
    """A page of what was done. Raises UsageError for a cursor of another list, Unavailable."""
    page = cursors.asked(cursor, (int,))
    found = services.audit.page(which, limit + 1, before=page.number("older"), after=page.number("newer"))
    shown, older, newer = page.of(found, limit, lambda deed: (deed.id,))
    return LogPage(tuple(map(LogEntry.of, shown)), older, newer)


def record(
    services: Services,
    who: str | None,
    what: str,
    *,
    count: int | None = None,
    reason: str | None = None,
    which: Mapping[str, object] | None = None,
) -> None:
    """Writes that `who` did `what`. Without a name nothing is written: one of our own processes did it."""
    if who is not None:
        set_fields = {name: value for name, value in (which or {}).items() if value is not None}
        services.audit.add(who, what, count, reason or None, set_fields or None)
