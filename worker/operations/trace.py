"""Show where one URL is, and each step that it took."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.bootstrap import Services
from worker.operations.document import Document
from worker.operations.due import due
from worker.operations.times import rfc3339
from worker.storage.values import Entry, Event, State, Trace


@dataclass(frozen=True, slots=True)
class Step(Document):
    """One event of an item."""

    at: str
    """RFC 3339, UTC."""
    stage: str
    outcome: str
    reason: str | None
    detail: str | None
    ms: int | None

    @classmethod
    def of(cls, event: Event) -> Step:
        """From the ledger's event."""
        return cls(rfc3339(event.at), event.stage, event.outcome, event.reason, event.detail, event.ms)


@dataclass(frozen=True, slots=True)
class ItemTrace(Document):
    """One item, its state and its steps."""

    item_id: int
    url: str
    kind: str
    lane: str
    state: str
    reason: str | None
    due: str | None
    """Its next try: RFC 3339, UTC; None where it does not wait."""
    tries: int
    strikes: int
    jobs: tuple[str, ...]
    duplicate_of: int | None
    events: tuple[Step, ...]
    held: str | None = None
    """What keeps it back beside its own time, in words: a pause, or a wait of its host."""

    @classmethod
    def of(cls, trace: Trace, held: str | None = None) -> ItemTrace:
        """From the ledger's rows."""
        return cls(
            *(trace.item_id, trace.url, trace.kind, trace.lane, trace.state, trace.reason, rfc3339(trace.due)),
            *(trace.tries, trace.strikes, trace.jobs, trace.duplicate_of, tuple(map(Step.of, trace.events)), held),
        )


def trace(services: Services, entry: Entry) -> list[ItemTrace]:
    """The items of this URL: one for each kind that it was accepted as; none where it is not known."""
    return [ItemTrace.of(found, _held(services, found)) for found in services.operator_ledger.trace(*entry.keys)]


def _held(services: Services, found: Trace) -> str | None:
    if found.state != State.WAITING:
        return None
    groups = due(services, urlsplit(found.url).netloc, limit=0).groups
    group = next((group for group in groups if group.why in ("paused", "host")), None)
    if group is None:
        return None
    if group.why == "host":
        return group.detail
    return f"{'its host' if group.host else 'fetching'} is paused{f' by {group.by}' if group.by else ''}: {group.detail}"
