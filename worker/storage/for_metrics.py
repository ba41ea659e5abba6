"""Read what metrics show of the ledger: running counters and counts over small indexes, and never all rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from worker.storage import counters, dead, due, pauses
from worker.storage.database import reading
from worker.storage.ledger_base import LedgerBase
from worker.storage.source_list import health_counts
from worker.storage.values import Balance, DeadGroup


@dataclass(frozen=True, slots=True)
class Totals:
    """What is counted from the beginning; everything but the states in `balance` only grows."""

    balance: Balance
    ended: Counter[tuple[str, str]]
    """Items that ended, by state and reason; an empty reason for `stored`."""
    again: Counter[str]
    """Failures after which the item waits for another try, by reason."""
    expired: int
    """Leases that ran out."""
    paused: frozenset[str]
    """Stages that are paused now."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the ledger now."""

    now: int
    """Items that go out as soon as the pace of their hosts allows."""
    later: int
    """Items that wait for a host, a pause or another try."""
    next_at: float | None
    """When the next one goes out, seconds since 1970; None where nothing waits."""
    hosts: Counter[str]
    """Hosts that are kept back, by why: `paused`, `asked` (by Retry-After) or `failing`."""


class ForMetrics(LedgerBase):
    """What a monitoring program may read."""

    def totals(self) -> Totals:
        """A few dozen rows."""
        with reading(self._engine) as connection:
            found = counters.outcomes(connection)
            return Totals(
                balance=counters.running_balance(connection),
                ended=Counter({_ended(name): value for name, value in found.items() if name.startswith(f"{counters.ENDED}.")}),
                again=Counter({name.partition(".")[2]: value for name, value in found.items() if name.startswith(f"{counters.AGAIN}.")}),
                expired=counters.value(connection, counters.EXPIRED),
                paused=pauses.stages(connection),
            )

    def waiting(self) -> Waiting:
        """Counts over the index of what waits: a tenth of a second for a million."""
        moment = self._now()
        with reading(self._engine) as connection:
            ready, later = due.counts(connection, moment)
            hosts = Counter(_why(wait, moment) for wait in due.waits(connection, moment).values())
            return Waiting(ready, later, due.next_at(connection, moment), hosts)

    def dead(self) -> list[DeadGroup]:
        """Dead letters by reason: a count over their index."""
        with reading(self._engine) as connection:
            return dead.groups(connection)

    def sources(self) -> Counter[str]:
        """How many sources have which health; 0 for a health that none has."""
        with reading(self._engine) as connection:
            return health_counts(connection)


def _ended(name: str) -> tuple[str, str]:
    """State and reason in the name of a counter."""
    _, state, *reason = name.split(".", 2)
    return state, reason[0] if reason else ""


def _why(wait: due.Wait, now: float) -> str:
    if wait.paused:
        return "paused"
    return "asked" if wait.asked_until > now else "failing"
