"""Plumbing: the two tasks, and the Celery workers that run them."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from celery import bootsteps, signals
from celery.platforms import SecurityWarning
from celery.worker import state
from threadpoolctl import threadpool_limits

from worker import logs, queues
from worker.celery_app import FETCH_TASK, LABEL_TASK, RELABEL_TASK, app, send_articles
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.messages import BadMessage, Extracted, Outcome, Relabel, Returned, Taken, URLRequest, decode
from worker.pipeline.fetch_item import ItemReader
from worker.pipeline.fetch_worker import FetchWorker
from worker.pipeline.label_batch import labelled, relabelled
from worker.pipeline.publisher import Publisher

log = logging.getLogger(__name__)
T = TypeVar("T")

BEAT = 2.0
"""Seconds between signs of life; also how soon `pause` is obeyed."""
NO_MODEL = 300.0
"""Seconds until a page may come again that no model could label: fetching it anew does not mend the model."""
STAGES = {queues.FETCH: "fetch", queues.URGENT: "fetch", queues.LABEL: "label", queues.LABEL_BULK: "label"}
"""What `pause` stops, by queue."""


class WorkerState:
    """What one worker process works with, built when its first message comes."""

    def __init__(self) -> None:
        self.pulse: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._fetch_worker: FetchWorker | None = None

    @cached_property
    def publisher(self) -> Publisher:
        """Carries away what is finished."""
        return Publisher(self._send_articles, self._send_outcomes)

    def fetch_worker(self) -> FetchWorker:
        """The chunks in hand, of all slots."""
        with self._lock:
            if self._fetch_worker is None:
                services, settings = app.services, app.settings
                reader = ItemReader(services.fetcher, services.parser, settings.refuse_opt_outs)
                self._fetch_worker = FetchWorker(
                    reader, self._announce, self._deliver, settings.fetch_threads, settings.parse_processes, name()
                )
            return self._fetch_worker

    def stop(self) -> None:
        """What is in hand is finished or handed back."""
        if self._fetch_worker:
            self._fetch_worker.stop()

    def close(self) -> None:
        """The last deliveries, and the end of the parse children."""
        if self._fetch_worker:
            self.publisher.close(app.settings.stop_grace / 4)

    @property
    def running(self) -> int:
        """Items in hand."""
        return self._fetch_worker.running if self._fetch_worker else 0

    def _announce(self, taken: Taken) -> None:
        app.services.results.add([taken])

    def _deliver(self, item: Extracted | Outcome) -> None:
        self.publisher.take(item)
        self.pulse()

    def _send_articles(self, articles: Sequence[Extracted]) -> None:
        send_articles(articles)
        app.services.depths.flowed(queues.LABEL, entered=len(articles))
        app.services.depths.flowed(queues.FETCH, left=len(articles))

    def _send_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        app.services.results.add(outcomes, queues.FETCH)


process = WorkerState()


def name() -> str:
    """This worker, among all on all machines."""
    return f"{socket.gethostname()}-{os.getpid()}"


@app.task(name=FETCH_TASK)  # type: ignore[untyped-decorator]
def fetch(messages: list[str]) -> None:
    """Reads a chunk of URLRequests."""
    process.fetch_worker().work(_understood(URLRequest, messages))


@app.task(name=LABEL_TASK)  # type: ignore[untyped-decorator]
def label(messages: list[str]) -> None:
    """Labels a batch of Extracted."""
    batch = _understood(Extracted, messages)
    try:
        outcomes = labelled(batch, app.services.labeller)
    except UsageError as broken:
        log.error("a batch goes back, there is no model: %s", broken)  # noqa: TRY400 - one line says it
        outcomes = [Returned([(item.item_id, item.token) for item in batch], NO_MODEL)]
    _deliver_labels(outcomes, queues.LABEL)


@app.task(name=RELABEL_TASK)  # type: ignore[untyped-decorator]
def relabel(messages: list[str]) -> None:
    """Labels stored texts again; what fails here is asked for again by whoever sent it."""
    try:
        outcomes = relabelled(_understood(Relabel, messages), app.services.labeller)
    except UsageError as broken:
        log.error("texts are not labelled again, there is no model: %s", broken)  # noqa: TRY400 - one line says it
        outcomes = []
    _deliver_labels(outcomes, queues.LABEL_BULK)


def _deliver_labels(outcomes: Sequence[Outcome], queue: str) -> None:
    """Onto the stream `results`, however long Redis is away."""
    while True:
        try:
            app.services.results.add(outcomes, queue)
        except Unavailable as away:
            log.warning("labelled articles are held until Redis is back: %s", away)
            time.sleep(1.0)
        else:
            return process.pulse()


def _understood(kind: type[T], messages: Sequence[str]) -> list[T]:
    """The messages that are ours; another's is told of and left, and the lease of its item runs out."""
    known = []
    for message in messages:
        try:
            known.append(decode(kind, message))
        except BadMessage as bad:
            log.error("a message on the queue is not understood: %s", bad)  # noqa: TRY400 - one line is enough
    return known


