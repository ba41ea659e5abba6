"""Run a Celery worker: build what its tasks work with, and close it at the end.

Celery calls the step of this module in every worker, whether `pressmark worker`, `up` or
`celery -A worker.celery_app worker` runs it (docs.celeryq.dev, "Extensions and Bootsteps").
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from celery import Task, bootsteps, signals
from celery.concurrency.prefork import TaskPool as ForkingPool
from celery.platforms import SecurityWarning
from celery.worker import state
from threadpoolctl import threadpool_limits

from worker.bootstrap.worker import WorkerServices
from worker.celery_app import FETCH_TASK, LABEL_TASK, RELABEL_TASK, PressmarkApp, Sender
from worker.config import Settings
from worker.errors import BadMessage, Unavailable
from worker.messages import Extracted, Relabel, URLRequest, decode
from worker.queues import FETCH, LABEL, LABEL_BULK, URGENT, this_process

if TYPE_CHECKING:
    from worker.pipeline.fetch_process import FetchProcess

log = logging.getLogger(__name__)

FETCH_QUEUES, LABEL_QUEUES = (URGENT, FETCH), (LABEL, LABEL_BULK)

# The stages are imported by the workers that run them: without the other one, a fetch worker is 46 MiB and 0.5 s of CPU
# smaller, a label worker 14 MiB.

T = TypeVar("T")
Pulse = Callable[[], None]


def no_pulse() -> None:
    """The pulse of a worker that no supervisor watches."""


class Worker(Protocol):
    """What is used of Celery's worker."""

    app: PressmarkApp
    hostname: str
    pool_cls: type
    pressmark: WorkerProcess
    """Set by the step of that name, for the heartbeat."""


def work(settings: Settings, queues: Sequence[str], pulse: Pulse = no_pulse) -> None:
    """Runs a worker in this process until SIGTERM: threads for fetch queues, forked children for label queues.

    Raises UsageError or Unavailable where it cannot work at all.
    """
    warnings.simplefilter("ignore", SecurityWarning)  # Celery warns of pickles under root; this worker accepts JSON only
    labels = queues[0] in LABEL_QUEUES
    worker = PressmarkApp(lambda: settings).Worker(
        hostname=f"{'label' if labels else 'fetch'}@{this_process()}",
        queues=list(queues),
        pool="prefork" if labels else "threads",
        concurrency=settings.label_processes if labels else settings.fetch_slots,
        loglevel=settings.log_level.upper(),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
        pulse=pulse,
    )
    worker.start()


class WorkerProcess(bootsteps.StartStopStep):  # type: ignore[misc]
    """Builds what the tasks of this worker work with before its pool starts, and closes it after the pool has ended.

    In a pool that forks, the model is loaded before the fork; no connection is open then, so each child opens its own.
    """

    def __init__(self, worker: Worker, pulse: Pulse = no_pulse, **options: object) -> None:
        super().__init__(worker, **options)
        self._app = worker.app
        self._settings = worker.app.settings
        self._queues = frozenset(worker.app.amqp.queues.consume_from)
        self.pulse = pulse
        self._fetch: FetchProcess | None = None
        worker.pressmark = self

    def create(self, worker: Worker) -> None:
        """Celery calls this before it starts the pool; what is raised here ends the worker before it takes a message."""
        threadpool_limits(1)  # two processes with BLAS's own threads took twice the CPU
        self._services = WorkerServices(self._settings)
        self.control = self._services.control
        if self._serves(LABEL_QUEUES):
            self._create_label()
        if self._serves(FETCH_QUEUES):
            self._create_fetch(forks=issubclass(worker.pool_cls, ForkingPool))
        signals.worker_shutting_down.connect(self._stop_taking, weak=False)
        signals.worker_shutdown.connect(self._close, weak=False)

    def _serves(self, queues: Collection[str]) -> bool:
        return not self._queues.isdisjoint(queues)

    def _create_label(self) -> None:
        from worker.bootstrap.label import LabelServices
        from worker.pipeline.label_process import LabelProcess

        label = LabelProcess(LabelServices(self._settings), self.pulse)
        label.prepare()
        self._app.register_task(MessageTask(LABEL_TASK, Extracted, label.label))
        self._app.register_task(MessageTask(RELABEL_TASK, Relabel, label.relabel))

    def _create_fetch(self, *, forks: bool) -> None:
        """In a pool that forks, each child builds its own at its first message: threads do not survive a fork."""
        self._app.register_task(MessageTask(FETCH_TASK, URLRequest, self._run_fetch))
        if not forks:
            self._fetch = self._new_fetch_process()
            self._fetch.warm()

    def _new_fetch_process(self) -> FetchProcess:
        from worker.bootstrap.fetch import FetchServices
        from worker.pipeline.fetch_process import FetchProcess

        return FetchProcess(FetchServices(self._settings), self._settings, Sender(self._app).send_articles, self.pulse)

    def _run_fetch(self, requests: Sequence[URLRequest]) -> None:
        if self._fetch is None:
            self._fetch = self._new_fetch_process()
        self._fetch.fetch(requests)

    @property
    def running(self) -> int:
        """Items that are being fetched; for labels, messages that are being processed."""
        return (self._fetch.running if self._fetch else 0) or len(state.active_requests)

    def _stop_taking(self, **_: object) -> None:
        """At SIGTERM, in the signal handler: chunks finish or return their items while the pool waits for them."""
        if self._fetch:
            self._fetch.stop()

    def _close(self, sender: Worker, **_: object) -> None:
        """After the pool has ended."""
        if self._fetch:
            self._fetch.close()
        try:
            self.control.deregister(sender.hostname)
        except Unavailable as away:
            log.debug("could not deregister: %s", away)
        self._services.close()


class MessageTask(Task):  # type: ignore[misc]
    """The task `name`: its argument is a list of records of type `record`, each as JSON, which `handle` gets decoded."""

    def __init__(self, name: str, record: type[T], handle: Callable[[Sequence[T]], None]) -> None:
        self.name = name
        self._handle: Callable[[Sequence[str]], None] = lambda messages: handle(decoded(record, messages))

    def run(self, messages: list[str]) -> None:
        """What a worker calls for every message on its queue."""
        self._handle(messages)


def decoded(record: type[T], messages: Sequence[str]) -> list[T]:
    """The messages that follow the schema; others are logged and left out, and the lease of their items expires."""
    known: list[T] = []
    for message in messages:
        try:
            known.append(decode(record, message))
        except (BadMessage, TypeError) as bad:  # a TypeError: what is no text
            log.error("message on a queue not understood, left out: %s", bad)  # noqa: TRY400 - one line is enough
    return known
