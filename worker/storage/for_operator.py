"""What an operator may do with the ledger: show, requeue, drop, pause and take down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from sqlalchemy import Connection

from worker.reasons import Reason
from worker.storage import counters, dead, due, history, hosts, jobs, pauses, transitions
from worker.storage.database import reading, writing
from worker.storage.incidents import SetMark
from worker.storage.item_rules import Item, ItemRules, Transition
from worker.storage.ledger_base import LedgerBase
from worker.storage.removal import takedowns
from worker.storage.revisions import rechecks
from worker.storage.values import Balance, DeadFilter, DeadGroup, DeadItem, Job, Paused, Progress, Stage, Trace

ASKED = (Reason.HTTP_429.word, Reason.HTTP_5XX.word, Reason.ROBOTS_UNAVAILABLE.word)
"""Reasons of items that a host's own answer put off."""


class ForOperator(LedgerBase):
    """What a person may see and command."""

    def balance(self) -> Balance:
        """Whether the ledger balances: by counting rows while it is small, else by the running counters."""
        with reading(self._engine) as connection:
            return counters.balance(connection)

    def running_balance(self) -> Balance:
        """By the running counters alone: a few dozen rows."""
        with reading(self._engine) as connection:
            return counters.running_balance(connection)

    def checked_balance(self) -> tuple[Balance, bool]:
        """The balance, and whether the running counters say the same as the rows, as far as those were counted."""
        with reading(self._engine) as connection:
            return counters.checked_balance(connection)

    def recount(self) -> tuple[Balance, Balance]:
        """The balance both ways: by the running counters, and by counting every row (seconds on millions)."""
        with reading(self._engine) as connection:
            return counters.running_balance(connection), counters.counted_balance(connection)

    def trace(self, *keys: str) -> list[Trace]:
        """What happened to the URL with one of these keys: one trace for each kind of item that it is."""
        with reading(self._engine) as connection:
            return history.trace(connection, keys)

    def samples(self, name: str, since: float) -> list[tuple[float, float]]:
        """Pairs of time and value of one metric."""
        with reading(self._engine) as connection:
            return history.samples_of(connection, name, since)

    # Jobs

    def jobs(self, newest: int | None = None) -> list[Progress]:
        """Every job, or so many of them, newest first."""
        with reading(self._engine) as connection:
            return [jobs.progress(connection, job_id) for job_id in jobs.all_ids(connection)[:newest]]

    def progress(self, job: Job) -> Progress:
        """How far a job is; quick enough to be called every second."""
        with reading(self._engine) as connection:
            return jobs.progress(connection, job.id)

    def find_job(self, name: str) -> Job:
        """The job with this name, or else this number; raises UsageError."""
        with reading(self._engine) as connection:
            return jobs.find(connection, name)

    def stop_job(self, job: Job) -> int:
        """Drops items that still wait in this job and in no other, in several transactions; returns how many there were."""
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

    def waiting_in(self, job: Job, some: int) -> tuple[SetMark, list[int]]:
        """The mark of what `stop_job` would drop now, and up to `some` of those items."""
        with reading(self._engine) as connection:
            count, ids = jobs.mark_of_waiting(connection, job.id)
            return SetMark(count, ids, 0.0), jobs.waiting_in_no_other(connection, job.id, some)

    # Rechecks

    def recheck(self, item_ids: Sequence[int]) -> int:
        """Fetches these articles again at once; returns how many are stored and not under way. Several transactions."""
        total = 0
        for at in range(0, len(item_ids), rechecks.AT_ONCE):
            with writing(self._engine) as connection:
                total += rechecks.send(connection, item_ids[at : at + rechecks.AT_ONCE], self._rules(), Stage.OPERATOR)
        return total

    # Dead letters

    def dead_groups(self) -> list[DeadGroup]:
        """Dead letters of every kind by reason, the most frequent first."""
        with reading(self._engine) as connection:
            return dead.groups(connection)

    def dead(self, which: DeadFilter) -> Iterator[DeadItem]:
        """The dead letters that the filter selects, newest first: also a preview of `requeue` and `drop`."""
        last: tuple[float, int] | None = None
        left = which.limit
        while left is None or left > 0:
            with reading(self._engine) as connection:
                found = dead.page(connection, which, last, min(dead.PAGE, left or dead.PAGE))
            yield from found
            if not found:
                return
            last = (found[-1].died_at, found[-1].item_id)
            left = None if left is None else left - len(found)

    def requeue(self, which: DeadFilter) -> int:
        """Sends dead items again; returns how many. Several transactions."""
        return len(self.requeue_at(which, None))

    def requeue_at(self, which: DeadFilter, rate: float | None) -> list[int]:
        """Sends dead items again, due one after the other so that at most `rate` a second go out; returns their ids.

        Several transactions; it does not wait.
        """
        begun, sent = self._now(), count()

        def send(rules: ItemRules, item: Item) -> Transition:
            made = rules.requeued(item)
            at = begun + next(sent) / rate if rate else rules.now
            return replace(made, after=replace(made.after, due=max(at, rules.now)))

        return self._each_dead(which, send)

    def drop(self, which: DeadFilter, detail: str | None = None) -> int:
        """Gives dead items up for good, as `dead: dropped-by-user`; returns how many. Several transactions."""
        return len(self._each_dead(which, lambda rules, item: rules.dropped(item, detail)))

    def _each_dead(self, which: DeadFilter, command: Callable[[ItemRules, Item], Transition]) -> list[int]:
        """Selects the ids first, so that an item that dies again meanwhile is not selected twice."""
        ids = [item.item_id for item in self.dead(which)]
        done: list[int] = []
        for start in range(0, len(ids), dead.PAGE):
            with writing(self._engine) as connection:
                done += self._command(connection, ids[start : start + dead.PAGE], command)
        return done

    def _command(self, connection: Connection, ids: list[int], command: Callable[[ItemRules, Item], Transition]) -> list[int]:
        rules = self._rules()
        found = {item.id: item for item in dead.still_dead(connection, ids)}
        made = [command(rules, found[item_id]) for item_id in ids if item_id in found]
        transitions.apply(connection, made, rules.now)
        return [transition.before.id for transition in made]

    def forget(self, *, key: str | None = None, known_as: Sequence[str] = (), host: str | None = None) -> int:
        """Takes articles and their traces out; the items stay, without an address, as `refused: forgotten`. Several transactions."""
        total = 0
        while True:
            with writing(self._engine) as connection:
                ids = takedowns.next_ids(connection, [key, *known_as] if key else [], host)
                total += takedowns.forget(connection, ids, self._rules()) if ids else 0
            if not ids:
                return total

    # Pauses

    def paused(self) -> Paused:
        """The stages and hosts that are paused."""
        with reading(self._engine) as connection:
            return pauses.paused(connection)

    def pause(self, *, stage: str | None = None, host: str | None = None, who: str | None = None, note: str | None = None) -> None:
        """Pauses a stage of PAUSABLE or a host until `resume`, across restarts; `who` paused it, `note` says why."""
        with writing(self._engine) as connection:
            if stage is not None:
                pauses.pause(connection, stage, self._now(), who, note)
            if host is not None:
                hosts.pause(connection, host, self._now(), who, note)

    def resume(self, *, stage: str | None = None, host: str | None = None) -> None:
        """Ends a pause."""
        with writing(self._engine) as connection:
            if stage is not None:
                pauses.resume(connection, stage)
            if host is not None:
                hosts.resume(connection, host)

    # Waits

    def lift(self, names: Sequence[str]) -> tuple[list[str], int]:
        """Lifts the wait of these hosts, each of which tries one page first; returns those that waited, and how many items of theirs do.

        What the host's answer put off is due now. Where nothing of a host is due then, its next item is.
        """
        now = self._now()
        with writing(self._engine) as connection:
            waited = hosts.lift(connection, names, now)
            due.bring_forward(connection, due.later_ids(connection, names, ASKED, now, due.AT_ONCE), now, "lifted")
            return waited, due.waiting(connection, names)

    def try_now(self, names: Sequence[str], reasons: Sequence[str] | None) -> int:
        """Makes due now what failed and waits for another try: of these hosts, or of all where none is named; with these reasons, or any.

        Several transactions; returns how many there were.
        """
        total, now = 0, self._now()
        while True:
            with writing(self._engine) as connection:
                ids = due.later_ids(connection, names, reasons, now, due.AT_ONCE)
                due.bring_forward(connection, ids, now, "tried now")
            if not ids:
                return total
            total += len(ids)
