"""List the events that wait for webhooks and mail, make them due, and drop them."""

from __future__ import annotations

from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.storage.webhooks.deliveries import Chosen, Deliveries


@dataclass(frozen=True, slots=True)
class WaitingEvent(Document):
    """An event that was not delivered yet."""

    id: str
    type: str
    item_id: int | None
    created_at: str
    next_try_at: str | None
    """None: it was given up."""
    tries: int
    said: str | None
    """Why the last try failed."""
    receiver: str
    """Its name in the settings: `default` is that of PRESSMARK_WEBHOOK_URL."""


@dataclass(frozen=True, slots=True)
class DroppedEvents(Document):
    """How many events were taken out undelivered."""

    dropped: int


def waiting(services: Services, limit: int, to: str | None = None) -> list[WaitingEvent]:
    """Events that were not delivered yet, the oldest first, of one receiver or all. Raises Unavailable."""
    return [
        WaitingEvent(
            *(one.event_id, one.kind, one.item_id, rfc3339(one.created_at)),
            next_try_at=None if one.given_up else rfc3339(one.due),
            tries=one.tries,
            said=one.said,
            receiver=one.receiver,
        )
        for one in Deliveries(services.engine).all(limit, Chosen(to))
    ]


def send_again(services: Services, to: str | None = None) -> int:
    """Makes all of them due now, also what was given up; returns how many there are. Raises Unavailable."""
    return Deliveries(services.engine).send_again(Chosen(to))


def meant(services: Services, to: str | None, *, given_up: bool) -> int:
    """How many events `drop` would take out. Raises Unavailable."""
    return Deliveries(services.engine).count(Chosen(to, given_up))


def drop(services: Services, to: str | None, *, given_up: bool, who: str | None = None) -> DroppedEvents:
    """Takes events out undelivered, for good: of one receiver or of all; with `given_up`, only those that were given up.

    `who` goes into the log.
    """
    dropped = Deliveries(services.engine).drop(Chosen(to, given_up))
    record(services, who, "webhooks drop", count=dropped, which={"to": to, "given_up": given_up or None})
    return DroppedEvents(dropped)
