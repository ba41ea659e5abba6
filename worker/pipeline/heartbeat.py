"""Report every two seconds that a Celery worker is alive, and make it obey `pause`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Protocol

from celery import bootsteps
from kombu.entity import Queue

from worker.celery_app import PressmarkApp
from worker.errors import Unavailable
from worker.logs import fields
from worker.queues import BEAT, FETCH, LABEL, LABEL_BULK, URGENT, Control
from worker.storage.values import Stage

log = logging.getLogger(__name__)

STAGES = {URGENT: Stage.FETCH, FETCH: Stage.FETCH, LABEL: Stage.LABEL, LABEL_BULK: Stage.LABEL}
"""What `pause` stops, by queue."""


class Process(Protocol):
    """What the heartbeat reports of: worker.pipeline.celery_worker.WorkerProcess."""

    control: Control
    pulse: Callable[[], None]

    @property
    def running(self) -> int:
        """Items that are being processed."""


class Worker(Protocol):
    """What is used of Celery's worker."""

    pressmark: Process


class TimerEntry(Protocol):
    """A call that is repeated."""

    def cancel(self) -> None:
        """Ends the repetition."""


class Timer(Protocol):
    """What is used of a consumer's timer."""

    def call_repeatedly(self, secs: float, fun: Callable[[Consumer], None], args: tuple[Consumer]) -> TimerEntry:
        """Calls `fun` every `secs` seconds."""


class QueueConsumer(Protocol):
    """What is used of kombu's consumer, which reads from queues."""

    queues: Collection[Queue]

    def cancel_by_queue(self, queue: str) -> None:
        """Stops reading from a queue."""

    def add_queue(self, queue: Queue) -> object:
        """Adds a queue; `consume` begins to read from it."""

    def consume(self) -> None:
        """Reads from every queue."""


class Consumer(Protocol):
    """What is used of Celery's consumer, which lives as long as one connection to Redis."""

    app: PressmarkApp
    hostname: str
    controller: Worker
    timer: Timer
    task_consumer: QueueConsumer


class Heartbeat(bootsteps.StartStopStep):  # type: ignore[misc]
    """Reports every two seconds that the worker is alive and how much it works on, and obeys `pause`."""

    requires = ("celery.worker.consumer.tasks:Tasks",)
    _timer: TimerEntry | None = None

    def start(self, consumer: Consumer) -> None:
        """At every (re)connection, before the first message."""
        self._beat(consumer)
        consumer.controller.pressmark.pulse()  # the supervisor learns that the worker is ready
        self._timer = consumer.timer.call_repeatedly(BEAT, self._beat, (consumer,))

    def stop(self, consumer: Consumer) -> None:
        """At the loss of the connection, and at the end; `start` was not called where the connection was lost before."""
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self, consumer: Consumer) -> None:
        process = consumer.controller.pressmark
        try:
            process.control.heartbeat(consumer.hostname, list(consumer.app.amqp.queues.consume_from), process.running)
            _obey(consumer, process.control.paused())
        except Unavailable as away:
            log.debug("no heartbeat, Redis is away: %s", away)


def _obey(consumer: Consumer, paused: Collection[str]) -> None:
    """Consumes from the queues of stages that run, and from no other."""
    for queue in consumer.app.amqp.queues.consume_from.values():
        consuming = queue in consumer.task_consumer.queues
        if STAGES[queue.name] in paused and consuming:
            log.info("queue %s paused", queue.name, extra=fields(stage=STAGES[queue.name]))
            consumer.task_consumer.cancel_by_queue(queue.name)
        elif STAGES[queue.name] not in paused and not consuming:
            log.info("queue %s resumed", queue.name, extra=fields(stage=STAGES[queue.name]))
            consumer.task_consumer.add_queue(queue)
            consumer.task_consumer.consume()
