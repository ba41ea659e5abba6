"""What a command or a page may do with sources: follow, list, poll, pause and remove them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, bindparam, insert, select, update

from worker.storage import jobs
from worker.storage import sources as rows_of
from worker.storage.acceptance import Acceptance, accept, existing
from worker.storage.database import insert_into, one_of, reading, writing
from worker.storage.item_rules import ItemRules
from worker.storage.source_list import SourceList
from worker.storage.source_rules import FIRST
from worker.storage.sources import SAID, About, SourceRow, find
from worker.storage.tables import LANES, job_items, sources
from worker.storage.values import Entry

BATCH = 500
"""Sources added in one transaction: some 100 ms, in which other writers wait."""
REST = 0.01
"""Seconds between two batches, in which others get the lock."""


class ForSources(SourceList):
    """Every method raises Unavailable where the database is away."""

    def add(self, found: Iterable[tuple[Entry, About]]) -> Iterator[tuple[SourceRow, bool]]:
        """Follows feeds and sitemaps, in batches; each with whether it is new. What is yielded is committed."""
        remaining = iter(found)
        while batch := list(islice(remaining, BATCH)):
            with writing(self._engine) as connection:
                answers = _add(connection, batch, self._rules())
            yield from answers
            time.sleep(REST)

    def all(self, limit: int | None = None, offset: int = 0) -> list[SourceRow]:
        """The sources in the order in which they were added."""
        with reading(self._engine) as connection:
            return find(connection, limit=limit, offset=offset)

    def some(self, ids: Collection[int]) -> list[SourceRow]:
        """Those with these numbers."""
        with reading(self._engine) as connection:
            return find(connection, one_of(sources.c.id, ids))

    def known(self, urls: Collection[str]) -> list[SourceRow]:
        """Those with one of these addresses, their own or their site's."""
        with reading(self._engine) as connection:
            return find(connection, sources.c.url.in_(list(urls)) | sources.c.site_url.in_(list(urls)))

    def poll(self, ids: Collection[int]) -> tuple[int, int]:
        """Polls these now: how many were sent, and how many were under way already."""
        with writing(self._engine) as connection:
            rows = find(connection, one_of(sources.c.id, ids))
            sent = rows_of.send(connection, rows, self._rules())
        return sent, len(rows) - sent

    def pause(self, ids: Collection[int], *, paused: bool) -> int:
        """Pauses or resumes these."""
        with writing(self._engine) as connection:
            return rows_of.pause(connection, ids, paused=paused)

    def remove(self, ids: Collection[int]) -> int:
        """Follows these no longer; what they brought stays."""
        with writing(self._engine) as connection:
            return rows_of.remove(connection, ids)


def _add(connection: Connection, found: Sequence[tuple[Entry, About]], rules: ItemRules) -> list[tuple[SourceRow, bool]]:
    """Follows feeds and sitemaps, which are polled at once; each with whether it is new, in order. A known one takes what is said of it.

    A dozen statements a batch, however long it is: one by one, each source cost 5 ms of CPU.
    """
    entries = [entry for entry, _ in found]
    ids = {key: one.item_id for key, one in existing(connection, entries).items()}
    followed = set(connection.execute(select(sources.c.item_id).where(one_of(sources.c.item_id, set(ids.values())))).scalars())
    fresh = [entry for entry in entries if ids.get((entry.key, entry.kind)) not in followed]
    answers = accept(connection, fresh, Acceptance((), LANES.index("normal"), reread=True), rules)
    ids |= {(entry.key, entry.kind): one.item_id for entry, one in zip(fresh, answers, strict=True) if one.item_id is not None}
    said: dict[int, dict[str, object]] = {}
    new: dict[int, tuple[Entry, bool]] = {}
    for entry, about in found:
        item_id = ids[entry.key, entry.kind]
        said.setdefault(item_id, {}).update(about.said())
        if item_id not in followed:
            new.setdefault(item_id, (entry, about.paused))  # the first of two that are one
    _follow(connection, [(item_id, entry, said[item_id], paused) for item_id, (entry, paused) in new.items()], rules)
    _say(connection, {item_id: values for item_id, values in said.items() if item_id not in new and values})
    rows = {row.item_id: row for row in find(connection, one_of(sources.c.item_id, said))}
    return [(rows[item_id], new.pop(item_id, None) is not None) for entry in entries for item_id in [ids[entry.key, entry.kind]]]


def _follow(connection: Connection, new: Sequence[tuple[int, Entry, Mapping[str, object], bool]], rules: ItemRules) -> None:
    """Inserts sources, each with a job of its own: item, entry, what is said, and whether it is paused."""
    if not new:
        return
    found = _jobs(connection, [(item_id, entry) for item_id, entry, _, _ in new], rules.now)
    nothing: dict[str, object] = dict.fromkeys(SAID)
    timing = {"next_at": rules.now + FIRST, "interval": FIRST, "why": "it was added just now", "asked_at": rules.now, "added_at": rules.now}
    values = [
        {
            "item_id": item_id,
            "job_id": found[item_id],
            "kind": one.kind,
            "url": one.url,
            "paused": paused,
            **nothing,
            **said,
            **timing,
        }
        for item_id, one, said, paused in new
    ]
    connection.execute(
        insert_into(connection, job_items).on_conflict_do_nothing(), [{k: row[k] for k in ("job_id", "item_id")} for row in values]
    )
    connection.execute(insert(sources), values)


def _jobs(connection: Connection, new: Sequence[tuple[int, Entry]], now: float) -> dict[int, int]:
    """The job of each of these items: named by its address, and by its kind too where that is followed as a feed and as a sitemap."""
    names = {item_id: f"source: {entry.url}" for item_id, entry in new}
    found = jobs.open_jobs(connection, list(names.values()), now)
    wanted = [job.id for job in found.values()]
    taken = set(connection.execute(select(sources.c.job_id).where(one_of(sources.c.job_id, wanted))).scalars())
    for item_id, entry in new:
        job_id = found[names[item_id]].id
        if job_id in taken:
            names[item_id] += f" ({entry.kind})"
        taken.add(job_id)
    found |= jobs.open_jobs(connection, sorted(set(names.values()) - found.keys()), now)
    return {item_id: found[name].id for item_id, name in names.items()}


def _say(connection: Connection, said: Mapping[int, Mapping[str, object]]) -> None:
    """Writes what is said of sources that are followed already, by item; one statement for all of which the same is said."""
    by_names: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for item_id, values in said.items():
        by_names.setdefault(tuple(sorted(values)), []).append({"b_item": item_id, **values})
    for names, rows in by_names.items():
        one_of_them = update(sources).where(sources.c.item_id == bindparam("b_item"))
        connection.execute(one_of_them.values({name: bindparam(name) for name in names}), rows)
