"""Ask for the figures whose cost grows with the ledger: each time, or again only when they are older than their cost allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from worker.bootstrap import Services
from worker.operations import due
from worker.operations.due import DueFigures
from worker.storage.incidents import Burst
from worker.storage.values import Balance, DeadGroup

T = TypeVar("T")

SHARE = 100.0
"""A figure that took t seconds is kept for 100 t, so that none takes more than a hundredth of a core, even on tables of millions."""
WATCHED_SHARE = 250.0
"""The same for what an open page asks for again and again: five such figures take a fiftieth of a core."""
OLDEST = 30.0
"""Seconds after which an open page gets every figure anew, whatever it costs: people wait no longer than that for a change."""
COUNTED = 10.0
"""Seconds for which the running counters are trusted after every row was counted: what was changed by hand shows that much later."""
DAY = 86400.0
"""Seconds for which an incident is shown as a problem: after a day it is no news, and stays among the dead letters."""


class Kept(Generic[T]):
    """One figure, asked anew only where it is older than its cost allows."""

    def __init__(
        self,
        make: Callable[[], T],
        fresh: float = 0.0,
        *,
        share: float = SHARE,
        oldest: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
        cost: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fresh` are the seconds for which it is kept in any case; `cost` is the clock by which its cost is measured."""
        self._make = make
        self._fresh, self._share, self._oldest = fresh, share, oldest
        self._clock, self._cost = clock, cost
        self._value: T | None = None
        self._until = 0.0
        self._made_at = 0.0

    def get(self) -> T:
        """The figure; raises what `make` raises."""
        value = self._value
        if value is None or self.due:
            begun = self._cost()
            value = self._make()
            kept = min(max(self._fresh, self._share * (self._cost() - begun)), self._oldest)
            self._made_at = self._clock()
            self._value, self._until = value, self._made_at + kept
        return value

    @property
    def due(self) -> bool:
        """Whether `get` would ask anew."""
        return self._value is None or self._clock() >= self._until

    @property
    def last(self) -> T | None:
        """The figure that was made last, however old; asks nobody. None where there is none."""
        return self._value

    @property
    def age(self) -> float:
        """Seconds since the figure that is given now was made; 0 where there is none."""
        return 0.0 if self._value is None else self._clock() - self._made_at

    def forget(self) -> None:
        """Asks anew the next time."""
        self._value = None


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """The figures of a report whose cost grows with the ledger. Each raises Unavailable."""

    balance: Callable[[], Balance]
    dead: Callable[[], Sequence[DeadGroup]]
    due: Callable[[], DueFigures]
    bursts: Callable[[], Sequence[Burst]]
    """Of the last day."""


def asked(services: Services, clock: Callable[[], float] = time.time) -> LedgerFigures:
    """Each figure as it is now."""
    ledger = services.operator_ledger
    return LedgerFigures(
        ledger.balance, ledger.dead_groups, lambda: due.figures(services), lambda: services.viewer_ledger.bursts(clock() - DAY)
    )


class WatchedFigures:
    """The same for pages that are open for hours: what was quick is asked each time, what was slow more rarely."""

    def __init__(self, services: Services) -> None:
        now = asked(services)
        self._ledger = services.operator_ledger
        # SQLite works in the thread that asks; PostgreSQL beside it, and only the time that it takes is known here
        cost = time.thread_time if services.engine.dialect.name == "sqlite" else time.monotonic

        def kept(make: Callable[[], T], fresh: float = 0.0) -> Kept[T]:
            return Kept(make, fresh, share=WATCHED_SHARE, oldest=OLDEST, cost=cost)

        self._checked = kept(self._ledger.checked_balance, COUNTED)
        self._dead, self._due, self._bursts = kept(now.dead), kept(now.due), kept(now.bursts)
        self.figures = LedgerFigures(self._balance, self._dead.get, self._due.get, self._bursts.get)

    def _balance(self) -> Balance:
        """By the running counters where they agreed with the rows a moment ago, else by the rows."""
        counted, agrees = self._checked.get()
        if agrees and counted.balanced:
            return self._ledger.running_balance()
        self._checked.forget()
        return counted

    @property
    def age(self) -> float:
        """Age in seconds of the oldest figure: what is due, what died, and its incidents."""
        return max(one.age for one in (self._dead, self._due, self._bursts))

    def forget(self) -> None:
        """Asks anew the next time: something was changed."""
        for one in (self._checked, self._dead, self._due, self._bursts):
            one.forget()
