"""Everything on one machine: starts the server and the processes, restarts what exits or stands still, stops all cleanly."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from worker import queues
from worker.bootstrap.supervisor import SupervisorServices
from worker.config import Settings, to_environ
from worker.errors import Unavailable
from worker.processes.folder_lock import FolderLock
from worker.processes.watchdog import StopSignal
from worker.queues.embedded_server import EmbeddedServer
from worker.storage.database import migrate, open_database

log = logging.getLogger(__name__)

FEEDS = {"fetch": (queues.FETCH, queues.URGENT), "label": (queues.LABEL, queues.LABEL_BULK)}
"""The queues whose messages a role empties; the others are loops, which go on whether anything waits or not."""
LOOK = 0.5
"""Seconds between two looks at the children."""
LOOK_AT_QUEUES = 5.0
"""Seconds between two looks at what waits: that reads whole messages, and a standstill takes longer to be one."""
MARGIN = 20.0
"""Seconds beyond the longest honest page before a standstill is called one: a busy machine, a slow disk."""
FIRST_DELAY, LAST_DELAY = 0.5, 30.0
"""Seconds before what crashed is started again, doubled each time; a crash at once must not burn a core."""
STEADY = 30.0
"""Seconds of life after which a crash counts as the first one."""


@dataclass
class Child:
    """One process of a role, its watchdog, and what is known of its progress."""

    role: str
    settings: Settings
    program: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    watchdog: socket.socket | None = None
    begun: float = 0.0
    progress: float = 0.0
    """When it last did something, or had nothing to do."""
    delay: float = FIRST_DELAY
    due: float = 0.0

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [*self.program, self.role],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,  # what they tell is a log, and goes to standard error
                env=to_environ(self.settings) | ONE_BLAS_THREAD,
                start_new_session=True,
            )
        ours.setblocking(False)
        self.watchdog = ours
        self.begun = self.progress = time.monotonic()

    def exited(self) -> bool:
        """True when it has ended; whatever it left in its group is ended too, before its number may be another's."""
        if self.process is None or self.process.returncode is not None:
            return True
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self.kill()
        return True

    def kill(self) -> None:
        """Ends it and its whole group at once."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.watchdog:
            self.watchdog.close()

    def term(self) -> None:
        """Asks it to finish or hand back what it has, and to leave."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def look(self) -> None:
        """Takes note of its pulse."""
        with contextlib.suppress(BlockingIOError, OSError):
            while self.watchdog and self.watchdog.recv(65536):
                self.progress = time.monotonic()


ONE_BLAS_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Two processes with BLAS's own threads took twice the CPU."""
ROLES = ("dispatcher", "fetch", "label", "keeper")


