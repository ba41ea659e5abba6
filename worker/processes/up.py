"""Run everything on this machine in the foreground, and say when it is ready and what to type next."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
from pathlib import Path

from worker.bootstrap.dashboard import expect_guarded
from worker.config import PREFIX, Settings
from worker.processes.supervisor import ROLES, Supervisor
from worker.processes.watchdog import StopSignal

log = logging.getLogger(__name__)

NAMES = {"fetch": "fetch worker", "label": "label worker"}
"""What people call the roles whose name says too little."""
EVERYTHING = (*ROLES, "dashboard")
ELSEWHERE = ("redis_url", "database_url", "namespace")
"""Settings besides the data folder without which a command would use another installation."""


def up(settings: Settings) -> None:
    """Runs until SIGTERM or Ctrl-C, which ends in KeyboardInterrupt; a second one does not wait for processes to finish.

    Raises UsageError where others could open the dashboard without a token.
    """
    expect_guarded(settings)
    stop = StopSignal()
    received: list[int] = []

    def note(number: int, _: object) -> None:
        if received:
            signal.signal(number, signal.SIG_DFL)  # ends this process; each watchdog then ends its own
            os.kill(os.getpid(), number)
        received.append(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    with Supervisor(settings, EVERYTHING) as supervisor:
        log.info("starting in %s, process %d; Ctrl-C stops", settings.data_dir, os.getpid())
        supervisor.watch(stop, on_ready=lambda: _announce(settings))
        log.info("stopping: processes finish or return their items")
    if signal.SIGINT in received:
        raise KeyboardInterrupt


def _announce(settings: Settings) -> None:
    """For people as it is, whatever the level of the logs; among JSON as a line of JSON."""
    if settings.log_format == "json":
        log.info("%s", ready_line(settings))
    else:
        sys.stderr.write(ready_line(settings) + "\n")
        sys.stderr.flush()


def ready_line(settings: Settings) -> str:
    """That everything runs, and what to type in another terminal so that it reaches this installation."""
    processes = ", ".join(f"1 {NAMES.get(role, role)}" for role in EVERYTHING)
    same = [variable for name in ELSEWHERE if (variable := settings.sources.get(name, "")).startswith(PREFIX)]
    note = f" (with {', '.join(same)} as here)" if same else ""
    return f"pressmark is ready: {processes}; in another terminal: {_environment(settings)}pressmark enqueue URL{note}"


def _environment(settings: Settings) -> str:
    """The variables that point a command at this configuration file or data folder; empty where all is default."""
    file = next((source for source in settings.sources.values() if not source.startswith(PREFIX)), None)
    variables = {PREFIX + "CONFIG": Path(file).absolute()} if file else {}
    if settings.data_dir != Settings().data_dir and settings.sources.get("data_dir") != file:
        variables[PREFIX + "DATA_DIR"] = settings.data_dir
    return "".join(f"{name}={shlex.quote(str(value))} " for name, value in variables.items())
