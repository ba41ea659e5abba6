"""What the keeper may do with the ledger: turn each outcome into the item's new state, one transaction a batch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from worker.errors import ItemFailed
from worker.messages import Labelled, Listed, Outcome
from worker.reasons import Kind, Reason
from worker.storage import acceptance, aliases, history, jobs, sources, transitions, word_index
from worker.storage.acceptance import Acceptance
from worker.storage.database import Unacceptable, reading, writing
from worker.storage.for_intake import BATCH
from worker.storage.item_rules import Item, one_line
from worker.storage.ledger_base import LedgerBase
from worker.storage.settlement import Settlement
from worker.storage.source_settlement import Brought
from worker.storage.sources import SourceRow
from worker.storage.tables import outbox
from worker.storage.values import Delivered, Entry, Event, Kept, Stage, State
from worker.storage.webhooks.deliveries import queue_stored

UNDATED = 3
"""Sitemaps without a date that are read again at each poll, the first and the last of their index: sites add at either end."""
DAY, WEEK = 86_400.0, 7 * 86_400.0
SPAN_LEAST = DAY / 4
"""Seconds that the dates of a list are taken to span at least: three articles within minutes are no flood."""
DEPTH = 2
"""How deep lists may name lists: an index names sitemaps, and the protocol allows no deeper nesting (sitemaps.org)."""


class ForKeeper(LedgerBase):
    """Writes outcomes; it can neither lease nor forget an item."""

    def keep(self, batch: Sequence[Delivered], to_entry: Callable[[str], Entry]) -> Kept:
        """Settles a batch in one transaction: articles, labels, events, states, outbox and counters.

        The links of feeds and sitemaps are accepted before, in transactions of their own: a list may hold 50,000, and
        to accept a link twice changes nothing. `to_entry` turns an address into an Entry or raises ItemFailed. Raises
        Unacceptable where a row is refused (the caller then tries one by one), Unavailable where the database is away.
        """
        brought = {
            delivered.outcome.item_id: self._accept_links(delivered.outcome, to_entry)
            for delivered in batch
            if isinstance(delivered.outcome, Listed)
        }
        outcomes = [delivered.outcome for delivered in batch]
        try:
            with writing(self._engine) as connection:
                kept = Settlement(connection, self._rules(), outcomes, brought).settle()
                aliases.remember(connection, _led(outcomes, to_entry))
                return kept
        except (KeyError, TypeError, ValueError) as error:
            raise Unacceptable(f"a message without what its kind must have: {type(error).__name__} {error}") from error

    def _accept_links(self, listed: Listed, to_entry: Callable[[str], Entry]) -> Brought:
        with reading(self._engine) as connection:
            item = transitions.load(connection, [listed.item_id]).get(listed.item_id)
            job_ids = tuple(jobs.of_items(connection, [listed.item_id]).get(listed.item_id, []))
            followed = sources.of_jobs(connection, job_ids)
        if item is None or not item.open:
            return Brought(0, None)
        links = _links(listed, item, to_entry)
        terms = Acceptance(job_ids, item.lane, force=item.forced, depth=item.depth + 1)
        new: list[str] = []
        while batch := list(islice(links, BATCH)):
            entries = [entry for entry in batch if entry is not None]
            with writing(self._engine) as connection:
                answers = acceptance.accept(connection, entries, terms, self._rules())
                known = sum(answer.state == "known" for answer in answers)
                jobs.count(connection, job_ids, refused=len(batch) - len(entries), known=known)
            pairs = zip(entries, answers, strict=True)
            new += [entry.url for entry, answer in pairs if answer.state == "accepted" and entry.kind == "article"]
        if followed and listed.sitemaps:
            self._read_changed(listed, followed[0], to_entry, job_ids)
        return Brought(len(new), new[0] if new else None, _per_day(listed, self._now()))

    def _read_changed(self, listed: Listed, source: SourceRow, to_entry: Callable[[str], Entry], job_ids: tuple[int, ...]) -> None:
        """Reads the sitemaps again that a followed index names and that have changed since; those without a date, the last ones only."""
        since = rfc3339_of(source.read_at or source.added_at)
        undated = [url for url in listed.sitemaps if url not in listed.published]
        wanted = (
            {url for url in listed.sitemaps if listed.published.get(url, "") >= since} | set(undated[:UNDATED]) | set(undated[-UNDATED:])
        )
        entries: list[Entry] = []
        for url in sorted(wanted)[:BATCH]:
            with contextlib.suppress(ItemFailed):
                entries.append(replace(to_entry(url), kind="sitemap"))
        with writing(self._engine) as connection:
            acceptance.accept(connection, entries, Acceptance(job_ids, 1, reread=True, depth=1), self._rules())

    def park(self, item_id: int | None, body: str, error: str) -> None:
        """Keeps a message that cannot be read; its item, where known and open, is `dead: schema`.

        Of an item that was forgotten nothing is kept.
        """
        rules = self._rules()
        with writing(self._engine) as connection:
            item = transitions.load(connection, [] if item_id is None else [item_id]).get(item_id or 0)
            if item is not None and item.forgotten:
                return
            history.park(connection, item_id, body, one_line(error), rules.now)
            if item is not None and item.open:
                event = Event(rules.now, Stage.STORE, "parked", Reason.SCHEMA.word, one_line(error))
                ended = rules.end(item, State.DEAD, Reason.SCHEMA.word, one_line(error), event)
                transitions.apply(connection, [ended], rules.now)

    def index_some(self) -> bool:
        """Takes some articles of an earlier version into the index of words; returns whether there are more."""
        return word_index.index_some(self._engine)

    def unpublished(self, limit: int) -> list[tuple[int, int]]:
        """The oldest entries of the outbox, up to `limit`: pairs of outbox id and item id."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(outbox.c.id, outbox.c.item_id).order_by(outbox.c.id).limit(limit))
            return [(row.id, row.item_id) for row in rows]

    def published(self, outbox_ids: Sequence[int]) -> None:
        """Removes these entries from the outbox; what a webhook wants of them is queued for it in the same transaction."""
        with writing(self._engine) as connection:
            queue_stored(connection, self._settings, outbox_ids, self._now())
            connection.execute(delete(outbox).where(outbox.c.id.in_(list(outbox_ids))))


