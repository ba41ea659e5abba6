"""Settle a batch of outcomes: decide what becomes of each item, in order and in memory, then write every row that changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection

from worker.messages import Extracted, Failed, Labelled, Listed, Outcome, Relabelled, Returned, Struck, Taken, Unchanged
from worker.reasons import Reason
from worker.storage import counters, hosts, leadership, relabelling, source_settlement, transitions
from worker.storage.archive import pages, replacement
from worker.storage.duplicates import Duplicates
from worker.storage.item_rules import Item, ItemRules, Transition, answer_of, one_line
from worker.storage.revisions import outcome as recheck_outcome
from worker.storage.revisions import rechecks, versions
from worker.storage.revisions.outcome import Verdict
from worker.storage.source_settlement import Brought
from worker.storage.values import Event, Kept, Stage, State


class Settlement:
    """One batch in one transaction."""

    def __init__(
        self, connection: Connection, rules: ItemRules, batch: Sequence[Outcome], brought: Mapping[int, Brought] | None = None
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._batch = batch
        self._found = transitions.load(connection, {item_id for outcome in batch for item_id, _ in leases_of(outcome)})
        self._current = dict(self._found)
        self._copies = Duplicates(connection, [outcome.extracted for outcome in batch if isinstance(outcome, Labelled)])
        self._events: list[tuple[int, Event]] = []
        self._articles: list[tuple[Labelled, int]] = []
        again = [outcome.extracted.item_id for outcome in batch if isinstance(outcome, Labelled)]
        again = [item_id for item_id in again if item_id in self._found and self._found[item_id].refetch]
        self._stored = versions.stored(connection, again)
        self._rechecked: list[tuple[int, Verdict]] = []
        self._pages: list[tuple[int, str, int]] = []
        self._publish: set[int] = set()
        self._reports: list[hosts.Report] = []
        self._ignored = 0
        self._brought = brought or {}
        self._lists: list[tuple[Item, Outcome]] = []

    def settle(self) -> Kept:
        """Decides and writes everything."""
        for outcome in self._batch:
            self._settle_one(outcome)
        changed = self._write()
        return Kept(changed=changed, ignored=self._ignored)

    @cached_property
    def _ticks(self) -> float:
        """The engine's clock, read once a batch."""
        return leadership.read(self._connection).ticks

    def _settle_one(self, outcome: Outcome) -> None:
        if isinstance(outcome, Taken):
            self._take(outcome)
            return
        for item_id, token in leases_of(outcome):
            item = self._current.get(item_id)
            made = self._transition(item, token, outcome) if item is not None else None
            if item is None or made is None:
                self._ignored += 1
                continue
            self._current[item_id] = made.after
            if item.recheck and not made.after.open and not isinstance(outcome, Labelled | Unchanged):
                self._rechecked.append((item_id, recheck_outcome.judged(made.before, outcome)))
            self._events += [(item_id, event) for event in made.events]
            self._publish |= {item_id} if made.publish else set()
            self._note_hosts(item, outcome)
            self._lists += [(made.after, outcome)] if item.kind != "article" else []

    def _transition(self, item: Item, token: int, outcome: Outcome) -> Transition | None:
        """What the outcome makes of the item; None where it arrives too late.

        A success counts as long as the item has not ended; anything else only under the current lease.
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
        """A worker has taken the items: their leases begin anew, so that those that waited long in a queue have their full time."""
        until = self._ticks + self._rules.settings.lease
        for item_id, token in outcome.leases:
            item = self._current.get(item_id)
            if item is None or not item.holds(token):
                self._ignored += 1
                continue
            self._current[item_id] = replace(item, taken=True, leased_until=max(until, item.leased_until or 0.0))
            self._events.append((item_id, Event(self._rules.now, Stage.FETCH, "taken", detail=outcome.worker[:200])))

    def _labelled(self, item: Item, outcome: Labelled) -> Transition:
        extracted, now = outcome.extracted, self._rules.now
        answer = answer_of(extracted.final_url, extracted.http, extracted.fetched_at)
        item = replace(item, attempts=item.attempts + 1, answer=answer)
        self._pages += [(item.id, extracted.page_sha256, extracted.page_bytes)] if extracted.page_sha256 else []
        original = self._copies.original(item.id, extracted.content_sha256)
        if item.recheck and (said := recheck_outcome.verdict(self._stored.get(item.id), extracted, original)) is not None:
            return self._stays(item, said, extracted.http.ms)
        if original is not None and not item.refetch:
            event = Event(now, Stage.STORE, "duplicate", Reason.DUPLICATE.word, f"of item {original}")
            made = self._rules.end(replace(item, duplicate_of=original), State.DUPLICATE, Reason.DUPLICATE.word, None, event)
        else:
            self._articles.append((outcome, self._copies.claim(item.id, extracted)))
            made = self._rules.end(item, State.STORED, None, None, Event(now, Stage.STORE, "stored"))
        fetched = Event(now, Stage.FETCH, "answered", ms=extracted.http.ms)
        return replace(made, events=(fetched, Event(now, Stage.LABEL, "labelled", ms=outcome.label_ms), *made.events))

    def _listed(self, item: Item, outcome: Listed) -> Transition:
        """A feed or a sitemap was read: it is done, and its addresses were accepted before."""
        item = replace(item, attempts=item.attempts + 1, answer=answer_of(None, outcome.http, outcome.fetched_at))
        found = f"{len(outcome.urls)} articles, {len(outcome.sitemaps)} sitemaps"
        detail = one_line("; ".join([found, *outcome.warnings]))
        return self._rules.end(item, State.STORED, None, None, Event(self._rules.now, Stage.FETCH, "listed", None, detail, outcome.http.ms))

    def _unchanged(self, item: Item, outcome: Unchanged) -> Transition:
        """The article stays as it is; without one, nobody asked for a 304."""
        event = Event(self._rules.now, Stage.FETCH, "unchanged", Reason.NOT_MODIFIED.word, ms=outcome.http.ms)
        if item.kind != "article":
            return self._rules.end(replace(item, attempts=item.attempts + 1), State.STORED, None, None, event)
        if item.refetch:
            self._rechecked += [(item.id, Verdict("unchanged", Reason.NOT_MODIFIED.word))] if item.recheck else []
            ended = self._rules.end(replace(item, attempts=item.attempts + 1), State.STORED, None, None, event)
            return replace(ended, publish=False)
        unasked = Failed(item.id, item.token, Reason.BAD_RESPONSE.word, "304 without a condition", http=outcome.http)
        return self._rules.failed(item, unasked)

    def _stays(self, item: Item, said: Verdict, ms: int) -> Transition:
        """The stored article stays as it is, whatever the page shows now."""
        self._rechecked.append((item.id, said))
        event = Event(self._rules.now, Stage.STORE, said.outcome, said.reason, said.detail, ms)
        return replace(self._rules.end(item, State.STORED, None, None, event), publish=False)

    def _write_articles(self) -> None:
        """Writes the articles; what one was before its page changed is kept, and a label that flips is told."""
        connection, now = self._connection, self._rules.now
        revised = [one.extracted for one, _ in self._articles if self._is_revised(one.extracted)]
        changed = {one.item_id: f"{self._stored[one.item_id].length} characters before, {len(one.article.text)} now" for one in revised}
        new, events = replacement.write(connection, self._rules.settings, self._articles, changed, now)
        counters.add(connection, Counter({counters.ARTICLES: new}))
        rechecks.schedule(connection, [one.extracted.item_id for one, _ in self._articles], self._rules)
        self._events += events
        self._rechecked += [(item_id, Verdict("revised")) for item_id in changed]

    def _is_revised(self, found: Extracted) -> bool:
        stored = self._stored.get(found.item_id)
        return stored is not None and (stored.content_sha256, stored.title) != (found.content_sha256, found.article.title)

    def _write(self) -> int:
        connection, now = self._connection, self._rules.now
        changed = [
            Transition(before, self._current[item_id], publish=item_id in self._publish)
            for item_id, before in self._found.items()
            if self._current[item_id] is not before
        ]
        self._write_articles()
        recheck_outcome.note(connection, self._rechecked, now)
        pages.write(connection, self._pages, now)
        transitions.apply(connection, changed, now)
        transitions.record(connection, self._events)
        hosts.report(connection, self._reports, self._rules.settings, now)
        source_settlement.note(connection, self._lists, self._brought, self._rules)
        relabelling.apply(connection, [outcome for outcome in self._batch if isinstance(outcome, Relabelled)])
        return len(changed)

    def _note_hosts(self, item: Item, outcome: Outcome) -> None:
        """Keeps what the outcome reports of a host; the item's own host is paced even where another one answered."""
        if isinstance(outcome, (Taken, Returned, Relabelled)):
            return
        report = outcome.extracted.host if isinstance(outcome, Labelled) else outcome.host
        reason = outcome.reason if isinstance(outcome, Failed) else None
        self._reports += [(report.host, report, reason)] if report is not None else []
        self._reports += [(item.host, None, None)] if report is None or report.host != item.host else []


def leases_of(outcome: Outcome) -> list[tuple[int, int]]:
    """The pairs of item and token that an outcome is about."""
    if isinstance(outcome, (Taken, Returned)):
        return outcome.leases
    if isinstance(outcome, Relabelled):
        return []
    holder = outcome.extracted if isinstance(outcome, Labelled) else outcome
    return [(holder.item_id, holder.token)]
