"""Keep the log of who did what: rows are added and read, never changed and never deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select

from worker.storage.database import reading, writing
from worker.storage.tables import audit


@dataclass(frozen=True, slots=True)
class Deed:
    """One row; `at` in seconds since 1970."""

    id: int
    at: float
    who: str
    what: str
    """Area and verb, as in `dead requeue`."""
    count: int | None
    reason: str | None
    """As the person gave it."""
    filter: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Selects rows; an empty field selects all."""

    who: str | None = None
    what: str | None = None
    """Its beginning: `dead` selects `dead requeue` and `dead drop`."""
    since: float | None = None


class AuditLog:
    """Every method is one short transaction and raises Unavailable where the database is away."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def add(
        self, who: str, what: str, count: int | None = None, reason: str | None = None, which: Mapping[str, object] | None = None
    ) -> None:
        """Writes that somebody did something just now."""
        row = {"at": self._now(), "who": who, "what": what, "count": count, "reason": reason, "filter": dict(which) if which else None}
        with writing(self._engine) as connection:
            connection.execute(insert(audit).values(**row))

    def page(self, which: DeedFilter, limit: int, *, before: int | None = None, after: int | None = None) -> list[Deed]:
        """Up to `limit` rows, the newest first: those older than the row `before`, or the next ones newer than `after`."""
        query = select(audit).limit(limit)
        if which.who is not None:
            query = query.where(audit.c.who == which.who)
        if which.what is not None:
            query = query.where(audit.c.what.startswith(which.what, autoescape=True))
        if which.since is not None:
            query = query.where(audit.c.at >= which.since)
        if before is not None:
            query = query.where(audit.c.id < before)
        if after is not None:
            query = query.where(audit.c.id > after)
        order = audit.c.id.asc() if after is not None else audit.c.id.desc()
        with reading(self._engine) as connection:
            found = [Deed(**row._asdict()) for row in connection.execute(query.order_by(order))]
        return found[::-1] if after is not None else found

    def doers(self, what: str, field: str, values: Collection[str], since: float) -> list[tuple[str, str]]:
        """Each of `values` that a row of `what` has in this field of its filter, with who wrote one; whoever was first comes first.

        Rows older than `since` are not looked at: the log only grows, and its index is by time.
        """
        value = audit.c.filter[field].as_string()
        chosen = select(value.label("value"), audit.c.who, audit.c.id).where(audit.c.what == what, audit.c.at >= since).subquery()
        query = select(chosen.c.value, chosen.c.who).where(chosen.c.value.in_(values)).group_by(chosen.c.value, chosen.c.who)
        with reading(self._engine) as connection:
            return [(row.value, row.who) for row in connection.execute(query.order_by(func.min(chosen.c.id)))]
