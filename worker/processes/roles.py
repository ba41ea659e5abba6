"""Run one process in the foreground until SIGTERM or Ctrl-C, alone or as a child of the supervisor."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from worker import logs, queues
from worker.config import Settings, load
from worker.errors import PressmarkError
from worker.processes.watchdog import StopSignal, Watchdog
from worker.queues import embedded_server
from worker.queues.address import address_of, redis_url

log = logging.getLogger(__name__)

Pulse = Callable[[], None]

# Each function below imports what its process needs. With everything imported at the top, every process would need 110 MiB
# and 1.2 s of CPU at its start; now a keeper needs 59 MiB and 0.6 s, a dispatcher 66 MiB and 0.7 s.


def _no_pulse() -> None:
    """The pulse of a process that no supervisor watches."""


def run_fetch_worker(settings: Settings, pulse: Pulse = _no_pulse) -> None:
    """Fetches and reads pages; raises Unavailable where no Redis is known."""
    _work(settings, (queues.URGENT, queues.FETCH), pulse)


def run_label_worker(settings: Settings, pulse: Pulse = _no_pulse) -> None:
    """Labels articles; raises Unavailable where no Redis is known."""
    _work(settings, (queues.LABEL, queues.LABEL_BULK), pulse)


def _work(settings: Settings, names: Sequence[str], pulse: Pulse) -> None:
    redis_url(settings)
    from worker.pipeline import celery_worker

    celery_worker.work(settings, names, pulse)


def run_dispatcher(settings: Settings, pulse: Pulse = _no_pulse) -> None:
    """Sends what is due; raises Unavailable where Redis or the database cannot be used."""
    from worker.processes import dispatcher

    dispatcher.run(settings, _stop_signal(pulse))


def run_keeper(settings: Settings, pulse: Pulse = _no_pulse) -> None:
    """Writes results to the database; raises Unavailable where Redis or the database cannot be used."""
    from worker.bootstrap.keeper import KeeperServices
    from worker.pipeline.keeper import Keeper

    with closing(KeeperServices(settings)) as services:
        services.expect_ready()
        ledger, results, public_stream = services.ledger, services.results, services.public_stream
        keeper = Keeper(
            *(ledger, services.articles, results, public_stream, settings),
            to_entry=services.to_entry,
            durations=services.durations,
        )
        with queues.Progress(services.control, "keeper") as progress:
            keeper.run(_stop_signal(pulse), progress.made)


def run_dashboard(settings: Settings, pulse: Pulse = _no_pulse, *, patient: bool = False) -> None:
    """Serves the dashboard; raises UsageError for a busy port unless `patient`, Unavailable where no Redis is known."""
    from worker.bootstrap.dashboard import DashboardServices
    from worker.dashboard import server

    with closing(DashboardServices(settings)) as services:
        services.expect_ready()
        stop = _stop_signal(pulse)
        listener = server.wait_for_port(settings, stop) if patient else server.listen(settings.dashboard_address)
        if listener is not None:
            server.serve(services, settings, listener, stop)


def _run_patient_dashboard(settings: Settings, pulse: Pulse) -> None:
    run_dashboard(settings, pulse, patient=True)


def _stop_signal(pulse: Pulse) -> StopSignal:
    """Set by SIGTERM and Ctrl-C."""
    stop = StopSignal(pulse)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


ROLES: dict[str, Callable[[Settings, Pulse], None]] = {
    "dispatcher": run_dispatcher,
    "fetch": run_fetch_worker,
    "label": run_label_worker,
    "keeper": run_keeper,
    "dashboard": _run_patient_dashboard,
}


def main(role: str) -> int:
    """Runs a child of the supervisor, whose standard input is the socket of its watchdog; returns the exit code."""
    settings = load()
    logs.set_up(settings, f"{role}[{os.getpid()}]")
    watchdog = Watchdog.of_stdin(settings.stop_grace, partial(_end_server, role, settings))
    watchdog.watch()
    try:
        ROLES[role](settings, watchdog.pulse)
    except PressmarkError as error:
        log.error("%s", error)  # noqa: TRY400 - one line says it
        return error.exit_code
    if watchdog.cut.is_set():
        if role == "keeper":
            time.sleep(settings.finish_within)  # the workers return their items meanwhile
        _end_server(role, settings)
    return 0


def _end_server(role: str, settings: Settings) -> None:
    """Ends the embedded server once the supervisor was killed, which is for the keeper to do.

    On a slow machine the grace may be over before the keeper's work is; then this is the last that it does.
    """
    address = address_of(settings.data_dir) if role == "keeper" else None
    if address and address.url == settings.redis_url:
        embedded_server.shut_down(address.url)


if __name__ == "__main__":
    code = main(sys.argv[1])
    logging.shutdown()
    os._exit(code)  # a fetch that is still reading, whose item was returned, must not keep the process alive
