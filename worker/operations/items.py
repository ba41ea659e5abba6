"""List items of every state and kind, and find one by its number or its URL."""

from __future__ import annotations

from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import NotFound, UsageError
from worker.operations import cursors
from worker.operations.document import Document
from worker.operations.hosts import canonical_host
from worker.operations.times import rfc3339
from worker.reasons import Kind
from worker.storage.item_list import ItemFilter, ItemRow
from worker.storage.values import Entry, State

PAGE = 50
"""Items of a page."""
STATES = tuple(state.value for state in State)
KINDS: tuple[Kind, ...] = ("article", "feed", "sitemap")


@dataclass(frozen=True, slots=True)
class Item(Document):
    """One accepted URL, where it is now and why."""

    item_id: int
    url: str
    host: str
    kind: str
    lane: str
    state: str
    reason: str | None
    detail: str | None
    next_try_at: str | None
    """When it is due itself: RFC 3339, UTC; None where it does not wait."""
    tries: int
    changed_at: str
    """When its state changed last."""
    duplicate_of: int | None

    @classmethod
    def of(cls, row: ItemRow) -> Item:
        """From the ledger's row."""
        return cls(
            *(row.item_id, row.url, row.host, row.kind, row.lane, row.state, row.reason, row.detail),
            *(rfc3339(row.due), row.tries, rfc3339(row.changed_at), row.duplicate_of),
        )


@dataclass(frozen=True, slots=True)
class ItemPage(Document):
    """A page of items, the last accepted first."""

    items: tuple[Item, ...]
    older: str | None
    newer: str | None


def items(
    services: Services,
    *,
    state: str | None = None,
    host: str | None = None,
    job: str | None = None,
    kind: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> ItemPage:
    """A page of the items in a state, of a host, a job (its name or number), a kind. Raises UsageError, Unavailable."""
    if state is not None and state not in STATES:
        raise UsageError(f"expected one of {', '.join(STATES)}, got {state[:60]!r}")
    if kind is not None and kind not in KINDS:
        raise UsageError(f"expected one of {', '.join(KINDS)}, got {kind[:60]!r}")
    job_id = services.operator_ledger.find_job(job).id if job else None
    which = ItemFilter(state, canonical_host(host) if host else None, job_id, kind)
    page = cursors.asked(cursor, (int,))
    found = services.viewer_ledger.items(which, limit + 1, before=page.number("older"), after=page.number("newer"))
    shown, older, newer = page.of(found, limit, lambda row: (row.item_id,))
    return ItemPage(tuple(map(Item.of, shown)), older, newer)


def item(services: Services, item_id: int) -> Item:
    """One item. Raises NotFound, Unavailable."""
    found = services.viewer_ledger.items_of([item_id])
    if not found:
        raise NotFound(f"expected the number of an item, got {item_id}")
    return Item.of(found[0])


def of_url(services: Services, entry: Entry) -> list[Item]:
    """The items of an address: one for each kind that it was accepted as, none where it is not known. Raises Unavailable."""
    return [Item.of(row) for row in services.viewer_ledger.items_of_key(entry.key)]
