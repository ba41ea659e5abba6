"""Define what the ledger takes and returns: small frozen values without a connection in them.

Times are seconds since 1970 in UTC, durations are in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypedDict

from worker.reasons import Kind

if TYPE_CHECKING:
    from worker.messages import Outcome


class State(StrEnum):
    """Where an accepted item is; every item is in exactly one state."""

    WAITING = "waiting"
    """Will be sent to a worker once it is due and its host may be asked."""
    RUNNING = "running"
    """Under a lease: it is in a queue, or with a worker."""
    STORED = "stored"
    """Done: its article is stored, or the addresses that a feed or a sitemap lists were accepted."""
    DUPLICATE = "duplicate"
    """Done: its text is stored already, under the item that it names."""
    REFUSED = "refused"
    """Ended by a rule: the guard, robots.txt, an opt-out or a take-down."""
    DEAD = "dead"
    """Ended by a failure: a dead letter, which an operator may requeue or drop."""


OPEN = (State.WAITING, State.RUNNING)
"""States of an item that has not ended."""
TERMINAL = (State.STORED, State.DUPLICATE, State.REFUSED, State.DEAD)
"""States of an item that has ended."""


class Stage(StrEnum):
    """A part of the program that does something to an item; its events name it."""

    FETCH = "fetch"
    """Requests pages."""
    LABEL = "label"
    """Gives articles their labels."""
    STORE = "store"
    """Writes outcomes into the database."""
    DISPATCH = "dispatch"
    """Sends what is due, and takes back leases that expired."""
    PARSE = "parse"
    """Reads a fetched page in a child process."""
    ENQUEUE = "enqueue"
    """Accepts URLs."""
    OPERATOR = "operator"
    """Carries out a person's command."""
    FORGET = "forget"
    """Takes articles out at somebody's request."""


PAUSABLE = (Stage.FETCH, Stage.LABEL, Stage.STORE)
"""Stages that an operator can pause."""


class Answer(TypedDict):
    """A server's last answer, as it is kept in JSON with an item that has no article."""

    final_url: str | None
    """After redirects."""
    http: Mapping[str, str | int | None] | None
    """The fields of `messages.Http`."""
    fetched_at: str | None
    """RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL that the guard and the intake have passed, in its canonical spelling."""

    url: str
    key: str
    """A digest that all spellings of the same address share; unique together with `kind`."""
    host: str
    """Name and port, as in `example.org:443`: the unit of pace."""
    kind: Kind = "article"
    known_as: tuple[str, ...] = ()
    """Keys that earlier versions gave the same address: an item under one of them is this one."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which it may be an item."""
        return (self.key, *self.known_as)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ledger's answer to one Entry."""

    url: str
    item_id: int | None
    """None only in a preview, for an item that does not exist yet."""
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
    """How many items of a job, of every kind, are in each state, and how many of its URLs made no new item."""

    job: Job
    states: Mapping[State, int]
    refused_at_intake: int
    """URLs that were refused when they were enqueued."""
    known: int
    """URLs that were items already."""

    @property
    def open(self) -> int:
        """Items that have not ended."""
        return sum(self.states[state] for state in OPEN)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message of the stream `results`, as the keeper passes it to the ledger."""

    message_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """What one transaction of a keeper changed."""

    changed: int
    """Items that were written."""
    ignored: int
    """Outcomes that arrived too late, or twice, and changed nothing."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Whether the ledger is consistent: what must be equal, counted apart, over items of every kind."""

    accepted: int
    """Receipts, which are written once for each accepted item and never deleted."""
    states: Mapping[State, int]
    """Items in each of the six states."""
    articles: int
    stored_without_article: int
    """Stored items of kind article that have none; 0 in a consistent ledger, as are the next two."""
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
    """Selects dead letters; an empty filter selects all."""

    reason: str | None = None
    host: str | None = None
    since: float | None = None
    """Those that died at this time or later."""
    limit: int | None = None
    """The newest so many of them."""
    item_id: int | None = None
    detail: str | None = None
    """With exactly this detail; empty: without any."""
    item_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """The dead letters of one reason."""

    reason: str
    count: int
    newest: float
    """When the last of them died."""


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
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an item."""

    at: float
    stage: str
    """A Stage."""
    outcome: str
    reason: str | None = None
    detail: str | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One item with everything that happened to it, in order."""

    item_id: int
    url: str
    kind: str
    lane: str
    state: State
    reason: str | None
    due: float | None
    """When it may be sent, None where it does not wait."""
    tries: int
    strikes: int
    jobs: tuple[str, ...]
    """Names of its jobs."""
    duplicate_of: int | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """What an operator has paused."""

    stages: frozenset[str]
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leadership:
    """The one row that says which dispatcher leads; a leader of an older term can write nothing."""

    term: int
    """Rises with each new leader."""
    beat: int
    """Rises while the leader lives."""
    leader: str | None
    """Its name; None where the last one has resigned."""
    ticks: float
    """The engine's clock, which advances only while a leader lives."""
    low_mark: float
    """Everything sent before this time has left every queue; leases expire against it."""
    epoch: str | None
    """The mark that Redis must carry; another one there means that Redis was emptied."""


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """How many expired leases were taken back, by what followed."""

    free: int
    """No worker had taken the item: it waits again, at no cost."""
    suspects: int
    """Taken together with others: each will be sent alone next time."""
    strikes: int
    """Taken alone: each counts against its page."""
    dead: int
    """Of the strikes, those that were the last."""
