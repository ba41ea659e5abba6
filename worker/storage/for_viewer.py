"""What a viewer may do with the ledger: look at it as pages and lists show it, and change nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from worker.storage import dead, due, history, host_list, incidents, item_list, pauses, time_series
from worker.storage.database import reading
from worker.storage.dead import Cause
from worker.storage.due import DueFilter, DueItem, Share, Wait
from worker.storage.host_list import HostRow
from worker.storage.incidents import Burst, IncidentRow, SetMark
from worker.storage.item_list import ItemFilter, ItemRow, Request
from worker.storage.ledger_base import LedgerBase
from worker.storage.pauses import Pause
from worker.storage.tables import facets
from worker.storage.time_series import Point
from worker.storage.values import DeadFilter, DeadItem, Stage, Trace


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, by host and cause, and the hosts that are held back; times in seconds since 1970."""

    at: float
    shares: tuple[Share, ...]
    waits: dict[str, Wait]
    fetch: Pause | None
    """The pause of the stage `fetch`, while nothing is fetched at all."""
    next_at: float | None


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many items can go out now, how many later, and when the next one goes."""

    now: int
    later: int
    next_at: float | None


class ForViewer(LedgerBase):
    """Every method is one short read and raises Unavailable where the database is away."""

    # What waits

    def due_counts(self) -> DueCounts:
        """The figures of what waits; quick enough to be asked every two seconds with a million items waiting."""
        now = self._now()
        with reading(self._engine) as connection:
            ready, later = due.counts(connection, now)
            if Stage.FETCH in pauses.stages(connection):
                return DueCounts(0, ready + later, None)
            return DueCounts(ready, later, due.next_at(connection, now))

    def waiting(self, which: DueFilter) -> Waiting:
        """What waits, by host and cause."""
        now = self._now()
        with reading(self._engine) as connection:
            fetch = next((pause for pause in pauses.stage_pauses(connection) if pause.what == Stage.FETCH), None)
            shares = tuple(due.shares(connection, which, now, fetch_paused=fetch is not None))
            next_at = None if fetch else due.next_at(connection, now)
            return Waiting(now, shares, due.waits(connection, now), fetch, next_at)

    def held(self) -> Waiting:
        """The part of it that is held back: hosts that are paused, asked for a wait or fail, and robots.txt that cannot be read."""
        now = self._now()
        with reading(self._engine) as connection:
            waits = due.waits(connection, now)
            return Waiting(now, tuple(due.held_shares(connection, list(waits), now)), waits, None, None)

    def due(self, which: DueFilter, limit: int, after: tuple[float, int] | None = None) -> list[DueItem]:
        """Items that wait, the next one first."""
        with reading(self._engine) as connection:
            fetch_paused = Stage.FETCH in pauses.stages(connection)
            return due.page(connection, which, self._now(), limit, after, fetch_paused=fetch_paused)

    def waits(self) -> dict[str, Wait]:
        """The hosts that are paused, asked for a wait, or fail."""
        with reading(self._engine) as connection:
            return due.waits(connection, self._now())

    def waiting_by_host(self, names: Sequence[str]) -> dict[str, int]:
        """How many items of each of these hosts wait."""
        with reading(self._engine) as connection:
            return host_list.waiting(connection, names)

    def stage_pauses(self) -> list[Pause]:
        """Which stages are paused, since when, by whom, and why."""
        with reading(self._engine) as connection:
            return pauses.stage_pauses(connection)

    # Hosts

    def hosts(self, limit: int, after: tuple[int, str] | None = None, like: str | None = None) -> list[HostRow]:
        """Hosts, those first for which most waits; `after` is the place (items that wait, name) where the last page ended."""
        with reading(self._engine) as connection:
            return host_list.page(connection, self._settings, self._now(), limit, after=after, like=like)

    def host(self, names: Sequence[str]) -> list[HostRow]:
        """These hosts, where they are known."""
        with reading(self._engine) as connection:
            return host_list.of(connection, self._settings, self._now(), names)

    def last_requests(self, host: str, limit: int) -> list[Request]:
        """How the last requests for items of a host ended, the newest first."""
        with reading(self._engine) as connection:
            return item_list.last_requests(connection, host, limit)

    # Dead letters

    def incidents(self, which: DeadFilter, limit: int) -> list[IncidentRow]:
        """Dead letters by cause, the largest incident first."""
        with reading(self._engine) as connection:
            return incidents.incidents(connection, which, limit)

    def newest_dead(self, causes: Sequence[Cause], limit: int) -> list[list[DeadItem]]:
        """Up to `limit` dead letters of each cause (reason, host, detail), the newest first, in the order of the causes."""
        with reading(self._engine) as connection:
            return dead.newest_of(connection, causes, limit)

    def incidents_by_hour(self, which: DeadFilter) -> list[tuple[int, int]]:
        """How many died in each hour that had any."""
        with reading(self._engine) as connection:
            return incidents.by_hour(connection, which)

    def dead_mark(self, which: DeadFilter) -> SetMark:
        """What tells the set that the filter selects now from any other."""
        with reading(self._engine) as connection:
            return incidents.mark(connection, which)

    def dead_by_host(self, which: DeadFilter) -> dict[str, int]:
        """How many dead letters each host has."""
        with reading(self._engine) as connection:
            return incidents.by_host(connection, which)

    def bursts(self, since: float) -> list[Burst]:
        """The causes of what has died since a time, each with its worst hour."""
        with reading(self._engine) as connection:
            return incidents.bursts(connection, since)

    def outcomes_of(self, ids: Sequence[int]) -> list[tuple[str, str | None, int]]:
        """What became of these items: state, reason and count."""
        with reading(self._engine) as connection:
            return incidents.states_of(connection, list(ids))

    def outcomes_of_job(self, job_id: int) -> list[tuple[str, str | None, int]]:
        """What became of a job's items: state, reason and count."""
        with reading(self._engine) as connection:
            return incidents.of_job(connection, job_id)

    def failing_hosts_of_job(self, job_id: int, limit: int) -> list[tuple[str, str, str | None, int]]:
        """Where a job's items were refused or died: host, state, reason and count, the most frequent first."""
        with reading(self._engine) as connection:
            return incidents.hosts_of_job(connection, job_id, limit)

    # Items and history

    def items(self, which: ItemFilter, limit: int, *, before: int | None = None, after: int | None = None) -> list[ItemRow]:
        """Items, the newest first."""
        with reading(self._engine) as connection:
            return item_list.page(connection, which, limit, before=before, after=after)

    def items_of(self, ids: Sequence[int]) -> list[ItemRow]:
        """The items with these numbers."""
        with reading(self._engine) as connection:
            return item_list.of(connection, ids)

    def items_of_key(self, key: str) -> list[ItemRow]:
        """The items of an address."""
        with reading(self._engine) as connection:
            return item_list.of_key(connection, key)

    def trace_of(self, item_id: int) -> Trace | None:
        """One item with everything that happened to it."""
        with reading(self._engine) as connection:
            return history.trace_of(connection, item_id)

    def points(self, step: int, since: int, until: int, series: Collection[str] | None = None) -> list[Point]:
        """What was sampled in a stretch of time."""
        with reading(self._engine) as connection:
            return time_series.points(connection, step, since, until, series)

    def newest_sample(self) -> int | None:
        """The last minute that was sampled."""
        with reading(self._engine) as connection:
            return time_series.newest(connection)

    def articles(self) -> int:
        """How many articles are stored."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(facets)).scalar_one()
