"""What intake may do with the ledger: accept URLs into jobs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from worker.reasons import Lane
from worker.storage import acceptance, jobs
from worker.storage.acceptance import Acceptance
from worker.storage.database import reading, writing
from worker.storage.ledger_base import LedgerBase
from worker.storage.tables import LANES
from worker.storage.values import Accepted, Entry, Job

BATCH = 1000
"""Entries in one transaction: some 40 ms, during which other writers wait."""
REST = 0.01
"""Seconds between two batches, in which others get the lock: SQLite's is not fair, and those who wait try every 4 ms."""


class ForIntake(LedgerBase):
    """Accepts URLs; it can neither lease nor end an item."""

    def open_job(self, name: str | None = None) -> Job:
        """The job called `name`, made where there is none; without a name, a new one that is named by the day."""
        with writing(self._engine) as connection:
            return jobs.open_job(connection, name, self._now(), self._settings.timezone)

    def accept(self, entries: Sequence[Entry], job: Job, *, lane: Lane = "normal", force: bool = False) -> list[Accepted]:
        """Accepts a batch (up to about 1,000) in one transaction and answers in its order.

        An entry whose key exists is `known` and joins the job; so is the second of two in the batch. `force` sends
        known items that have ended again; the article of a stored one stays whatever that brings, and one that was
        forgotten is never sent; the pages of a feed or sitemap that is accepted so are sent again, too, once it was read. A feed or
        a sitemap that has ended is read again without `force`.
        """
        terms = Acceptance((job.id,), LANES.index(lane), force=force, reread=True)
        with writing(self._engine) as connection:
            answers = acceptance.accept(connection, entries, terms, self._rules())
            jobs.count(connection, [job.id], known=sum(answer.state == "known" for answer in answers))
        return answers

    def accept_many(self, entries: Iterable[Entry], job: Job, *, lane: Lane = "normal", force: bool = False) -> Iterator[Accepted]:
        """Accepts any number of entries in constant memory: in batches, with a pause between their transactions.

        Every answer that it yields is committed.
        """
        remaining = iter(entries)
        while batch := list(islice(remaining, BATCH)):
            yield from self.accept(batch, job, lane=lane, force=force)
            time.sleep(REST)

    def preview(self, entries: Sequence[Entry]) -> list[Accepted]:
        """What `accept` would answer; writes nothing."""
        with reading(self._engine) as connection:
            known = acceptance.existing(connection, entries)
        ids: dict[tuple[str, str], int | None] = {key: one.item_id for key, one in known.items()}
        answers = []
        for entry in entries:
            state: Literal["accepted", "known"] = "known" if (entry.key, entry.kind) in ids else "accepted"
            answers.append(Accepted(entry.url, ids.setdefault((entry.key, entry.kind), None), state))
        return answers

    def count_refused(self, job: Job, count: int) -> None:
        """Adds to the URLs that a job had refused at intake: they were not accepted, so there is no item of them."""
        with writing(self._engine) as connection:
            jobs.count(connection, [job.id], refused=count)
