"""Accept URLs: each becomes an item with a receipt beside it, and joins a job; known ones join too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from worker.messages import Kind
from worker.storage import counters, transitions
from worker.storage.database import insert_into, one_of
from worker.storage.hosts import look
from worker.storage.item_rules import ItemRules
from worker.storage.tables import items, job_items, receipts
from worker.storage.values import OPEN, Accepted, Entry, Stage, State

Key = tuple[str, Kind]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How a batch is accepted."""

    job_ids: tuple[int, ...]
    lane: int
    """An index in LANES."""
    force: bool = False
    """Known items that have ended are sent again, except those that were forgotten."""
    reread: bool = False
    """Known feeds and sitemaps that have ended are read again. Never where another list names them: two could name each other."""
    depth: int = 0
    """How many lists led here."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that is an item already."""

    item_id: int
    kind: Kind
    state: State


def existing(connection: Connection, entries: Iterable[Entry]) -> dict[Key, Known]:
    """Those of the entries that are items already, by key and kind."""
    wanted = one_of(items.c.key, {entry.key for entry in entries})
    rows = connection.execute(select(items.c.key, items.c.kind, items.c.id, items.c.state).where(wanted))
    return {(row.key, row.kind): Known(row.id, row.kind, State(row.state)) for row in rows}


def accept(connection: Connection, entries: Sequence[Entry], terms: Acceptance, rules: ItemRules) -> list[Accepted]:
    """Accepts the entries in this transaction and answers in their order."""
    known = existing(connection, entries)
    fresh = {(entry.key, entry.kind): entry for entry in reversed(entries) if (entry.key, entry.kind) not in known}
    ids = _insert(connection, fresh, terms, rules.now)
    ids |= {key: one.item_id for key, one in known.items()}
    _join(connection, {ids[entry.key, entry.kind] for entry in entries}, terms.job_ids)
    _send_again(connection, known.values(), terms, rules)
    return _answers(entries, ids, set(fresh))


def _answers(entries: Iterable[Entry], ids: dict[Key, int], fresh: set[Key]) -> list[Accepted]:
    answers = []
    for entry in entries:
        key = (entry.key, entry.kind)
        answers.append(Accepted(entry.url, ids[key], "accepted" if key in fresh else "known"))
        fresh.discard(key)
    return answers


def _insert(connection: Connection, fresh: dict[Key, Entry], terms: Acceptance, now: float) -> dict[Key, int]:
    """Numbers the new items itself, which is safe since writers queue."""
    if not fresh:
        return {}
    first = (connection.execute(select(func.max(items.c.id))).scalar() or 0) + 1
    ids = {key: number for number, key in enumerate(reversed(fresh), first)}
    common = {"lane": terms.lane, "depth": terms.depth, "state": State.WAITING, "due": now, "changed_at": now}
    numbered = [(ids[key], fresh[key]) for key in ids]
    connection.execute(
        insert(items), [{"id": n, "kind": one.kind, "key": one.key, "url": one.url, "host": one.host, **common} for n, one in numbered]
    )
    connection.execute(insert(receipts), [{"item_id": n, "kind": one.kind, "at": now} for n, one in numbered])
    look(connection, ((entry.host, now) for entry in fresh.values()))
    counters.add(connection, Counter({counters.RECEIPTS: len(ids), State.WAITING: len(ids)}))
    return ids


def _join(connection: Connection, item_ids: Iterable[int], job_ids: Iterable[int]) -> None:
    rows = [{"job_id": job_id, "item_id": item_id} for job_id in job_ids for item_id in sorted(item_ids)]
    if rows:
        connection.execute(insert_into(connection, job_items).on_conflict_do_nothing(), rows)


def _send_again(connection: Connection, known: Iterable[Known], terms: Acceptance, rules: ItemRules) -> None:
    wanted = [one.item_id for one in known if one.state not in OPEN and (terms.force or (terms.reread and one.kind != "article"))]
    if wanted:
        ended = transitions.load(connection, wanted).values()
        again = [rules.requeued(item, Stage.ENQUEUE) for item in ended if not item.forgotten]
        transitions.apply(connection, again, rules.now)