# The workers -------------------------------------------------------------------------------------


def work(settings: Settings, names: Sequence[str], pulse: Callable[[], None] = lambda: None) -> None:
    """Runs a worker of this process on these queues until SIGTERM: threads for fetch, forked children for label."""
    app.settings = settings
    process.pulse = pulse
    warnings.simplefilter("ignore", SecurityWarning)  # Celery fears root because of pickles; here only JSON is read
    labels = names[0] in (queues.LABEL, queues.LABEL_BULK)
    _expect_tools(labels)
    worker = app.Worker(
        hostname=f"{'label' if labels else 'fetch'}@{name()}",
        queues=list(names),
        pool="prefork" if labels else "threads",
        concurrency=settings.label_processes if labels else settings.fetch_slots,
        loglevel=settings.log_level.upper(),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()


def _expect_tools(labels: bool) -> None:
    """A model or an extractor that does not work ends the worker here, before it takes a message."""
    if labels:
        _ = app.services.labeller
    else:
        app.services.parser.warm()


class Heartbeat(bootsteps.StartStopStep):  # type: ignore[misc]
    """Tells that the worker lives and what it has in hand, and obeys `pause`, every two seconds of its own event loop."""

    requires = {"celery.worker.consumer.tasks:Tasks"}  # noqa: RUF012 - Celery reads it so

    def start(self, consumer: Any) -> None:
        """At every (re)connection, before the first message."""
        self._beat(consumer)
        self._timer = consumer.timer.call_repeatedly(BEAT, self._beat, (consumer,))

    def stop(self, consumer: Any) -> None:
        """At the loss of the connection, and at the end."""
        self._timer.cancel()

    def _beat(self, consumer: Any) -> None:
        try:
            control = app.services.control
            control.heartbeat(consumer.hostname, list(app.amqp.queues.consume_from), process.running or len(state.active_requests))
            _obey(consumer, control.paused())
        except Unavailable as away:
            log.debug("no sign of life: %s", away)


def _obey(consumer: Any, paused: frozenset[str]) -> None:
    """Consumes from the queues of stages that run, and from no other."""
    for queue in app.amqp.queues.consume_from.values():
        consuming = queue in consumer.task_consumer.queues
        if STAGES[queue.name] in paused and consuming:
            log.info("%s is paused", queue.name)
            consumer.task_consumer.cancel_by_queue(queue.name)
        elif STAGES[queue.name] not in paused and not consuming:
            log.info("%s goes on", queue.name)
            consumer.task_consumer.add_queue(queue)
            consumer.task_consumer.consume()


app.steps["consumer"].add(Heartbeat)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _logs(**_: Any) -> None:
    """Ours, instead of Celery's."""
    logs.set_up(app.settings, f"worker[{os.getpid()}]")


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def _before_the_fork(sender: Any = None, **_: Any) -> None:
    """The model and its libraries are loaded once, and frozen, so that forked children share their pages."""
    threadpool_limits(1)  # two processes with BLAS's own threads took twice the CPU
    if any(name in (queues.LABEL, queues.LABEL_BULK) for name in app.amqp.queues.consume_from):
        labelled([], app.services.labeller)
        gc.collect()
        gc.freeze()


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _in_a_child(**_: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app.services.after_fork()


@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stopping(**_: Any) -> None:
    process.stop()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _stopped(sender: Any = None, **_: Any) -> None:
    process.close()
    try:
        app.services.control.deregister(sender.hostname)
    except Unavailable as away:
        log.debug("left without a word: %s", away)
