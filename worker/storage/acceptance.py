"""Accepted: a URL becomes an item, with a receipt written beside it, and joins a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.messages import Kind
from worker.storage import counters, transitions
from worker.storage.database import one_of
from worker.storage.hosts import look
from worker.storage.item_rules import ItemRules
from worker.storage.tables import items, job_items, receipts
from worker.storage.values import Accepted, Entry

Key = tuple[str, Kind]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How a batch is taken in."""

    job_ids: tuple[int, ...]
    lane: int
    force: bool = False
    """Known items that have ended are sent again, except those that were forgotten."""
    reread: bool = False
    """Known feeds and sitemaps that have ended are read again; never when another feed names them, or two would never end."""
    depth: int = 0
    """How many lists led here."""


def existing(connection: Connection, entries: Iterable[Entry]) -> dict[Key, tuple[int, str]]:
    """Those of the entries that are items already: id and state by key and kind."""
    wanted = one_of(items.c.key, {entry.key for entry in entries})
    rows = connection.execute(select(items.c.key, items.c.kind, items.c.id, items.c.state).where(wanted))
    return {(key, kind): (item_id, state) for key, kind, item_id, state in rows}


def accept(connection: Connection, entries: Sequence[Entry], terms: Acceptance, rules: ItemRules) -> list[Accepted]:
    """Takes the entries in, in this transaction, and answers in their order."""
    known = existing(connection, entries)
    fresh = {(entry.key, entry.kind): entry for entry in reversed(entries) if (entry.key, entry.kind) not in known}
    ids = _insert(connection, fresh, terms, rules.now)
    ids |= {key: item_id for key, (item_id, _) in known.items()}
    _join(connection, {ids[entry.key, entry.kind] for entry in entries}, terms.job_ids)
    _send_again(connection, [known[key] + (key[1],) for key in known], terms, rules)
    return _answers(entries, ids, set(fresh))


def _answers(entries: Iterable[Entry], ids: dict[Key, int], fresh: set[Key]) -> list[Accepted]:
    answers = []
    for entry in entries:
        key = (entry.key, entry.kind)
        answers.append(Accepted(entry.url, ids[key], "accepted" if key in fresh else "known"))
        fresh.discard(key)
    return answers


def _insert(connection: Connection, fresh: dict[Key, Entry], terms: Acceptance, now: float) -> dict[Key, int]:
    """Numbers the new items itself: writers queue, so nobody else takes the same numbers."""
    if not fresh:
        return {}
    first = (connection.execute(select(func.max(items.c.id))).scalar() or 0) + 1
    common: dict[str, Any] = {"lane": terms.lane, "depth": terms.depth, "state": "waiting", "due": now, "changed_at": now}
    rows = [
        {"id": number, "kind": entry.kind, "key": entry.key, "url": entry.url, "host": entry.host, **common}
        for number, entry in enumerate(reversed(fresh.values()), first)
    ]
    connection.execute(insert(items), rows)
    connection.execute(insert(receipts), [{"item_id": row["id"], "kind": row["kind"], "at": now} for row in rows])
    look(connection, ((entry.host, now) for entry in fresh.values()))
    counters.add(connection, Counter({counters.RECEIPTS: len(rows), "waiting": len(rows)}))
    return {(row["key"], row["kind"]): row["id"] for row in rows}


def _join(connection: Connection, item_ids: Iterable[int], job_ids: Iterable[int]) -> None:
    rows = [{"job_id": job_id, "item_id": item_id} for job_id in job_ids for item_id in sorted(item_ids)]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(job_items).values(job_id=bindparam("job_id"), item_id=bindparam("item_id"))
        connection.execute(statement.on_conflict_do_nothing(), rows)


def _send_again(connection: Connection, known: Iterable[tuple[int, str, str]], terms: Acceptance, rules: ItemRules) -> None:
    wanted = [
        item_id
        for item_id, state, kind in known
        if state not in ("waiting", "running") and (terms.force or (terms.reread and kind != "article"))
    ]
    if wanted:
        ended = transitions.load(connection, wanted).values()
        transitions.apply(connection, [rules.requeued(item, "enqueue") for item in ended if not item.forgotten], rules.now)