def _links(listed: Listed, item: Item, to_entry: Callable[[str], Entry]) -> Iterator[Entry | None]:
    """An Entry for each address in the list, None for one that `to_entry` refuses."""
    named: list[tuple[str, Kind]] = [(url, "article") for url in listed.urls]
    named += [(url, "sitemap") for url in listed.sitemaps] if item.depth < DEPTH else []
    for url, kind in named:
        try:
            yield replace(to_entry(url), kind=kind)
        except ItemFailed:
            yield None


def _led(outcomes: Sequence[Outcome], to_entry: Callable[[str], Entry]) -> dict[str, int]:
    """Keys of the addresses where articles were found, and of those that they name as their own on the same site."""
    led: dict[str, int] = {}
    for outcome in outcomes:
        if isinstance(outcome, Labelled):
            extracted = outcome.extracted
            final, stated = extracted.final_url, extracted.article.canonical_url
            for address in [final, *([stated] if stated and _is_of_site(stated, final) else [])]:
                with contextlib.suppress(ItemFailed):
                    led.setdefault(to_entry(address).key, extracted.item_id)
    return led


def _is_of_site(stated: str, final: str) -> bool:
    """Whether a page may say that `stated` is its own address: of the same site, and not its front page, which broken templates name."""
    try:
        said, found = urlsplit(stated), urlsplit(final)
    except ValueError:
        return False
    ours, theirs = (part.hostname or "" for part in (found, said))
    same = ours == theirs or ours.endswith("." + theirs.removeprefix("www.")) or theirs.endswith("." + ours.removeprefix("www."))
    return same and "." in theirs and len(said.path.strip("/")) > 1


def rfc3339_of(seconds: float) -> str:
    """A moment as lists date their entries, so that both compare as text."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _per_day(listed: Listed, now: float) -> float | None:
    """Articles a day by the dates of the last week's entries; None where no entry has a date.

    The thirty entries of a busy list span hours: what is older has left it, and is not what the outlet did not publish.
    """
    if not listed.published:
        return None
    since = rfc3339_of(now - WEEK)
    lately = [at for at in listed.published.values() if since <= at <= rfc3339_of(now + DAY)]
    span = WEEK if len(lately) < len(listed.published) or not lately else now - datetime.fromisoformat(min(lately)).timestamp()
    return len(lately) * DAY / max(span, SPAN_LEAST)
