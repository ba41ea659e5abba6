"""Settled: what became of items, from the outcomes in one batch to every row that has to change for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection

from worker.messages import Failed, HostReport, Labelled, Listed, Outcome, Relabelled, Returned, Struck, Taken, Unchanged
from worker.reasons import Reason
from worker.storage import articles, counters, hosts, leadership, relabelling, transitions
from worker.storage.duplicates import Duplicates
from worker.storage.item_rules import Item, ItemRules, Transition, answer_of, one_line
from worker.storage.values import Event, Kept


class Settlement:
    """One batch: what each outcome makes of its item is judged in order, in memory, and then written at once."""

    def __init__(self, connection: Connection, rules: ItemRules, batch: Sequence[Outcome]) -> None:
        self._connection = connection
        self._rules = rules
        self._batch = batch
        self._found = transitions.load(connection, {item_id for outcome in batch for item_id, _ in leases_of(outcome)})
        self._now_is = dict(self._found)
        self._copies = Duplicates(connection, [outcome.extracted for outcome in batch if isinstance(outcome, Labelled)])
        self._events: list[tuple[int, Event]] = []
        self._articles: list[tuple[Labelled, int]] = []
        self._publish: set[int] = set()
        self._told: list[tuple[str, HostReport | None]] = []
        self._ignored = 0

    def settle(self) -> Kept:
        """Judges and writes everything."""
        for outcome in self._batch:
            self._judge_one(outcome)
        changed = self._write()
        return Kept(changed=changed, ignored=self._ignored)

    @cached_property
    def _ticks(self) -> float:
        """The engine's clock; asked once a batch."""
        return leadership.read(self._connection).ticks

    def _judge_one(self, outcome: Outcome) -> None:
        if isinstance(outcome, Taken):
            self._take(outcome)
            return
        for item_id, token in leases_of(outcome):
            item = self._now_is.get(item_id)
            move = self._move(item, token, outcome) if item is not None else None
            if item is None or move is None:
                self._ignored += 1
                continue
            self._now_is[item_id] = move.after
            self._events += [(item_id, event) for event in move.events]
            self._publish |= {item_id} if move.publish else set()
            self._hear(item, outcome)

    def _move(self, item: Item, token: int, outcome: Outcome) -> Transition | None:
        """What the outcome makes of the item; None where it comes too late to matter.

        A late success is welcome as long as the item has not ended; a late failure is not.
        """
        if isinstance(outcome, Labelled):
            return self._labelled(item, outcome) if item.open else None
        if isinstance(outcome, Listed):
            return self._listed(item, outcome) if item.open else None
        return self._unsuccessful(item, outcome) if item.holds(token) else None

    def _unsuccessful(self, item: Item, outcome: Outcome) -> Transition | None:
        if isinstance(outcome, Failed):
            return self._rules.failed(item, outcome)
        if isinstance(outcome, Struck):
            return self._rules.struck(item, outcome)
        if isinstance(outcome, Unchanged):
            return self._unchanged(item, outcome)
        return self._rules.returned(item, outcome) if isinstance(outcome, Returned) else None

    def _take(self, outcome: Taken) -> None:
        """In somebody's hands: the lease begins anew, so that what waited long in a queue has its full time."""
        until = self._ticks + self._rules.settings.lease
        for item_id, token in outcome.leases:
            item = self._now_is.get(item_id)
            if item is None or not item.holds(token):
                self._ignored += 1
                continue
            self._now_is[item_id] = replace(item, taken=True, leased_until=max(until, item.leased_until or 0.0))
            self._events.append((item_id, Event(self._rules.now, "fetch", "taken", detail=outcome.worker[:200])))

    def _labelled(self, item: Item, outcome: Labelled) -> Transition:
        extracted = outcome.extracted
        item = replace(item, attempts=item.attempts + 1, answer=answer_of(extracted))
        original = self._copies.original(item.id, extracted.content_sha256)
        fetched = Event(self._rules.now, "fetch", "answered", ms=extracted.http.ms)
        marked = Event(self._rules.now, "label", "labelled", ms=outcome.label_ms)
        if original is not None and not item.refetch:
            event = Event(self._rules.now, "store", "duplicate", Reason.DUPLICATE.word, f"of item {original}")
            move = self._rules.end(replace(item, duplicate_of=original), "duplicate", Reason.DUPLICATE.word, None, event)
        else:
            self._articles.append((outcome, self._copies.claim(item.id, extracted)))
            move = self._rules.end(item, "stored", None, None, Event(self._rules.now, "store", "stored"))
        return replace(move, events=(fetched, marked, *move.events))

    def _listed(self, item: Item, outcome: Listed) -> Transition:
        item = replace(item, attempts=item.attempts + 1, answer=answer_of(outcome))
        found = f"{len(outcome.urls)} articles, {len(outcome.sitemaps)} sitemaps"
        detail = one_line("; ".join([found, *outcome.warnings]))
        return self._rules.end(item, "stored", None, None, Event(self._rules.now, "fetch", "listed", None, detail, outcome.http.ms))

    def _unchanged(self, item: Item, outcome: Unchanged) -> Transition:
        event = Event(self._rules.now, "fetch", "unchanged", Reason.NOT_MODIFIED.word, ms=outcome.http.ms)
        if item.refetch:
            return replace(self._rules.end(replace(item, attempts=item.attempts + 1), "stored", None, None, event), publish=False)
        unasked = Failed(item.id, item.token, Reason.BAD_RESPONSE.word, "304 without a condition", http=outcome.http)
        return self._rules.failed(item, unasked)

    def _write(self) -> int:
        connection, now = self._connection, self._rules.now
        changed = [
            Transition(before, self._now_is[item_id], publish=item_id in self._publish)
            for item_id, before in self._found.items()
            if self._now_is[item_id] is not before
        ]
        new = articles.write(connection, self._articles, now)
        counters.add(connection, Counter({counters.ARTICLES: new}))
        transitions.apply(connection, changed, now)
        transitions.record(connection, self._events)
        hosts.report(connection, self._told, self._rules.settings, now)
        relabelling.apply(connection, [outcome for outcome in self._batch if isinstance(outcome, Relabelled)])
        return len(changed)

    def _hear(self, item: Item, outcome: Outcome) -> None:
        """What the outcome tells of hosts; an item's own host is paced even where the answer came from elsewhere."""
        if isinstance(outcome, (Taken, Returned, Relabelled)):
            return
        report = outcome.extracted.host if isinstance(outcome, Labelled) else outcome.host
        self._told += [(report.host, report)] if report is not None else []
        self._told += [(item.host, None)] if report is None or report.host != item.host else []


def leases_of(outcome: Outcome) -> list[tuple[int, int]]:
    """The pairs of item and token that an outcome speaks of."""
    if isinstance(outcome, (Taken, Returned)):
        return outcome.leases
    if isinstance(outcome, Relabelled):
        return []
    holder = outcome.extracted if isinstance(outcome, Labelled) else outcome
    return [(holder.item_id, holder.token)]
