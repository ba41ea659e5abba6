"""Report the queues, the ledger, the dead letters by cause and the workers: the contract's "Queues"."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from worker import queues as names
from worker.bootstrap import Services
from worker.errors import Unavailable, UsageError
from worker.operations.dead import DeadCause
from worker.operations.document import Document
from worker.operations.due import DueFigures
from worker.operations.figures import LedgerFigures, asked
from worker.operations.times import rfc3339
from worker.operations.workers import Worker
from worker.queues import Depth, WorkerSeen
from worker.storage.values import Balance, Paused, Stage

STAGE_OF = {
    names.FETCH: Stage.FETCH,
    names.URGENT: Stage.FETCH,
    names.LABEL: Stage.LABEL,
    names.LABEL_BULK: Stage.LABEL,
    names.RESULTS: Stage.STORE,
}
"""The stage that empties each queue: what `pause` names."""


@dataclass(frozen=True, slots=True)
class QueueStatus(Document):
    """One queue, in URLs; its figures are None while Redis is away."""

    name: str
    waiting: int | None
    """Still in Redis."""
    running: int | None
    """Leased minus waiting."""
    oldest_waiting_s: float | None
    """Seconds; None where nothing waits."""
    in_per_min: int | None
    out_per_min: int | None
    paused: bool


@dataclass(frozen=True, slots=True)
class Ledger(Document):
    """How many URLs were accepted, and how many are in each state."""

    accepted: int
    waiting: int
    running: int
    stored: int
    duplicate: int
    refused: int
    dead: int

    @classmethod
    def of(cls, balance: Balance) -> Ledger:
        """From the ledger's own count."""
        return cls(balance.accepted, **{state.value: count for state, count in balance.states.items()})


@dataclass(frozen=True, slots=True)
class ModelInUse(Document):
    """The model that labels; its id is None where there is none."""

    id: str | None


@dataclass(frozen=True, slots=True)
class PausedNow(Document):
    """The stages and hosts that a person stopped."""

    stages: tuple[str, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueReport(Document):
    """The contract's "Queues"."""

    queues: tuple[QueueStatus, ...]
    ledger: Ledger
    balanced: bool
    """Whether every accepted URL is in exactly one state, and every state has what it promises."""
    dead: tuple[DeadCause, ...]
    workers: tuple[Worker, ...]
    model: ModelInUse
    at: str
    """RFC 3339, UTC."""
    due: DueFigures
    """What waits in the ledger."""
    paused: PausedNow

    @property
    def redis_is_away(self) -> bool:
        """True where the figures of the queues are unknown."""
        return any(queue.waiting is None for queue in self.queues)

    def summary(self) -> str:
        """The ledger in one line, for people."""
        ledger = self.ledger
        return (
            f"{ledger.accepted} accepted: {ledger.stored} stored, {ledger.duplicate} duplicate, {ledger.refused} refused, "
            f"{ledger.dead} dead, {ledger.waiting} waiting, {ledger.running} running; {'balanced' if self.balanced else 'NOT BALANCED'}"
        )


def report(services: Services, figures: LedgerFigures | None = None) -> QueueReport:
    """Everything as it is now. Figures of Redis are None where it is away; raises Unavailable where the database is.

    Callers who ask often pass `figures`, which keep what costs much.
    """
    ledger, figures = services.operator_ledger, figures or asked(services)
    balance, paused = figures.balance(), ledger.paused()
    depths, seen = _from_redis(services)
    return QueueReport(
        queues=tuple(_queues(depths, seen or [], ledger.running(), paused)),
        ledger=Ledger.of(balance),
        balanced=balance.balanced,
        dead=tuple(map(DeadCause.of, figures.dead())),
        workers=tuple(map(Worker.of, seen or [])),
        model=ModelInUse(model_id(services)),
        at=rfc3339(time.time()),
        due=figures.due(),
        paused=PausedNow(tuple(sorted(paused.stages)), paused.hosts),
    )


def _from_redis(services: Services) -> tuple[list[Depth] | None, list[WorkerSeen] | None]:
    """Depths and workers, None where Redis is away."""
    try:
        return services.depths.all(), services.control.workers()
    except Unavailable:
        return None, None


def _queues(depths: list[Depth] | None, workers: list[WorkerSeen], leased: int, paused: Paused) -> list[QueueStatus]:
    if depths is None:
        return [QueueStatus(name, None, None, None, None, None, STAGE_OF[name] in paused.stages) for name in names.QUEUES]
    running = _running(depths, workers, leased)
    return [
        QueueStatus(
            *(depth.name, depth.waiting, running.get(depth.name, 0), depth.oldest_waiting_s, depth.in_per_min, depth.out_per_min),
            paused=STAGE_OF[depth.name] in paused.stages,
        )
        for depth in depths
    ]


def _running(depths: Sequence[Depth], workers: Sequence[WorkerSeen], leased: int) -> dict[str, int]:
    """What is leased and in no queue, by queue: label workers report what they hold, fetch workers hold the rest."""
    held = max(0, leased - sum(depth.waiting for depth in depths if depth.name != names.LABEL_BULK))
    at_label = min(held, sum(worker.running for worker in workers if worker.alive and names.LABEL in worker.queues))
    return {names.FETCH: held - at_label, names.LABEL: at_label}


def model_id(services: Services) -> str | None:
    """The id of the model in use, None where there is none."""
    try:
        return services.registry.active() or services.model_note.id
    except (Unavailable, UsageError):
        return None
