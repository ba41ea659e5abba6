"""Messages carried: the Celery application, its settings, and the one way onto its queues."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from redis import RedisError

from worker import queues
from worker.bootstrap import Services
from worker.config import Settings, load
from worker.errors import Unavailable
from worker.messages import Extracted, Relabel, URLRequest, encode
from worker.queues.embedded_server import redis_url

FETCH_TASK, LABEL_TASK, RELABEL_TASK = "pressmark.fetch", "pressmark.label", "pressmark.relabel"


class PressmarkApp(Celery):  # type: ignore[misc]
    """The application; `settings` may be given until the first message, else they come from the environment."""

    @cached_property
    def settings(self) -> Settings:
        """As `load` finds them: how `celery -A worker.celery_app worker` gets its own."""
        return load()

    @cached_property
    def services(self) -> Services:
        """Of this process; a forked child builds its own."""
        return Services(self.settings)


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's settings, each with its reason."""
    return {
        "broker_url": broker_url(redis_url(settings)),
        # Messages may get lost: the ledger's lease is what counts. Kombu's emulation of acknowledgements costs more than
        # half the CPU of a task, lost messages all the same, and is where Celery 5.7.0 crashes when Redis restarts.
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
        "broker_pool_limit": 4,  # who sends: the publisher and the dispatcher, one thread each
        # One format, of text: a message can never run code here.
        "task_serializer": "json",
        "accept_content": ["json"],
        "event_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_queues": [_queue(name) for name in (queues.URGENT, queues.FETCH, queues.LABEL, queues.LABEL_BULK)],
        "task_create_missing_queues": False,
        "task_default_queue": queues.FETCH,
        "task_publish_retry": False,  # the dispatcher and the publisher try again themselves, and know for how long
        # What a bare `celery -A worker.celery_app worker -Q fetch` runs on; for labels add `-P prefork -c 1`.
        "worker_pool": "threads",
        "worker_concurrency": settings.fetch_slots,
        # Nothing lies in a worker's memory beyond what it works on: there, no depth would count it.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_send_task_events": True,  # Flower; 27 µs a URL
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,  # means late acknowledgements, of which there are none
        "worker_enable_remote_control": False,  # nobody may order our workers about through Redis
        "task_time_limit": 180,  # prefork: a batch of labels takes under a second
        "task_soft_time_limit": 150,
    }


def _queue(name: str) -> Any:
    """Bound to nothing: messages go straight onto the list of that name, and need no table that Redis might lose."""
    return Queue(name)  # type: ignore[no-untyped-call]


def broker_url(url: str) -> str:
    """As kombu spells it: a Unix socket is `redis+socket`."""
    place, _, options = url.partition("?")
    if not place.startswith("unix:"):
        return url
    database = dict(part.split("=", 1) for part in options.split("&") if "=" in part).get("db", "0")
    return f"redis+socket://{place.removeprefix('unix://')}?virtual_host={database}"


app = PressmarkApp("pressmark", include=["worker.pipeline.tasks"])
app.add_defaults(lambda: configuration(app.settings))


def send_requests(queue: str, requests: Sequence[URLRequest]) -> None:
    """One chunk onto `fetch` or `fetch.urgent`; raises Unavailable."""
    _send(FETCH_TASK, queue, [encode(request).decode() for request in requests])


def send_articles(articles: Sequence[Extracted]) -> None:
    """One group onto `label`; raises Unavailable."""
    _send(LABEL_TASK, queues.LABEL, [encode(article).decode() for article in articles])


def send_texts(texts: Sequence[Relabel]) -> None:
    """Stored texts onto `label.bulk`, to be labelled again; raises Unavailable."""
    _send(RELABEL_TASK, queues.LABEL_BULK, [encode(text).decode() for text in texts])


def _send(task: str, queue: str, messages: list[str]) -> None:
    """`urls` and `sent` let depths and ages be read without taking a message apart."""
    headers = {"urls": len(messages), "sent": time.time()}
    try:
        app.send_task(task, args=[messages], queue=queue, headers=headers, argsrepr=f"{len(messages)} URLs", kwargsrepr="")
    except (OperationalError, RedisError, OSError) as error:  # away, or full, or read-only: it refuses, and may not later
        raise Unavailable(f"Redis does not take messages: {error}") from error
