"""What the ledger takes and gives: small frozen values without a connection in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from worker.messages import Kind, Outcome

State = Literal["waiting", "running", "stored", "duplicate", "refused", "dead"]
Stage = Literal["fetch", "label", "store"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL that passed the door: canonical, with the key that tells it from others."""

    url: str
    key: str
    """The same for every spelling of the same address; unique together with `kind`."""
    host: str
    """Name and port, as in `example.org:443`: what is paced."""
    kind: Kind = "article"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one Entry at the door."""

    url: str
    item_id: int | None
    """None only in a preview of an item that does not exist yet."""
    state: Literal["accepted", "known"]


@dataclass(frozen=True, slots=True)
class Job:
    """A named set of items; an item may be in many."""

    id: int
    name: str
    created_at: float
    stopped_at: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: its items by state, and what was turned away at the door."""

    job: Job
    states: Mapping[str, int]
    refused_at_door: int
    known: int

    @property
    def open(self) -> int:
        """Items that have not ended yet."""
        return self.states["waiting"] + self.states["running"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message of the stream `results`, as the keeper hands it to the ledger."""

    message_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """What one keeper's transaction did."""

    changed: int
    """Items whose state moved."""
    ignored: int
    """Outcomes that came too late or twice, and changed nothing."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Whether the ledger is consistent: what must be equal, counted apart, over items of every kind."""

    accepted: int
    """Receipts, which are written once for each accepted item and never deleted."""
    states: Mapping[str, int]
    """Items in each of the six states."""
    articles: int
    stored_without_article: int
    """Stored items of kind article without one; 0 in a consistent ledger, as are the next two."""
    articles_without_item: int
    duplicates_of_nothing: int
    """Duplicates whose original has no article."""
    counted: bool
    """True where rows were counted, False where the running counters answered."""

    @property
    def balanced(self) -> bool:
        """Whether every accepted item is in exactly one state, every stored article is there, and every copy has its original."""
        return self.accepted == sum(self.states.values()) and not (
            self.stored_without_article or self.articles_without_item or self.duplicates_of_nothing
        )


@dataclass(frozen=True, slots=True)
class DeadFilter:
    """Which dead letters are meant; an empty filter means all."""

    reason: str | None = None
    host: str | None = None
    since: float | None = None
    """Seconds since 1970: died then or later."""
    limit: int | None = None
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead letters of one cause."""

    reason: str
    count: int
    newest: float


@dataclass(frozen=True, slots=True)
class DeadItem:
    """One dead letter."""

    item_id: int
    url: str
    host: str
    reason: str
    detail: str | None
    died_at: float
    tries: int
    strikes: int
    answer: Mapping[str, Any] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Event:
    """One hop of an item's way."""

    at: float
    stage: str
    outcome: str
    reason: str | None = None
    detail: str | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one URL is, and where it went."""

    item_id: int
    url: str
    kind: str
    lane: str
    state: str
    reason: str | None
    due: float | None
    tries: int
    strikes: int
    jobs: tuple[str, ...]
    duplicate_of: int | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class HostView:
    """A host as the dispatcher sees it."""

    host: str
    waiting: int
    in_flight: int
    interval: float
    free_at: float
    breaker: Literal["closed", "open", "half-open"]
    paused: bool
    failures: int
    answers: int
    errors: int


@dataclass(frozen=True, slots=True)
class Paused:
    """What an operator has stopped."""

    stages: frozenset[str]
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leadership:
    """A leader's claim; whoever holds an older term can write nothing as a leader."""

    term: int
    beat: int
    leader: str | None
    ticks: float
    low_mark: float
    epoch: str | None


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """What running out of leases did."""

    free: int
    """Never taken: waiting again, at no cost."""
    suspects: int
    """Taken together with others: will travel alone."""
    strikes: int
    """Taken alone: proof against the page."""
    dead: int
    """Of those, the ones with their last strike."""