@dataclass
class Supervisor:
    """`with Supervisor(settings) as line:` has everything running; `line.watch(stop)` keeps it so.

    Entering raises UsageError where another `up` holds the folder, and Unavailable where server,
    database or disk cannot be used. `line.settings` are the settings with the address of the server.
    """

    settings: Settings
    roles: Iterable[str] = ROLES
    program: tuple[str, ...] = (sys.executable, "-m", "worker.processes.roles")
    """What a role's name is given to; its standard input is the watchdog."""
    patience: float | None = None
    """Seconds without progress that are a standstill; None: as the page's own limits need."""
    children: dict[str, Child] = field(default_factory=dict, init=False)
    server: EmbeddedServer | None = field(default=None, init=False)
    _waiting: Callable[[str], bool] = field(default=lambda role: role not in FEEDS, init=False)
    """Whether a role has something to do, as the queues last told."""
    _asked: float = field(default=0.0, init=False)
    _heard: float = field(default_factory=time.monotonic, init=False)
    """When the server of the queues last answered."""

    def __enter__(self) -> Supervisor:
        with ExitStack() as stack:
            stack.enter_context(FolderLock(self.settings.data_dir))
            if not self.settings.redis_url:
                self.server = EmbeddedServer(self.settings.data_dir)
                self.settings = replace(self.settings, redis_url=self.server.start())
                stack.callback(self.server.stop)
            _migrate(self.settings)
            self._services = SupervisorServices(self.settings)
            stack.callback(self._services.close)
            stack.callback(self._stop)
            for role in self.roles:
                self.children[role] = Child(role, self.settings, self.program)
                self.children[role].start()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def watch(self, stop: threading.Event) -> None:
        """Restarts what exits and what stands still, until `stop`."""
        while not stop.wait(LOOK):
            self.look()

    def look(self) -> None:
        """One round."""
        if self.server and (not self.server.alive() or time.monotonic() - self._heard > self._patience()):
            self._revive_server(self.server)
        if time.monotonic() - self._asked > LOOK_AT_QUEUES:
            self._waiting, self._asked = self._ask_queues(), time.monotonic()
        for child in self.children.values():
            self._look_at(child)

    def _revive_server(self, server: EmbeddedServer) -> None:
        log.warning("the server of the queues %s: starting it again", "does not answer" if server.alive() else "is gone")
        self._heard = time.monotonic()
        try:
            server.start()
        except Unavailable as error:
            log.error("it does not start, and is tried again: %s", error)  # noqa: TRY400 - one line says it

    def _look_at(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                child.start()
        elif child.exited():
            self._revive_later(child, f"exited with {child.process.returncode}")
        else:
            child.look()
            if not self._waiting(child.role):
                child.progress = now
            elif now - child.progress > self._patience():
                child.kill()
                self._revive_later(child, f"stood still for {now - child.progress:.0f} s")

    def _revive_later(self, child: Child, what: str) -> None:
        now = time.monotonic()
        child.delay = FIRST_DELAY if now - child.begun > STEADY else min(child.delay * 2, LAST_DELAY)
        child.due, child.process = now + child.delay, None
        log.warning("%s %s: starting it again in %.1f s", child.role, what, child.delay)

    def _patience(self) -> float:
        """Longer than the longest honest page, or a slow page would get its worker killed."""
        return self.patience or self.settings.total_timeout + self.settings.parse_timeout + MARGIN

    def _ask_queues(self) -> Callable[[str], bool]:
        """Whether a role has something to do. While Redis is away nothing can be told, and nobody is blamed."""
        try:
            depths = {depth.name: depth.waiting for depth in self._services.depths.all()}
            paused = self._services.control.paused()
        except Unavailable:
            return lambda role: False
        self._heard = time.monotonic()
        return lambda role: role not in FEEDS or (role not in paused and any(depths.get(name) for name in FEEDS[role]))

    def _stop(self) -> None:
        """First those that send and work, then the keeper, which writes down what they handed back."""
        until = time.monotonic() + self.settings.stop_grace
        last = [child for role, child in self.children.items() if role == "keeper"]
        first = [child for role, child in self.children.items() if role != "keeper"]
        self._end(first, until - 2.0)
        self._end(last, until)

    def _end(self, children: list[Child], until: float) -> None:
        for child in children:
            child.term()
        while time.monotonic() < until and not all(child.exited() for child in children):
            time.sleep(0.05)
        for child in children:
            if not child.exited():
                log.warning("%s did not leave in time: killed, the leases of what it held run out", child.role)
            child.kill()


def _migrate(settings: Settings) -> None:
    """Brings the schema up to date, before any process needs it."""
    engine = open_database(settings)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def up(settings: Settings) -> None:
    """Everything in the foreground until SIGTERM or Ctrl-C, which ends in KeyboardInterrupt; a second one does not wait."""
    stop = StopSignal()
    told: list[int] = []

    def note(number: int, _: object) -> None:
        if told:
            signal.signal(number, signal.SIG_DFL)  # the watchdog takes everything along
            os.kill(os.getpid(), number)
        told.append(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    with Supervisor(settings) as line:
        log.info("up in %s, process %d; Ctrl-C stops", settings.data_dir, os.getpid())
        line.watch(stop)
        log.info("stopping: what is in hand is finished or handed back")
    if signal.SIGINT in told:
        raise KeyboardInterrupt
