"""Accept URLs: each becomes an item with a receipt beside it, and joins a job; known ones join too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select, update

from worker.reasons import Fate, Kind, Reason
from worker.storage import counters, transitions
from worker.storage.database import insert_into, one_of
from worker.storage.hosts import look
from worker.storage.item_rules import ItemRules
from worker.storage.tables import aliases, items, job_items, receipts
from worker.storage.values import OPEN, Accepted, Entry, Stage, State

Key = tuple[str, Kind]

FAILED_REST = 6 * 3600.0
"""Seconds until a list that names a page which failed makes it tried again: a feed is read every few minutes, and a page that was announced
too early, or a site that was down, is there within hours."""


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
    url: str
    reason: str | None
    changed_at: float


def existing(connection: Connection, entries: Collection[Entry]) -> dict[Key, Known]:
    """Those of the entries that are items already, by key and kind: under their own key, one of before, or as where a page led."""
    c = items.c
    columns = c.id, c.kind, c.state, c.url, c.reason, c.changed_at
    keys = {key for entry in entries for key in entry.keys}
    rows = connection.execute(select(c.key, *columns).where(one_of(c.key, keys)))
    found = {(row.key, row.kind): Known(row.id, row.kind, State(row.state), row.url, row.reason, row.changed_at) for row in rows}
    known = {(entry.key, entry.kind): found[key, entry.kind] for entry in entries for key in entry.keys[::-1] if (key, entry.kind) in found}
    missing = {key for entry in entries if (entry.key, entry.kind) not in known for key in entry.keys}
    if missing:
        led = connection.execute(
            select(aliases.c.key, *columns).join(items, c.id == aliases.c.item_id).where(one_of(aliases.c.key, missing))
        )
        found = {(row.key, row.kind): Known(row.id, row.kind, State(row.state), row.url, row.reason, row.changed_at) for row in led}
        for entry in entries:
            for key in entry.keys if (entry.key, entry.kind) not in known else ():
                if (key, entry.kind) in found:
                    known[entry.key, entry.kind] = found[key, entry.kind]
    return known


def accept(connection: Connection, entries: Sequence[Entry], terms: Acceptance, rules: ItemRules) -> list[Accepted]:
    """Accepts the entries in this transaction and answers in their order."""
    known = existing(connection, entries)
    fresh = {(entry.key, entry.kind): entry for entry in reversed(entries) if (entry.key, entry.kind) not in known}
    ids = _insert(connection, fresh, terms, rules.now)
    ids |= {key: one.item_id for key, one in known.items()}
    _join(connection, {ids[entry.key, entry.kind] for entry in entries}, terms.job_ids)
    _send_again(connection, entries, known, terms, rules)
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
    forced = {key: terms.force and key[1] != "article" for key in fresh}
    numbered = [(ids[key], fresh[key]) for key in ids]
    connection.execute(
        insert(items),
        [
            {"id": n, "kind": one.kind, "key": one.key, "url": one.url, "host": one.host, "forced": forced[one.key, one.kind], **common}
            for n, one in numbered
        ],
    )
    connection.execute(insert(receipts), [{"item_id": n, "kind": one.kind, "at": now} for n, one in numbered])
    look(connection, ((entry.host, now) for entry in fresh.values()))
    counters.add(connection, Counter({counters.RECEIPTS: len(ids), State.WAITING: len(ids)}))
    return ids


def _join(connection: Connection, item_ids: Iterable[int], job_ids: Iterable[int]) -> None:
    rows = [{"job_id": job_id, "item_id": item_id} for job_id in job_ids for item_id in sorted(item_ids)]
    if rows:
        connection.execute(insert_into(connection, job_items).on_conflict_do_nothing(), rows)


def _send_again(connection: Connection, entries: Iterable[Entry], known: Mapping[Key, Known], terms: Acceptance, rules: ItemRules) -> None:
    """Sends known items again that have ended, where the terms or their failure ask for it; dead ones under the spelling given now."""
    wanted = {one.item_id: one for one in known.values() if one.state not in OPEN and _is_sent_again(one, terms, rules.now)}
    for entry in entries:
        one = known.get((entry.key, entry.kind))
        if one is not None and one.item_id in wanted and one.state == State.DEAD and one.url != entry.url:
            connection.execute(update(items).where(items.c.id == one.item_id).values(url=entry.url, host=entry.host))
    if lists := [number for number, one in wanted.items() if one.kind != "article"]:  # two that name each other come to an end
        connection.execute(update(items).where(one_of(items.c.id, lists)).values(depth=terms.depth))
    ended = transitions.load(connection, wanted).values() if wanted else []
    again = [replace(item, forced=terms.force and item.kind != "article") for item in ended if not item.forgotten]
    transitions.apply(connection, [rules.requeued(item, Stage.ENQUEUE) for item in again], rules.now)


def _is_sent_again(one: Known, terms: Acceptance, now: float) -> bool:
    if terms.force or (terms.reread and one.kind != "article"):
        return True
    rests = 0.0 if terms.reread else FAILED_REST  # asked for by a person, or named by a list once more
    return one.state == State.DEAD and _may_pass(one.reason) and one.changed_at <= now - rests


def _may_pass(reason: str | None) -> bool:
    """Whether the failure is one of the site or the way to it, so that the page may be there the next time."""
    try:
        found = Reason.of(reason or "")
    except KeyError:
        return False
    return found.fate in {Fate.AGAIN, Fate.WAITS} or found in {Reason.HTTP_404, Reason.HTTP_410, Reason.HTTP_4XX}
