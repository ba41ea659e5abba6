"""The ledger's side for the operator: what there is, and what may be done about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from worker.storage import counters, dead, history, hosts, jobs, pauses, takedowns, transitions
from worker.storage.database import reading, writing
from worker.storage.item_rules import Item, ItemRules, Transition
from worker.storage.ledger_base import LedgerBase
from worker.storage.values import Balance, DeadFilter, DeadGroup, DeadItem, HostView, Job, Paused, Progress, Trace


class ForOperator(LedgerBase):
    """Shows and commands."""

    def balance(self) -> Balance:
        """The identity: counted row by row while the ledger is small, else from the running counters."""
        with reading(self._engine) as connection:
            return counters.balance(connection)

    def recount(self) -> tuple[Balance, Balance]:
        """Both ways: the running counters, and every row counted anew (seconds on millions)."""
        with reading(self._engine) as connection:
            return counters.running_balance(connection), counters.counted_balance(connection)

    def trace(self, key: str) -> list[Trace]:
        """The way of the URL with this key: one entry for each kind of item it is."""
        with reading(self._engine) as connection:
            return history.trace(connection, key)

    def samples(self, name: str, since: float) -> list[tuple[float, float]]:
        """Pairs of time and value of one metric."""
        with reading(self._engine) as connection:
            return history.samples_of(connection, name, since)

    def hosts(self, limit: int = 100) -> list[HostView]:
        """The busiest hosts first."""
        with reading(self._engine) as connection:
            return hosts.view(connection, self._settings, self._now(), limit)

    # Jobs

    def jobs(self) -> list[Progress]:
        """Every job, newest first."""
        with reading(self._engine) as connection:
            return [jobs.progress(connection, job_id) for job_id in jobs.all_ids(connection)]

    def progress(self, job: Job) -> Progress:
        """How far a job is; cheap enough to be asked every second."""
        with reading(self._engine) as connection:
            return jobs.progress(connection, job.id)

    def find_job(self, name: str) -> Job:
        """The job with this name (or number); raises UsageError."""
        with reading(self._engine) as connection:
            return jobs.find(connection, name)

    def stop_job(self, job: Job) -> int:
        """Drops what still waits in this job and in no other, in several transactions; how many it were."""
        with writing(self._engine) as connection:
            jobs.stop(connection, job.id, self._now())
        total = 0
        while True:
            with writing(self._engine) as connection:
                waiting = jobs.waiting_in_no_other(connection, job.id, dead.PAGE)
                rules = self._rules()
                dropped = [rules.dropped(item, "its job was stopped") for item in transitions.load(connection, waiting).values()]
                transitions.apply(connection, dropped, rules.now)
            if not waiting:
                return total
            total += len(waiting)

    # Dead letters

    def dead_groups(self) -> list[DeadGroup]:
        """Dead letters of every kind by reason, the most frequent first."""
        with reading(self._engine) as connection:
            return dead.groups(connection)

    def dead(self, which: DeadFilter) -> Iterator[DeadItem]:
        """The dead letters meant, newest first; also the preview of the two below."""
        place: tuple[float, int] | None = None
        left = which.limit
        while left is None or left > 0:
            with reading(self._engine) as connection:
                found = dead.page(connection, which, place, min(dead.PAGE, left or dead.PAGE))
            yield from found
            if not found:
                return
            place = (found[-1].died_at, found[-1].item_id)
            left = None if left is None else left - len(found)

    def requeue(self, which: DeadFilter, *, rate: float | None = None) -> int:
        """Sends dead items on their way again, `rate` a second where given; how many it were. Several transactions."""
        return self._each_dead(which, lambda rules, item: rules.requeued(item), rate)

    def drop(self, which: DeadFilter) -> int:
        """Gives them up for good: `dead: dropped-by-user`. Several transactions."""
        return self._each_dead(which, lambda rules, item: rules.dropped(item), None)

    def _each_dead(self, which: DeadFilter, command: Callable[[ItemRules, Item], Transition], rate: float | None) -> int:
        """The ids are chosen first, so that what dies again meanwhile is not chosen twice."""
        ids = [item.item_id for item in self.dead(which)]
        step = dead.PAGE if rate is None else max(min(int(rate), dead.PAGE), 1)
        total = 0
        for start in range(0, len(ids), step):
            if rate is not None and start:
                time.sleep(step / rate)
            with writing(self._engine) as connection:
                total += self._command(connection, ids[start : start + step], command)
        return total

    def _command(self, connection: Connection, ids: list[int], command: Callable[[ItemRules, Item], Transition]) -> int:
        rules = self._rules()
        made = [command(rules, item) for item in dead.chosen(connection, ids)]
        transitions.apply(connection, made, rules.now)
        return len(made)

    def forget(self, *, key: str | None = None, host: str | None = None) -> int:
        """Takes articles and their traces out; the items stay, without an address, as `refused: forgotten`. Several transactions."""
        total = 0
        while True:
            with writing(self._engine) as connection:
                ids = takedowns.meant(connection, key, host)
                total += takedowns.forget(connection, ids, self._rules()) if ids else 0
            if not ids:
                return total

    # What is stopped

    def paused(self) -> Paused:
        """What is stopped."""
        with reading(self._engine) as connection:
            return pauses.paused(connection)

    def pause(self, *, stage: str | None = None, host: str | None = None) -> None:
        """Stops a stage (fetch, label, store) or a host until `resume`, across restarts."""
        with writing(self._engine) as connection:
            if stage is not None:
                pauses.pause(connection, stage, self._now())
            if host is not None:
                hosts.set_paused(connection, host, paused=True)

    def resume(self, *, stage: str | None = None, host: str | None = None) -> None:
        """Lets it go on."""
        with writing(self._engine) as connection:
            if stage is not None:
                pauses.resume(connection, stage)
            if host is not None:
                hosts.set_paused(connection, host, paused=False)
