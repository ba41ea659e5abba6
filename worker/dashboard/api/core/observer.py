"""Look at what changes in an installation, and write each thing as JSON, so that equal things are equal texts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from worker.dashboard.state import State
from worker.errors import PressmarkError
from worker.operations import audit, dead, jobs, pauses
from worker.operations.document import Document
from worker.operations.queues import QueueReport
from worker.storage.audit import DeedFilter

T = TypeVar("T")

OVER_FOR = 60.0
"""Seconds for which it is told that something is over: whoever lost the stream for a moment learns it too."""
JOBS = 20
"""The newest jobs that are told of: those that people watch."""
REVIEWS = 20
"""The newest answers of reviews that are told of at once."""


class Observer:
    """Remembers what it saw, so that what is no longer there is told as over."""

    def __init__(self, state: State, clock: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._clock = clock
        self._seen: dict[str, dict[str, object]] = {}
        self._over: dict[str, tuple[float, dict[str, object]]] = {}
        self._report: QueueReport | None = None
        self._queues: dict[str, object] = {}
        self._ledger: object = None
        self._slow: dict[str, dict[str, object]] = {}

    def look(self) -> Mapping[str, str]:
        """Everything as it is, by event and name (`pause:fetch`); what went away within a minute has `over: true`."""
        found = dict(self._all())
        now = self._clock()
        gone = {name: (now, thing) for name, thing in self._seen.items() if name not in found and name.partition(":")[0] in ENDING}
        self._over = {name: kept for name, kept in (self._over | gone).items() if now - kept[0] < OVER_FOR and name not in found}
        self._seen = found
        ended = {name: thing | {"over": True} for name, (_, thing) in self._over.items()}
        return {name: json.dumps(thing) for name, thing in (found | ended).items()}

    def _all(self) -> Iterator[tuple[str, dict[str, object]]]:
        report = self._state.queues.or_none()
        yield from self._problems()
        if report is None:
            return
        yield "queues", self._queues_of(report)
        yield "model", {"id": report.model.id}
        yield from self._pauses()
        yield from self._reviews()
        yield from self._of_ledger(report).items()

    def _queues_of(self, report: QueueReport) -> dict[str, object]:
        """The figures of the last look where nothing but the time of a heartbeat has changed since."""
        without_times = replace(report, at="", workers=tuple(replace(worker, last_seen="") for worker in report.workers))
        if without_times != self._report:
            self._report = without_times
            self._queues = {name: value for name, value in report.to_dict().items() if name != "at"}  # each event has its own
        return self._queues

    def _problems(self) -> Iterator[tuple[str, dict[str, object]]]:
        """What is wrong; the database that is away among it."""
        for problem in self._state.problems.or_none() or ():
            yield f"problem:{problem.code}:{problem.host or ''}", problem.to_dict()

    def _pauses(self) -> Iterator[tuple[str, dict[str, object]]]:
        found = _or_none(lambda: pauses.paused(self._state.services))
        for stage in found.stages if found else ():
            yield f"pause:{stage}", {"stage": stage, "host": None}
        for host in found.hosts if found else ():
            yield f"pause:{host}", {"stage": None, "host": host}

    def _reviews(self) -> Iterator[tuple[str, dict[str, object]]]:
        """The newest answers, from the log of who did what."""
        page = _or_none(lambda: audit.entries(self._state.services, DeedFilter(what="review"), REVIEWS))
        for entry in page.entries if page else ():
            told = {"who": entry.who, "what": entry.what, "item_id": (entry.filter or {}).get("item_id"), "done_at": entry.at}
            yield f"review:{entry.id}", told

    def _of_ledger(self, report: QueueReport) -> dict[str, dict[str, object]]:
        """Jobs and dead letters by cause, which are asked for only when the ledger has changed since."""
        ledger = (report.ledger, report.dead)
        if ledger != self._ledger:
            services = self._state.services
            found = _or_none(lambda: (jobs.jobs(services, JOBS), dead.incidents(services)))
            if found is not None:
                self._ledger = ledger
                self._slow = {f"job:{job.id}": job.to_dict() for job in found[0]}
                self._slow |= {f"dead:{one.reason}:{one.host}:{one.detail or ''}": _dead(one) for one in found[1]}
        return self._slow


ENDING = ("problem", "pause", "dead")
"""Events of things that may be over."""


def _dead(incident: Document) -> dict[str, object]:
    """Without the examples, which `dead` shows: an event is for what changed."""
    return {name: value for name, value in incident.to_dict().items() if name != "examples"}


def _or_none(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except PressmarkError:
        return None
