"""Keep the sources that are followed: list and change them, find those that are due, and note what their polls brought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from worker.messages import Failed, Listed, Outcome, Unchanged
from worker.reasons import Kind
from worker.storage import jobs, transitions
from worker.storage.database import one_of
from worker.storage.item_rules import Item, ItemRules, one_line
from worker.storage.source_habits import alarms_of
from worker.storage.source_rules import Asked, after_failure, capped, learned, plan, silence
from worker.storage.tables import items, sources
from worker.storage.values import OPEN, Stage, State

AT_ONCE = 200
"""Sources sent in one transaction, which takes some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class About:
    """What people, or a list of outlets, say of a source; None where they say nothing."""

    title: str | None = None
    site_url: str | None = None
    country: str | None = None
    language: str | None = None
    outlet_kind: str | None = None
    paused: bool = False
    """Whether it is not polled until it is resumed, where it is new; a known one stays as it is."""

    def said(self) -> dict[str, object]:
        """What is said, by column."""
        return {name: value for name in SAID if (value := getattr(self, name)) is not None}


SAID = ("title", "site_url", "country", "language", "outlet_kind")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source; times in seconds since 1970."""

    id: int
    item_id: int
    job_id: int
    kind: Kind
    url: str
    site_url: str | None
    title: str | None
    country: str | None
    language: str | None
    outlet_kind: str | None
    added_at: float
    paused: bool
    next_at: float
    interval: float
    why: str
    per_day: float | None
    ttl: float | None
    update_period: float | None
    asked_at: float | None
    polled_at: float | None
    read_at: float | None
    new_at: float | None
    new_url: str | None
    failures: int
    reason: str | None
    detail: str | None
    warnings: Sequence[str] | None
    alarms: Sequence[str] | None
    etag: str | None
    last_modified: str | None
    polls: int
    unchanged: int
    found: int
    state: State = field(default=State.WAITING)
    """Of its item: open while it is polled."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What reading one list brought."""

    new: int
    """Addresses that were not known before."""
    first: str | None
    """The first of them."""
    recent: int | None = None
    """Entries that the list dates within the last week; None where it gives no dates."""


_COLUMNS = [sources.c[name] for name in SourceRow.__dataclass_fields__ if name != "state"]


def find(connection: Connection, *which: ColumnElement[bool], limit: int | None = None, offset: int = 0) -> list[SourceRow]:
    """The sources that meet every condition, in the order in which they were added."""
    joined = select(*_COLUMNS, items.c.state).join(items, items.c.id == sources.c.item_id)
    rows = connection.execute(joined.where(*which).order_by(sources.c.id).limit(limit).offset(offset))
    return [SourceRow(**{**row._asdict(), "state": State(row.state)}) for row in rows]


def remove(connection: Connection, ids: Collection[int]) -> int:
    """Follows these no longer; their items, jobs and articles stay."""
    return connection.execute(delete(sources).where(one_of(sources.c.id, ids))).rowcount


def pause(connection: Connection, ids: Collection[int], *, paused: bool) -> int:
    """Pauses or resumes these; returns how many there are."""
    return connection.execute(update(sources).where(one_of(sources.c.id, ids)).values(paused=paused)).rowcount


def any_due(connection: Connection, now: float) -> bool:
    """Whether a source is due; one look into an index."""
    return connection.execute(select(sources.c.id).where(sources.c.next_at <= now, ~sources.c.paused).limit(1)).first() is not None


def send_due(connection: Connection, rules: ItemRules) -> int:
    """Sends the items of sources that are due, up to AT_ONCE; one that is under way is polled already."""
    due = find(connection, sources.c.next_at <= rules.now, ~sources.c.paused, limit=AT_ONCE)
    return send(connection, due, rules)


def send(connection: Connection, rows: Sequence[SourceRow], rules: ItemRules) -> int:
    """Sends the items of these sources now; returns how many were not under way already."""
    ended = [row for row in rows if row.state not in OPEN]
    times = [{"b_id": row.id, "b_next": rules.now + row.interval} for row in rows]
    if times:
        later = update(sources).where(sources.c.id == bindparam("b_id")).values(next_at=bindparam("b_next"), asked_at=rules.now)
        connection.execute(later, times)
    found = transitions.load(connection, [row.item_id for row in ended]).values() if ended else []
    made = [rules.requeued(item, Stage.DISPATCH) for item in found if not item.forgotten]
    transitions.apply(connection, made, rules.now)
    return len(made)


def validators(connection: Connection, item_ids: Collection[int]) -> dict[int, tuple[str | None, str | None]]:
    """ETag and Last-Modified of the last reading, by item, of those that are sources."""
    c = sources.c
    if not item_ids:
        return {}
    rows = connection.execute(select(c.item_id, c.etag, c.last_modified).where(one_of(c.item_id, item_ids)))
    return {row.item_id: (row.etag, row.last_modified) for row in rows}


def of_jobs(connection: Connection, job_ids: Iterable[int]) -> list[SourceRow]:
    """The sources to which these jobs belong."""
    return find(connection, one_of(sources.c.job_id, job_ids))


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
        found = capped(after_failure(failures, item.reason or "unknown", asked), rules.settings.retry_after_cap)
        timing = {"next_at": now + found.interval, "interval": found.interval, "why": found.why}
        return {"polled_at": now, "polls": row.polls + 1, "failures": failures, "reason": item.reason, "detail": item.detail, **timing}
    return {}


def _after_answer(row: SourceRow, outcome: Listed | Unchanged, brought: Brought, now: float) -> dict[str, object]:
    first = row.read_at is None
    usual = brought.recent if first else None
    per_day = (None if usual is None else usual / 7) if first else learned(row.per_day, brought.new, now - (row.read_at or now))
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
