"""The processes: all of them at once with `up` and `demo`, or each by itself for compose and clusters."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from worker import logs
from worker.cli.options import command, json_option
from worker.cli.output import show_json, tell
from worker.config import Settings


@command("up", help="Everything on this machine, in the foreground until Ctrl-C.")
def up(settings: Settings) -> None:
    """Starts the embedded Redis unless a URL is set, then dispatcher, workers and keeper; restarts what fails."""
    from worker import supervisor

    logs.set_up(settings, "up")
    supervisor.up(settings)


@command("worker", help="One Celery worker: of pages (fetch, the default) or of labels.")
@click.argument("stage", type=click.Choice(["fetch", "label"]), default="fetch")
def worker(settings: Settings, *, stage: str) -> NoReturn:
    """Runs until SIGTERM; what it has in hand is finished or handed back."""
    from worker import processes

    _run(processes.run_fetch_worker if stage == "fetch" else processes.run_label_worker, settings, stage)


@command("dispatcher", help="The process that sends due URLs to the workers; one leads, others stand by.")
def dispatcher(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    from worker import processes

    _run(processes.run_dispatcher, settings, "dispatcher")


@command("keeper", help="The process that writes results to the database; several may run.")
def keeper(settings: Settings) -> NoReturn:
    """Runs until SIGTERM."""
    from worker import processes

    _run(processes.run_keeper, settings, "keeper")


def _run(process: Callable[[Settings], None], settings: Settings, name: str) -> NoReturn:
    """Ends the process itself: a fetch that still drips, and was handed back, may not hold it."""
    logs.set_up(settings, f"{name}[{os.getpid()}]")
    process(settings)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


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


COMMANDS = {"up": up, "worker": worker, "dispatcher": dispatcher, "keeper": keeper, "migrate": migrate}
