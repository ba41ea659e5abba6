"""The ledger's side for the dispatcher: who leads, what is due, and what ran out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Column, ColumnElement, Connection, true, update

from worker.messages import Lane, Returned, URLRequest
from worker.storage import counters, history, hosts, leadership, leases, transitions
from worker.storage.database import reading, writing
from worker.storage.host_rules import OPEN_LONGEST
from worker.storage.item_rules import JITTER
from worker.storage.ledger_base import LedgerBase
from worker.storage.settlement import Settlement
from worker.storage.tables import hosts as hosts_table
from worker.storage.tables import items
from worker.storage.values import Leadership, Reclaimed


class ForDispatcher(LedgerBase):
    """Leads, leases and reclaims. Whoever led before raises LeadLost."""

    def leadership(self) -> Leadership:
        """Who leads, as it stands."""
        with reading(self._engine) as connection:
            return leadership.read(connection)

    def take_lead(self, seen: Leadership, leader: str) -> Leadership | None:
        """Becomes leader with the next term, unless somebody beat since `seen`; then None."""
        with writing(self._engine) as connection:
            return leadership.take(connection, seen, leader)

    def resign(self, lead: Leadership) -> None:
        """Leaves the lead free, so that another need not wait."""
        with writing(self._engine) as connection:
            leadership.resign(connection, lead)

    def beat(self, lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
        """Shows life and advances the engine's clock by `elapsed` seconds (at most 1).

        `oldest_age`: seconds that the oldest entry waits in any pipeline queue, 0 where all are empty; no lease runs
        out against anything younger.
        """
        with writing(self._engine) as connection:
            return leadership.beat(connection, lead, elapsed, oldest_age)

    def lease(self, lead: Leadership, room: int) -> list[tuple[Lane, URLRequest]]:
        """Leases up to `room` due items, suspects marked `alone`; at most one a host whose interval is not 0."""
        with writing(self._engine) as connection:
            stands = leadership.require(connection, lead)
            return cast("list[tuple[Lane, URLRequest]]", leases.lease(connection, stands, self._settings, self._now(), room))

    def hand_back(self, leased: Sequence[URLRequest]) -> None:
        """What could not be sent waits again at once, and free."""
        returned = Returned([(request.item_id, request.token) for request in leased])
        with writing(self._engine) as connection:
            Settlement(connection, self._rules(), [returned]).settle()

    def finished(self) -> int:
        """Leases that ended an item since the beginning, of every kind: its growth is the throughput."""
        with reading(self._engine) as connection:
            return counters.value(connection, counters.FINISHED)

    def reclaim(self, lead: Leadership) -> Reclaimed:
        """Takes back leases that ran out against the engine's low mark, some hundreds at a time."""
        with writing(self._engine) as connection:
            return leases.reclaim(connection, leadership.require(connection, lead), self._rules())

    def reclaim_all(self, lead: Leadership, epoch: str) -> int:
        """Redis lost its memory: every lease is taken back at no cost, and every host waits one interval first.

        Several transactions; only the last one notes the new epoch, so a crash in between begins anew.
        """
        total = 0
        while True:
            with writing(self._engine) as connection:
                stands = leadership.require(connection, lead)
                done = leases.reclaim_all(connection, self._rules(), leases.RECLAIM)
                total += done
                if done:
                    continue
                if stands.epoch is not None:
                    hosts.all_wait(connection, self._settings, self._now())
                leadership.set_epoch(connection, stands, epoch)
                return total

    def clock_was_set(self, lead: Leadership, by: float) -> None:
        """The machine's clock jumped by so many seconds: what waits for a time waits as long as before."""
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            for column in (items.c.due, hosts_table.c.free_at, hosts_table.c.open_until):
                _shift(connection, column, by, self._now())
            hosts.find_overlooked(connection, self._now())

    def mend_times(self, lead: Leadership) -> None:
        """Pulls in what waits for a time beyond any rule; reads all that waits, seconds on millions."""
        longest = max(self._settings.retry_after_cap, self._settings.backoff_cap * (1 + JITTER), OPEN_LONGEST)
        now = self._now()
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            for column in (items.c.due, hosts_table.c.free_at, hosts_table.c.open_until):
                _pull_in(connection, column, now + longest, now)
            hosts.find_overlooked(connection, now)

    def sweep(self, lead: Leadership) -> bool:
        """Housekeeping: some old events and samples go, overlooked hosts are found. True where there is more to do."""
        now = self._now()
        with writing(self._engine) as connection:
            leadership.require(connection, lead)
            hosts.find_overlooked(connection, now)
            return history.forget_old(connection, now, self._settings.events_days)

    def sample(self, values: Mapping[str, float]) -> None:
        """Keeps a line of metrics of this moment."""
        with writing(self._engine) as connection:
            history.sample(connection, values, self._now())


def _shift(connection: Connection, column: Column[float], by: float, now: float) -> None:
    """Times that lay ahead of the clock lie as far ahead of it now; those that had passed have passed still."""
    then = now - by
    _pull_in(connection, column, now, now, column <= then)
    connection.execute(update(column.table).where(_waits(column), column > then).values({column: column + by}))


def _pull_in(connection: Connection, column: Column[float], later_than: float, now: float, *which: ColumnElement[bool]) -> None:
    connection.execute(update(column.table).where(_waits(column), column > later_than, *which).values({column: now}))


def _waits(column: Column[float]) -> ColumnElement[bool]:
    """Of the items only those that wait: millions have ended."""
    return transitions.WAITING if column.table is items else true()
