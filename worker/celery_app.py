"""Configure Celery, and put messages on its queues."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from functools import cached_property

from celery import Celery, signals
from celery.app.control import Control
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES
from redis import RedisError

from worker import logs, queues
from worker.config import Settings, load
from worker.errors import Unavailable
from worker.messages import Extracted, Relabel, URLRequest, encode
from worker.queues.address import redis_url

# Under kombu's own names, so that every URL of Redis leads to it, and Flower knows them.
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "worker.pipeline.celery_transport:Transport"))

LABEL_CHILD_KIB = 300 * 1024
"""KiB that a forked child of a label worker may have held before another takes its place: ordinary batches take it to 140 MiB."""

FETCH_TASK, LABEL_TASK, RELABEL_TASK = "pressmark.fetch", "pressmark.label", "pressmark.relabel"


class SilentControl(Control):  # type: ignore[misc]
    """Sends no command to workers: they take none, so that no answer would come.

    Flower asks eight questions at once when a page of a worker is opened, each with two connections of a pool of four: they
    waited for one another for ever, or for a Redis that is away, and TERM did not end Flower. Each question also left an entry
    in Redis.
    """

    def broadcast(self, *_: object, **__: object) -> None:
        """At once, what a question brings that nobody answers."""


class PressmarkApp(Celery):  # type: ignore[misc]
    """The Celery application of one process; `source` returns its settings and is called at the first use of them.

    Its workers are built by the two steps that are named here; a process that only sends never imports them.
    """

    control_cls = SilentControl

    def __init__(self, source: Callable[[], Settings]) -> None:
        super().__init__("pressmark")
        self._source = source
        self.add_defaults(lambda: configuration(self.settings))
        self.steps["worker"].add("worker.pipeline.celery_worker:WorkerProcess")
        self.steps["consumer"].add("worker.pipeline.heartbeat:Heartbeat")

    @cached_property
    def settings(self) -> Settings:
        """Of this process."""
        return self._source()


def configuration(settings: Settings) -> dict[str, object]:
    """Celery's settings, each with its reason; raises Unavailable where no Redis is known."""
    return {
        "broker_url": broker_url(redis_url(settings)),
        # Messages may get lost, since an item's lease in the ledger expires. Kombu's emulation of acknowledgements costs more
        # than half the CPU of a task, loses messages all the same, and is where Celery 5.7.0 crashes when Redis restarts.
        "broker_transport_options": {
            "ack_emulation": False,
            "global_keyprefix": f"{settings.namespace}:",
            "queue_order_strategy": "priority",  # fetch.urgent first
            "socket_timeout": 5.0,  # above the one second that a blocking pop waits
            "socket_connect_timeout": 3.0,
            "health_check_interval": 10,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # for ever: a Redis that is away comes back
        "broker_connection_timeout": 3.0,
        "broker_pool_limit": 4,  # the publisher and the dispatcher send, with one thread each
        # JSON alone: a message can never run code.
        "task_serializer": "json",
        "accept_content": ["json"],
        "event_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_queues": [_queue(name) for name in (queues.URGENT, queues.FETCH, queues.LABEL, queues.LABEL_BULK)],
        "task_create_missing_queues": False,
        "task_default_queue": queues.FETCH,
        "task_publish_retry": False,  # the dispatcher and the publisher try again themselves, for as long as they choose
        # What a bare `celery -A worker.celery_app worker -Q fetch` runs on; for labels add `-P prefork -c 1`.
        "worker_pool": "threads",
        "worker_concurrency": settings.fetch_slots,
        # A worker holds no message beyond those that it processes: no depth would count it.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_send_task_events": True,  # Flower; 27 µs a URL
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,  # concerns late acknowledgements, which are not used
        "worker_enable_remote_control": False,  # no program may control workers through Redis: see SilentControl
        # No limits of wall-clock time: the machine may be what is slow, and a batch that waits for Redis may wait for hours. CPU and
        # memory of a batch are limited by the kernel (worker.sandbox.budget), a standstill is the supervisor's to end.
        "task_time_limit": None,
        "task_soft_time_limit": None,
        "worker_max_memory_per_child": LABEL_CHILD_KIB,
    }


def _queue(name: str) -> Queue:
    """Without an exchange: messages go straight to the list of that name, and need no table that Redis might lose."""
    return Queue(name)  # type: ignore[no-untyped-call]


def broker_url(url: str) -> str:
    """The URL in kombu's spelling, which has `redis+socket` for a Unix socket."""
    base, _, options = url.partition("?")
    if not base.startswith("unix:"):
        return url
    database = dict(part.split("=", 1) for part in options.split("&") if "=" in part).get("db", "0")
    return f"redis+socket://{base.removeprefix('unix://')}?virtual_host={database}"


app = PressmarkApp(load)
"""What `celery -A worker.celery_app` runs, with the settings of its environment; our own commands build theirs."""


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _set_up_logs(**_: object) -> None:
    """In place of Celery's own logs; `pressmark worker` and `up` have set them up before Celery asks."""
    if not logging.getLogger().handlers:
        logs.set_up(app.settings, f"worker[{os.getpid()}]")


class Sender:
    """Puts messages on Celery's queues; every method raises Unavailable while Redis does not take them."""

    def __init__(self, app: PressmarkApp) -> None:
        self._app = app

    @classmethod
    def of(cls, settings: Settings) -> Sender:
        """A sender with an application of its own, for a process that runs no worker."""
        return cls(PressmarkApp(lambda: settings))

    def send_requests(self, queue: str, requests: Sequence[URLRequest]) -> None:
        """One chunk on `fetch` or `fetch.urgent`."""
        self._send(FETCH_TASK, queue, requests)

    def send_articles(self, articles: Sequence[Extracted]) -> None:
        """One group on `label`."""
        self._send(LABEL_TASK, queues.LABEL, articles)

    def send_texts(self, texts: Sequence[Relabel]) -> None:
        """Stored texts on `label.bulk`, to be labelled again."""
        self._send(RELABEL_TASK, queues.LABEL_BULK, texts)

    def _send(self, task: str, queue: str, records: Sequence[URLRequest | Extracted | Relabel]) -> None:
        """With the headers `urls` and `sent`, from which depths and ages are read without decoding a message."""
        messages = [encode(record).decode() for record in records]
        headers = {"urls": len(messages), "sent": time.time()}
        shown = {"argsrepr": f"{len(messages)} URLs", "kwargsrepr": ""}  # in events for Flower, in place of the messages
        try:
            self._app.send_task(task, args=[messages], queue=queue, headers=headers, **shown)
        except (OperationalError, RedisError, OSError) as error:  # away, full or read-only: may take messages later
            raise Unavailable(f"Redis does not take messages: {error}") from error
