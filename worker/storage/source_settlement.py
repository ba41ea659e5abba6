"""Note what the polls of sources brought: when each is asked next, what it found, and what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, update

from worker.messages import Failed, Listed, Outcome, Unchanged
from worker.storage import jobs
from worker.storage.database import one_of
from worker.storage.item_rules import Item, ItemRules, one_line
from worker.storage.source_habits import alarms_of
from worker.storage.source_rules import Asked, after_failure, capped, learned, plan, silence
from worker.storage.sources import SourceRow, find, of_jobs
from worker.storage.tables import sources
from worker.storage.values import State


@dataclass(frozen=True, slots=True)
class Brought:
    """What reading one list brought."""

    new: int
    """Addresses that were not known before."""
    first: str | None
    """The first of them."""
    per_day: float | None = None
    """Articles a day by the dates in the list; None where it gives none."""


def note(connection: Connection, ended: Sequence[tuple[Item, Outcome]], brought: Mapping[int, Brought], rules: ItemRules) -> None:
    """Notes what became of the polls among these: each outcome with its item as it is after it."""
    lists = [(item, outcome) for item, outcome in ended if item.kind != "article"]
    if not lists:
        return
    rows = {row.item_id: row for row in find(connection, one_of(sources.c.item_id, [item.id for item, _ in lists]))}
    for item, outcome in lists:
        row = rows.get(item.id)
        values = _after(row, item, outcome, brought.get(item.id, Brought(0, None)), rules) if row is not None else {}
        if row is not None and values:
            values["alarms"] = alarms_of(connection, row.job_id) + _silence(values, row, rules.now)
            connection.execute(update(sources).where(sources.c.id == row.id).values(values))
    _note_others(connection, [(item, brought[item.id]) for item, _ in lists if item.id in brought and item.id not in rows], rules.now)


def _silence(values: Mapping[str, object], row: SourceRow, now: float) -> list[str]:
    told = silence(row.per_day, now - max(row.new_at or row.added_at, row.added_at)) if "new_at" not in values else None
    return [told] if told else []


def _note_others(connection: Connection, lists: Sequence[tuple[Item, Brought]], now: float) -> None:
    """A sitemap that a source's index names brings articles to that source."""
    for item, brought in lists:
        if not brought.new:
            continue
        for row in of_jobs(connection, jobs.of_items(connection, [item.id]).get(item.id, [])):
            values = {"found": sources.c.found + brought.new, "new_at": now, "new_url": brought.first}
            connection.execute(update(sources).where(sources.c.id == row.id).values(values))


def _after(row: SourceRow, item: Item, outcome: Outcome, brought: Brought, rules: ItemRules) -> dict[str, object]:
    """The columns that an outcome changes; none for one that says nothing of the source."""
    now = rules.now
    if isinstance(outcome, Listed | Unchanged):
        return _after_answer(row, outcome, brought, now)
    if isinstance(outcome, Failed) and item.state == State.WAITING:
        return {"polled_at": now, "reason": outcome.reason, "detail": one_line(outcome.detail)}  # it will be tried again soon
    if item.state in (State.DEAD, State.REFUSED):
        failures = row.failures + 1
        asked = outcome.retry_after if isinstance(outcome, Failed) else None
        found = capped(after_failure(failures, item.reason or "unknown", asked, row.per_day), rules.settings.retry_after_cap)
        timing = {"next_at": now + found.interval, "interval": found.interval, "why": found.why}
        return {"polled_at": now, "polls": row.polls + 1, "failures": failures, "reason": item.reason, "detail": item.detail, **timing}
    return {}


def _after_answer(row: SourceRow, outcome: Listed | Unchanged, brought: Brought, now: float) -> dict[str, object]:
    first = row.read_at is None
    per_day = brought.per_day if first else learned(row.per_day, brought.new, now - (row.read_at or now))
    says = outcome if isinstance(outcome, Listed) else row  # an answer without a body says what it said before
    asked = Asked(says.ttl, says.update_period, outcome.fresh_for)
    found = plan(per_day, asked)
    values: dict[str, object] = {
        "polled_at": now,
        "read_at": now,
        "polls": row.polls + 1,
        "per_day": per_day,
        "ttl": asked.ttl,
        "update_period": asked.update_period,
        "found": row.found + brought.new,
    }
    values |= {"interval": found.interval, "why": found.why, "next_at": now + found.interval, "failures": 0, "reason": None, "detail": None}
    if isinstance(outcome, Unchanged):
        return values | {"unchanged": row.unchanged + 1}
    if brought.new:
        values |= {"new_at": now, "new_url": brought.first}
    values |= {"etag": outcome.http.etag, "last_modified": outcome.http.last_modified, "warnings": list(outcome.warnings)}
    return values | {"title": row.title or outcome.title, "language": row.language or outcome.language}
