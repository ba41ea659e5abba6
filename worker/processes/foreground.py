"""Run a process in the foreground of the command that started it; SIGTERM ends it with 0, Ctrl-C with 130."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import NoReturn

from worker import logs
from worker.bootstrap.connections import open_redis
from worker.config import Settings
from worker.queues.connection import expect_answer

log = logging.getLogger(__name__)


def run_alone(process: Callable[[Settings], None], settings: Settings, name: str) -> NoReturn:
    """Runs a role until it ends, then ends this process at once: a fetch whose item was returned must not keep it alive."""
    logs.set_up(settings, f"{name}[{os.getpid()}]")
    code = exit_code(process, settings)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def exit_code(process: Callable[[Settings], None], settings: Settings) -> int:
    """Runs a process until it ends; 130 where Ctrl-C ended it, else 0."""
    with _signals() as received:
        process(settings)
        try:
            return 130 if signal.SIGINT in received.recv(4096) else 0
        except BlockingIOError:  # it ended without a signal
            return 0


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """The numbers of all signals that arrive meanwhile, a byte each, whoever handles them."""
    received, sender = socket.socketpair()
    with received, sender:
        received.setblocking(False)
        sender.setblocking(False)
        before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            yield received
        finally:
            signal.set_wakeup_fd(before)


def warn_of_private_addresses(settings: Settings) -> None:
    """Logs, at every start, what pages may reach that they could not reach on the Internet."""
    if settings.allow_private:
        places = ", ".join(str(place.host or place.network) for place in settings.allow_private)
        log.warning("because of PRESSMARK_ALLOW_PRIVATE any page may make the program connect to: %s", places)


def expect_redis(settings: Settings) -> None:
    """Raises Unavailable where Redis does not answer: a worker that has started waits for it for ever, in silence."""
    with closing(open_redis(settings)) as client:
        expect_answer(client)
