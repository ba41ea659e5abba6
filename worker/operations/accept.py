"""Accept URLs into the ledger, batch by batch: check each one, answer each one, whether or not anything is running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import ItemFailed
from worker.intake.canonical_url import admit
from worker.operations import installation
from worker.operations.audit import record
from worker.operations.document import Document
from worker.reasons import Kind, Lane, Reason
from worker.storage.values import Accepted, Entry, Job

BATCH = 1000
"""Rows of one transaction: with more, a row costs no less. Between two transactions a thousand URLs are checked, for some 30 ms, so that
the keeper can write meanwhile: SQLite's lock gives waiting writers no turn."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL as it was given, not yet checked."""

    url: str
    where: str
    """`argument 2` or `list.txt:17`."""
    kind: Kind = "article"
    fault: str | None = None
    """Why the line holds no URL at all."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How URLs are accepted."""

    job_name: str | None = None
    """None: a new job, named by the day."""
    lane: Lane = "normal"
    force: bool = False
    """Fetch again what is known and has ended."""
    dry_run: bool = False
    """Answer, and write nothing."""
    who: str | None = None
    """Goes into the log; None for what no person asked for."""


@dataclass(frozen=True, slots=True)
class Answer(Document):
    """What became of one candidate."""

    url: str
    """Its canonical form; where it is refused, the URL as it was given."""
    item_id: int | None
    """None where it is refused, and in a dry run of what is not known yet."""
    state: Literal["accepted", "known", "refused"]
    reason: str | None
    where: str
    detail: str
    """For people: what was wrong."""

    def to_dict(self) -> dict[str, object]:
        """Without the text for people. The fields are written out, which is faster: lists have millions of lines."""
        return {"url": self.url, "item_id": self.item_id, "state": self.state, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many candidates got each answer."""

    accepted: int = 0
    known: int = 0
    refused: int = 0

    @property
    def all(self) -> int:
        """Of every answer."""
        return self.accepted + self.known + self.refused

    def plus(self, answers: Sequence[Answer]) -> Totals:
        """With these answers counted too."""
        states = [answer.state for answer in answers]
        return Totals(self.accepted + states.count("accepted"), self.known + states.count("known"), self.refused + states.count("refused"))


class Acceptance:
    """Accepts candidates into one job. Database and job are opened when the first URL passes its check.

    A call in which everything is refused therefore leaves nothing behind.
    """

    def __init__(self, settings: Settings, open_services: Callable[[], Services], terms: Terms) -> None:
        self.terms = terms
        self.totals = Totals()
        self.job: Job | None = None
        """None while nothing was accepted."""
        self._settings = settings
        self._open_services = open_services

    @cached_property
    def services(self) -> Services:
        """Opened at the first need. Raises Unavailable."""
        return self._open_services()

    def batch(self, candidates: Sequence[Candidate]) -> list[Answer]:
        """An answer for each candidate, in order, once they are committed; for BATCH candidates or fewer. Raises Unavailable."""
        checked = [self._check(candidate) for candidate in candidates]
        accepted = iter(self._accept([entry for entry in checked if isinstance(entry, Entry)]))
        answers = [
            _refused(candidate, result) if isinstance(result, ItemFailed) else _answer(candidate, next(accepted))
            for candidate, result in zip(candidates, checked, strict=True)
        ]
        self.totals = self.totals.plus(answers)
        return answers

    def _check(self, candidate: Candidate) -> Entry | ItemFailed:
        if candidate.fault:
            return ItemFailed(Reason.BAD_URL, candidate.fault)
        try:
            return admit(candidate.url, self._settings, candidate.kind)
        except ItemFailed as failed:
            return failed

    def _accept(self, entries: list[Entry]) -> list[Accepted]:
        if not entries:
            return []
        if self.terms.dry_run and not installation.exists(self._settings):
            return [Accepted(entry.url, None, "accepted") for entry in entries]
        ledger = self.services.intake_ledger
        if self.terms.dry_run:
            return ledger.preview(entries)
        self.job = self.job or ledger.open_job(self.terms.job_name)
        return ledger.accept(entries, self.job, lane=self.terms.lane, force=self.terms.force)

    def finish(self) -> None:
        """Counts what was refused for the job, and writes the log; once, after the last batch. Raises Unavailable."""
        if self.job is None:
            return
        if self.totals.refused:
            self.services.intake_ledger.count_refused(self.job, self.totals.refused)
        told = {"job": self.job.name, "lane": self.terms.lane, "force": self.terms.force or None}
        record(self.services, self.terms.who, "enqueue", count=self.totals.accepted, which=told)


def _answer(candidate: Candidate, done: Accepted) -> Answer:
    reason = Reason.KNOWN.word if done.state == "known" else None
    return Answer(done.url, done.item_id, done.state, reason, candidate.where, "")


def _refused(candidate: Candidate, failed: ItemFailed) -> Answer:
    return Answer(candidate.url, None, "refused", failed.reason.word, candidate.where, failed.detail or str(failed))
