"""The processes: all of them at once with `up` and `demo`, or each by itself for compose and clusters."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import NoReturn

import click

from worker import logs
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, tell
from worker.config import Settings

log = logging.getLogger(__name__)


@command("demo", help="Run a sample press site through the whole program, show what came of each page, clean up.")
@click.option("--keep", is_flag=True, help="Leave it running until Ctrl-C.")
@json_option
def demo(settings: Settings, *, keep: bool, as_json: bool) -> int:
    """0 where every page ended as expected and the ledger is balanced."""
    from worker.demo.run import demo as run_demo

    logs.set_up(settings, "demo")
    return run_demo(settings, keep=keep, as_json=as_json)


@command("up", help="Everything on this machine, in the foreground until Ctrl-C.")
def up(settings: Settings) -> int:
    """Starts the embedded Redis unless a URL is set, then dispatcher, workers and keeper; restarts what fails."""
    from worker.processes import supervisor

    logs.set_up(settings, "up")
    warn_of_open_doors(settings)
    with _listening() as heard:
        supervisor.up(settings)
        return _code(heard)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """Hears every signal, whoever handles it."""
    heard, speaking = socket.socketpair()
    with heard, speaking:
        heard.setblocking(False)
        speaking.setblocking(False)
        before = signal.set_wakeup_fd(speaking.fileno(), warn_on_full_buffer=False)
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(before)


def _code(heard: socket.socket) -> int:
    """130 where Ctrl-C ended a process, 0 where it was asked to stop by SIGTERM."""
    try:
        return 130 if signal.SIGINT in heard.recv(4096) else 0
    except BlockingIOError:
        return 0


def warn_of_open_doors(settings: Settings) -> None:
    """What is open to pages that they could not reach on the Internet is said aloud at every start."""
    if settings.allow_private:
        places = ", ".join(str(place.host or place.network) for place in settings.allow_private)
        log.warning("PRESSMARK_ALLOW_PRIVATE opens private addresses to every page: %s", places)


@command("worker", help="One Celery worker: of pages (fetch, the default) or of labels.")
@click.argument("stage", type=click.Choice(["fetch", "label"]), default="fetch")
def worker(settings: Settings, *, stage: str) -> NoReturn:
    """Runs until SIGTERM; what it has in hand is finished or handed back."""
    from worker.processes import roles

    _expect_redis(settings)
    if stage == "fetch":
        warn_of_open_doors(settings)
    _run(roles.run_fetch_worker if stage == "fetch" else roles.run_label_worker, settings, stage)


@command("dispatcher", help="The process that sends due URLs to the workers; one leads, others stand by.")
def dispatcher(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    from worker.processes import roles

    _run(roles.run_dispatcher, settings, "dispatcher")


@command("keeper", help="The process that writes results to the database; several may run.")
def keeper(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    from worker.processes import roles

    _run(roles.run_keeper, settings, "keeper")


def _expect_redis(settings: Settings) -> None:
    """Raises Unavailable: once a worker runs it waits for a Redis that is away, for ever, and says nothing to who called."""
    from worker.bootstrap import Services
    from worker.queues import available

    with closing(Services(settings)) as services, available():
        services.redis.ping()


def _run(process: Callable[[Settings], None], settings: Settings, name: str) -> NoReturn:
    """Ends the process itself: a fetch that still drips, and was handed back, may not hold it."""
    logs.set_up(settings, f"{name}[{os.getpid()}]")
    with _listening() as heard:
        process(settings)
        code = _code(heard)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@command("migrate", help="Bring the database to this version's schema.")
@json_option
def migrate(settings: Settings, *, as_json: bool) -> None:
    """Tells the revision before and after; may be run any number of times."""
    from worker.storage.database import migrate as to_current
    from worker.storage.database import open_database

    engine = open_database(settings)
    before, after = to_current(engine)
    engine.dispose()
    if as_json:
        show_json({"before": before, "after": after})
    else:
        tell(f"schema {after}" + ("" if before == after else f", was {before or 'empty'}"))


COMMANDS = {"demo": demo, "up": up, "worker": worker, "dispatcher": dispatcher, "keeper": keeper, "migrate": migrate}
