"""The ledger: the truth about every accepted URL; nothing else writes an item's state."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Engine

from worker.config import Settings
from worker.records import Lane, URLRequest
from worker.storage.values import (
    Accepted,
    Balance,
    DeadFilter,
    DeadGroup,
    DeadItem,
    Delivered,
    Entry,
    HostView,
    Job,
    Kept,
    Leadership,
    Paused,
    Progress,
    Reclaimed,
    Trace,
)


class Ledger:
    """Every method is one short transaction (or several, where it says so) and raises Unavailable where the database is.

    `now` gives seconds since 1970, `chance` numbers from 0 to 1 for the jitter; tests pass their own.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        raise NotImplementedError

    # At the door ---------------------------------------------------------------------------------

    def open_job(self, name: str | None = None) -> Job:
        """The job called `name`, made where it does not exist; without a name a new one, named by the time."""
        raise NotImplementedError

    def accept(self, entries: Sequence[Entry], job: Job, *, lane: Lane = "normal", force: bool = False) -> list[Accepted]:
        """Takes a batch (up to about 1,000) in one transaction and answers in its order.

        An entry whose key exists is `known` and joins the job; so is the second of two in the batch. `force` sends
        known items that have ended on their way again; one that is stored stays so whatever comes of it. A feed or a
        sitemap that has ended is read again without `force`.
        """
        raise NotImplementedError

    def accept_many(self, entries: Iterable[Entry], job: Job, *, lane: Lane = "normal", force: bool = False) -> Iterator[Accepted]:
        """The same for any number in constant memory: batches, and a rest between their transactions."""
        raise NotImplementedError

    def preview(self, entries: Sequence[Entry]) -> list[Accepted]:
        """What `accept` would answer; writes nothing."""
        raise NotImplementedError

    def turned_away(self, job: Job, count: int) -> None:
        """Counts URLs that were refused at the door, for their job: they are not accepted, hence no items."""
        raise NotImplementedError

    # For the dispatcher --------------------------------------------------------------------------

    def leadership(self) -> Leadership:
        """Who leads, as it stands."""
        raise NotImplementedError

    def take_lead(self, seen: Leadership, leader: str) -> Leadership | None:
        """Becomes leader with the next term, unless somebody beat since `seen`; then None."""
        raise NotImplementedError

    def beat(self, lead: Leadership, elapsed: float, oldest_age: float, epoch: str | None) -> Leadership:
        """Shows life and advances the engine's clock by `elapsed` seconds (at most 1).

        `oldest_age`: seconds that the oldest entry waits in any pipeline queue, 0 where all are empty; no lease runs
        out against anything younger. Raises LeadLost where another leads.
        """
        raise NotImplementedError

    def lease(self, lead: Leadership, room: int) -> list[tuple[Lane, URLRequest]]:
        """Leases up to `room` due items, suspects marked `alone`; at most one a host whose interval is not 0."""
        raise NotImplementedError

    def running(self) -> int:
        """Items under a lease, of every kind."""
        raise NotImplementedError

    def finished(self) -> int:
        """Outcomes kept since the beginning, of every kind: its growth is the throughput."""
        raise NotImplementedError

    def reclaim(self, lead: Leadership) -> Reclaimed:
        """Takes back what ran out against the engine's low mark."""
        raise NotImplementedError

    def reclaim_all(self, lead: Leadership, epoch: str) -> int:
        """Redis lost its memory: every lease is taken back at no cost, and every host waits one interval first."""
        raise NotImplementedError

    # For the keeper ------------------------------------------------------------------------------

    def keep(self, batch: Sequence[Delivered], judge: Callable[[str], Entry]) -> Kept:
        """Settles a batch in one transaction: fence, copies, article, labels, events, states, outbox, counters.

        `judge` turns an address found in a feed into an Entry or raises ItemFailed. Raises Unacceptable where the
        database refuses a row (the caller then tries one by one), Unavailable where it is away.
        """
        raise NotImplementedError

    def park(self, item_id: int | None, body: str, error: str) -> None:
        """Keeps a message that cannot be kept as what it is; its item, where known and open, is `dead: schema`."""
        raise NotImplementedError

    def unpublished(self, limit: int) -> list[tuple[int, int]]:
        """The oldest pairs of outbox id and item id that were not published yet."""
        raise NotImplementedError

    def published(self, outbox_ids: Sequence[int]) -> None:
        """Takes them out of the outbox."""
        raise NotImplementedError

    # For the operator ----------------------------------------------------------------------------

    def balance(self) -> Balance:
        """The identity: counted row by row while the ledger is small, else from the running counters."""
        raise NotImplementedError

    def recount(self) -> tuple[Balance, Balance]:
        """Both ways: the running counters, and every row counted anew (seconds on millions)."""
        raise NotImplementedError

    def trace(self, key: str) -> list[Trace]:
        """The way of the URL with this key: one entry for each kind of item it is."""
        raise NotImplementedError

    def jobs(self) -> list[Progress]:
        """Every job, newest first."""
        raise NotImplementedError

    def progress(self, job: Job) -> Progress:
        """How far a job is; cheap enough to be asked every second."""
        raise NotImplementedError

    def find_job(self, name: str) -> Job:
        """The job with this name (or number); raises UsageError."""
        raise NotImplementedError

    def stop_job(self, job: Job) -> int:
        """Drops what still waits in this job and in no other, in several transactions; how many it were."""
        raise NotImplementedError

    def dead_groups(self) -> list[DeadGroup]:
        """Dead letters by reason, the most frequent first; articles only."""
        raise NotImplementedError

    def dead(self, which: DeadFilter) -> Iterator[DeadItem]:
        """The dead letters meant, newest first; also the preview of the two below."""
        raise NotImplementedError

    def requeue(self, which: DeadFilter, *, rate: float | None = None) -> int:
        """Sends dead items on their way again, `rate` a second where given; how many it were. Several transactions."""
        raise NotImplementedError

    def drop(self, which: DeadFilter) -> int:
        """Gives them up for good: `dead: dropped-by-user`. Several transactions."""
        raise NotImplementedError

    def forget(self, *, key: str | None = None, host: str | None = None) -> int:
        """Takes articles and their traces out; the items stay, nameless, as `dead: dropped-by-user`."""
        raise NotImplementedError

    def paused(self) -> Paused:
        """What is stopped."""
        raise NotImplementedError

    def pause(self, *, stage: str | None = None, host: str | None = None) -> None:
        """Stops a stage (fetch, label, store) or a host until `resume`, across restarts."""
        raise NotImplementedError

    def resume(self, *, stage: str | None = None, host: str | None = None) -> None:
        """Lets it go on."""
        raise NotImplementedError

    def hosts(self, limit: int = 100) -> list[HostView]:
        """The busiest hosts first."""
        raise NotImplementedError

    def sample(self, values: Mapping[str, float]) -> None:
        """Keeps a line of metrics of this moment."""
        raise NotImplementedError

    def samples(self, name: str, since: float) -> list[tuple[float, float]]:
        """Pairs of time and value."""
        raise NotImplementedError

    def sweep(self) -> None:
        """Forgets events and samples past their retention, a few at a time, and looks for hosts that were overlooked."""
        raise NotImplementedError
