"""Run the dashboard: one process, one event loop, operations in threads, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from worker.bootstrap.dashboard import DashboardServices
from worker.config import Settings
from worker.config.value_types import Address
from worker.dashboard.app import create_app
from worker.dashboard.security.protocol import Protocol
from worker.errors import UsageError
from worker.queues import Progress

log = logging.getLogger(__name__)

STOP_WITHIN = 2
"""Seconds for open requests when it stops: a live stream never ends by itself."""
PORT_AGAIN = 5.0
"""Seconds between two tries at a port that another program has."""
NAME = "PRESSMARK_DASHBOARD_ADDRESS"
HEADERS_AT_MOST = 64 * 1024
"""Bytes of a request's head."""


class Dashboard(uvicorn.Server):
    """uvicorn's server, which leaves signals to its caller and stops when its caller says so."""

    def __init__(self, app: FastAPI, stop: threading.Event, progress: Callable[[], None]) -> None:
        super().__init__(_config(app, self._beat))
        self._stop = stop
        self._progress = progress

    async def on_tick(self, counter: int) -> bool:
        """Asks at each of uvicorn's ten looks a second whether it is to stop."""
        return await super().on_tick(counter) or self._stop.is_set()

    async def _beat(self) -> None:
        """Shows that the loop goes on."""
        await to_thread.run_sync(self._progress)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: whoever runs the process handles them."""
        yield


def _config(app: FastAPI, beat: Callable[[], Awaitable[None]]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",  # a start and a stop are told by us
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN,
        timeout_notify=0,  # at every look of uvicorn's own, once a second
        callback_notify=beat,
        h11_max_incomplete_event_size=HEADERS_AT_MOST,
    )


def serve(services: DashboardServices, settings: Settings, listener: socket.socket, stop: threading.Event) -> None:
    """Answers on `listener` until `stop` is set; prints its address when it answers."""
    with Progress(services.control, "dashboard") as progress:
        asyncio.run(_run(Dashboard(create_app(services, settings), stop, progress.made), listener, settings))


async def _run(server: Dashboard, listener: socket.socket, settings: Settings) -> None:
    served = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not served.done():
        await asyncio.sleep(0.02)
    if server.started:
        announce(settings)
    await served


def announce(settings: Settings) -> None:
    """Its address, for people as it is, whatever the level of the logs; among JSON as a line of JSON."""
    line = f"the dashboard answers at {url_of(settings.dashboard_address)}"
    if settings.log_format == "json":
        log.info("%s", line)
    else:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def url_of(address: Address) -> str:
    """What to open in a browser on this machine."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    return f"http://{Address(anywhere.get(address.host, address.host), address.port)}/"


def listen(address: Address) -> socket.socket:
    """A socket that listens at this address; raises UsageError where it cannot, and BusyPort where another program does."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return _bound(*found[0])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BusyPort(f"{NAME}: expected a free port, got {address}, which another program uses") from error
        raise UsageError(f"{NAME}: expected an address of this machine, got {address}: {error.strerror or error}") from error


def _bound(family: int, kind: int, protocol: int, _name: str, place: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(128)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def wait_for_port(settings: Settings, stop: threading.Event) -> socket.socket | None:
    """A socket at the dashboard's address as soon as no other program has it; None once it is to stop. The rest of `up` goes on."""
    told = False
    while not stop.is_set():
        try:
            return listen(settings.dashboard_address)
        except BusyPort as busy:
            if not told:
                log.warning("%s; everything else runs, and the dashboard begins once the port is free", busy)
            told = True
        stop.wait(PORT_AGAIN)
    return None


class BusyPort(UsageError):
    """Another program listens at the address."""
