"""Run the dispatcher, and beside it, in threads that cannot hold it up, what sends events to webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from worker import queues
from worker.bootstrap.dispatcher import DispatcherServices
from worker.celery_app import Sender
from worker.config import Settings
from worker.operations.receivers.settings import expect_ready
from worker.operations.sharing import webhooks
from worker.pipeline.dispatcher import Dispatcher

LAST_WORD = 2.0
"""Seconds for which the thread is waited for at the end: a post that takes longer is sent again by whoever comes next."""


def run(settings: Settings, stop: threading.Event) -> None:
    """Sends what is due until `stop` is set; raises Unavailable where Redis or the database cannot be used."""
    with closing(DispatcherServices(settings)) as services:
        services.expect_ready()
        send = Sender.of(settings).send_requests
        care = {"full": services.capacity.full, "mend": services.schema.mend}
        dispatcher = Dispatcher(services.ledger, services.depths, services.control, send, settings, **care)
        with _webhook(settings), queues.Progress(services.control, "dispatcher") as progress:
            dispatcher.run(stop, progress.made)


@contextmanager
def _webhook(settings: Settings) -> Iterator[None]:
    """Sends to the webhooks meanwhile, where there are some; a dispatcher without one imports nothing that sends."""
    if not settings.told:
        yield
        return
    expect_ready(settings)
    ended = threading.Event()
    thread = threading.Thread(target=webhooks.run, args=(settings, ended), name="webhook", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LAST_WORD)
