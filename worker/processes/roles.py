"""The single processes: each runs in the foreground until SIGTERM or Ctrl-C, alone or on the supervisor's watchdog."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from worker import logs
from worker.config import Settings, load
from worker.errors import PressmarkError
from worker.processes.watchdog import StopSignal, Watchdog
from worker.queues import embedded_server

if TYPE_CHECKING:  # each process imports only what its role needs
    from worker.bootstrap import Services

log = logging.getLogger(__name__)

Pulse = Callable[[], None]


def _nothing() -> None:
    """The pulse of a process that nobody watches."""


def run_fetch_worker(settings: Settings, pulse: Pulse = _nothing) -> None:
    """Fetches and reads pages; raises Unavailable where there is no Redis."""
    from worker import queues

    _work(settings, (queues.URGENT, queues.FETCH), pulse)


def run_label_worker(settings: Settings, pulse: Pulse = _nothing) -> None:
    """Labels articles; raises Unavailable where there is no Redis."""
    from worker import queues

    _work(settings, (queues.LABEL, queues.LABEL_BULK), pulse)


def _work(settings: Settings, names: Sequence[str], pulse: Pulse) -> None:
    embedded_server.redis_url(settings)
    from worker.pipeline import tasks

    tasks.work(settings, names, pulse)


def run_dispatcher(settings: Settings, pulse: Pulse = _nothing) -> None:
    """Sends what is due; raises Unavailable where there is no Redis or no database."""
    from worker.celery_app import app, send_requests
    from worker.pipeline.dispatcher import Dispatcher
    from worker.storage.database import require_current

    app.settings = settings
    services = app.services
    _expect_redis(services)
    require_current(services.engine)
    Dispatcher(services.dispatcher_ledger, services.depths, services.control, send_requests, settings).run(_until_told(pulse))
    services.close()


def run_keeper(settings: Settings, pulse: Pulse = _nothing) -> None:
    """Writes results to the database; raises Unavailable where there is no Redis or no database."""
    from worker.bootstrap import Services
    from worker.intake.canonical_url import admit
    from worker.pipeline.keeper import Keeper
    from worker.storage.database import require_current

    services = Services(settings)
    _expect_redis(services)
    require_current(services.engine)
    keeper = Keeper(
        services.keeper_ledger,
        services.articles,
        services.results,
        services.public_stream,
        settings,
        to_entry=lambda url: admit(url, settings),
    )
    keeper.run(_until_told(pulse))
    services.close()


def _expect_redis(services: Services) -> None:
    """Raises Unavailable where Redis is away at the start; one that goes away later is waited for."""
    from worker.queues import available

    with available():
        services.redis.ping()


def _until_told(pulse: Pulse) -> StopSignal:
    """The wish to stop, set by SIGTERM and Ctrl-C."""
    stop = StopSignal(pulse)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


ROLES: dict[str, Callable[[Settings, Pulse], None]] = {
    "dispatcher": run_dispatcher,
    "fetch": run_fetch_worker,
    "label": run_label_worker,
    "keeper": run_keeper,
}


def main(role: str) -> int:
    """A child of the supervisor: standard input is its watchdog."""
    settings = load()
    logs.set_up(settings, f"{role}[{os.getpid()}]")
    watchdog = Watchdog.of_stdin(settings.stop_grace)
    watchdog.watch()
    try:
        ROLES[role](settings, watchdog.pulse)
    except PressmarkError as error:
        log.error("%s", error)  # noqa: TRY400 - one line says it
        return error.exit_code
    if role == "keeper" and watchdog.cut.is_set():
        _last_one_out(settings)
    return 0


def _last_one_out(settings: Settings) -> None:
    """The supervisor was killed: nobody else would shut its server down, once the workers have handed back."""
    time.sleep(settings.stop_grace / 2)
    address = embedded_server.address_of(settings.data_dir)
    if address and address.url == settings.redis_url:
        embedded_server.shut_down(address.url)


if __name__ == "__main__":
    code = main(sys.argv[1])
    logging.shutdown()
    os._exit(code)  # a fetch that still drips, and was handed back, may not hold the process
