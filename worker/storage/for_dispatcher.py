"""What the dispatcher may do with the ledger: lead, lease what is due, and take back expired leases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ColumnElement, Connection, true, update

from worker.messages import Returned, URLRequest
from worker.reasons import Lane
from worker.storage import counters, history, hosts, leadership, leases, sources, time_series, transitions
from worker.storage.database import reading, writing
from worker.storage.host_rules import OPEN_LONGEST
from worker.storage.item_rules import JITTER, SPREAD_LONGEST
from worker.storage.ledger_base import LedgerBase
from worker.storage.removal import retention
from worker.storage.revisions import rechecks
from worker.storage.settlement import Settlement
from worker.storage.tables import hosts as hosts_table
from worker.storage.tables import items
from worker.storage.values import Leadership, Reclaimed, State

HOST_TIMES = ("free_at", "open_until", "asked_until")
"""Times in the future that a host may have."""


class ForDispatcher(LedgerBase):
    """Leads, leases and reclaims. What takes a `lead` raises LeadLost where another dispatcher leads by now."""

    def leadership(self) -> Leadership:
        """Who leads now."""
        with reading(self._engine) as connection:
            return leadership.read(connection)

    def take_lead(self, seen: Leadership, leader: str) -> Leadership | None:
        """Becomes leader with the next term; None where another one led, or showed life, since `seen`."""
        with writing(self._engine) as connection:
            return leadership.take(connection, seen, leader)

    def resign(self, lead: Leadership) -> None:
        """Gives the lead up, so that another dispatcher need not wait."""
        with writing(self._engine) as connection:
            leadership.resign(connection, lead)

    def beat(self, lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
        """Shows life and advances the engine's clock by `elapsed` seconds (at most 1).

        `oldest_age`: seconds that the oldest entry has waited in any pipeline queue, 0 where all are empty; no lease
        of what was sent later expires.
        """
        with writing(self._engine) as connection:
            return leadership.beat(connection, lead, elapsed, oldest_age)

    def lease(self, lead: Leadership, room: int) -> list[tuple[Lane, URLRequest]]:
        """Leases up to `room` due items, suspects marked `alone`; of a host with a pace as many as it keeps busy for some seconds."""
        with writing(self._engine) as connection:
            return leases.lease(connection, leadership.require(connection, lead), self._settings, self._now(), room)

    def poll_sources(self, lead: Leadership) -> int:
        """Sends the sources that are due; returns how many there were."""
        with reading(self._engine) as connection:
            if not sources.any_due(connection, self._now()):
                return 0
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            return sources.send_due(connection, self._rules())

    def recheck_articles(self, lead: Leadership) -> int:
        """Sends the stored articles that are due to be looked at again; returns how many there were."""
        with reading(self._engine) as connection:
            if not self._settings.recheck_after or not rechecks.any_due(connection, self._now()):
                return 0
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            return rechecks.send_due(connection, self._rules())

    def hand_back(self, leased: Sequence[URLRequest]) -> None:
        """Gives leases back that could not be sent: the items wait again at once, at no cost."""
        returned = Returned([(request.item_id, request.token) for request in leased])
        with writing(self._engine) as connection:
            Settlement(connection, self._rules(), [returned]).settle()

    def finished(self) -> int:
        """How many leases have ended an item since the beginning; its growth is the throughput."""
        with reading(self._engine) as connection:
            return counters.value(connection, counters.FINISHED)

    def reclaim(self, lead: Leadership) -> Reclaimed:
        """Takes back leases that have expired, some hundreds at a time."""
        with writing(self._engine) as connection:
            return leases.reclaim(connection, leadership.require(connection, lead), self._rules())

    def reclaim_all(self, lead: Leadership, epoch: str) -> int:
        """Takes every lease back at no cost, since Redis was emptied; every host then waits one interval.

        Several transactions; only the last one writes the new epoch, so that after a crash this begins anew.
        """
        total = 0
        while True:
            with writing(self._engine) as connection:
                current = leadership.require(connection, lead)
                done = leases.reclaim_all(connection, self._rules(), leases.RECLAIM)
                total += done
                if done:
                    continue
                if current.epoch is not None:
                    hosts.all_wait(connection, self._settings, self._now())
                leadership.set_epoch(connection, current, epoch)
                return total

    def clock_was_set(self, lead: Leadership, by: float) -> None:
        """The machine's clock was set by so many seconds: everything that waits for a time waits as long as before."""
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            for column in (items.c.due, *(hosts_table.c[name] for name in HOST_TIMES)):
                _shift(connection, column, by, self._now())
            hosts.find_overlooked(connection, self._now())

    def correct_times(self, lead: Leadership) -> None:
        """Corrects times further ahead than any rule sets; reads all items that wait, which takes seconds on millions."""
        longest = max(self._settings.retry_after_cap, self._settings.backoff_cap * (1 + JITTER), OPEN_LONGEST, SPREAD_LONGEST)
        now = self._now()
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            for column in (items.c.due, *(hosts_table.c[name] for name in HOST_TIMES)):
                _pull_in(connection, column, now + longest, now)
            hosts.find_overlooked(connection, now)

    def sweep(self, lead: Leadership) -> bool:
        """Takes out some of what is older than it is kept, and finds overlooked hosts; True where there is more to take out."""
        now = self._now()
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            hosts.find_overlooked(connection, now)
            return retention.sweep(connection, self._settings, self._rules())

    def sample(self, values: Mapping[str, float]) -> None:
        """Writes metrics of this moment, by name."""
        with writing(self._engine) as connection:
            history.sample(connection, values, self._now())

    def sample_minute(self, gauges: Mapping[str, float]) -> None:
        """Writes the figures of the minute that has just ended: these gauges, what waits, and how many items ended, by outcome."""
        now = self._now()
        with writing(self._engine) as connection:
            states = counters.running_balance(connection).states
            known = {"waiting": float(states[State.WAITING]), "running": float(states[State.RUNNING]), **gauges}
            time_series.write_minute(connection, time_series.minute_of(now), known)


def _shift(connection: Connection, column: Column[float], by: float, now: float) -> None:
    """Keeps future times as far ahead of the clock as they were, and past times in the past."""
    then = now - by
    _pull_in(connection, column, now, now, column <= then)
    connection.execute(update(column.table).where(_waits(column), column > then).values({column: column + by}))


def _pull_in(connection: Connection, column: Column[float], later_than: float, now: float, *which: ColumnElement[bool]) -> None:
    connection.execute(update(column.table).where(_waits(column), column > later_than, *which).values({column: now}))


def _waits(column: Column[float]) -> ColumnElement[bool]:
    """Restricts items to those that wait, since millions have ended."""
    return transitions.WAITING if column.table is items else true()
