"""Run every process of one machine: start the embedded server and the processes, restart what exits or stands still, stop all."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from worker import queues
from worker.bootstrap.supervisor import SupervisorServices
from worker.config import Settings
from worker.errors import Unavailable
from worker.operations.receivers.settings import expect_ready
from worker.processes.child import Child
from worker.processes.folder_lock import FolderLock
from worker.queues.embedded_server import EmbeddedServer
from worker.storage.database import migrate, open_database

log = logging.getLogger(__name__)

ROLES = ("dispatcher", "fetch", "label", "keeper")
INPUTS = {"fetch": (queues.FETCH, queues.URGENT), "label": (queues.LABEL, queues.LABEL_BULK)}
"""The queues that a role empties; the other roles are loops, which make progress whether anything waits or not."""
LOOK = 0.5
"""Seconds between two looks at the children."""
LOOK_AT_QUEUES = 5.0
"""Seconds between two looks at the queues: that reads whole messages, and nothing counts as a standstill sooner."""
MARGIN = 20.0
"""Seconds without progress, beyond those that the slowest page may take, that count as a standstill: busy machines, slow disks."""
POLL = 0.05
"""Seconds between two looks at children that are to exit."""


@dataclass
class Supervisor:
    """`with Supervisor(settings) as supervisor:` starts everything; `supervisor.watch(stop)` keeps it running.

    Entering raises UsageError where another `up` holds the folder or the settings of webhooks are wrong, and Unavailable where
    server, database or disk cannot be used. `supervisor.settings` are the settings with the URL of the server.
    """

    settings: Settings
    roles: Iterable[str] = ROLES
    program: tuple[str, ...] = (sys.executable, "-m", "worker.processes.roles")
    """What runs a role, whose name is its last argument; its standard input is the socket of its watchdog."""
    patience: float | None = None
    """Seconds without progress that are a standstill; None: what the limits of a page allow, and MARGIN."""
    children: dict[str, Child] = field(default_factory=dict, init=False)
    server: EmbeddedServer | None = field(default=None, init=False)
    _has_work: Callable[[str], bool] = field(default=lambda role: role not in INPUTS, init=False)
    """Whether a role had something to do when the queues were last looked at."""
    _asked: float = field(default=0.0, init=False)
    """When the queues were last looked at."""
    _heard: float = field(default_factory=time.monotonic, init=False)
    """When Redis last answered, or its server was started."""
    _answered: bool = field(default=False, init=False)
    """Whether Redis has ever answered."""

    def __enter__(self) -> Supervisor:
        with ExitStack() as stack:
            stack.enter_context(FolderLock(self.settings.data_dir))
            if not self.settings.redis_url:
                self.server = EmbeddedServer(self.settings.data_dir)
                self.settings = replace(self.settings, redis_url=self.server.start())
                stack.callback(self.server.stop)
            _migrate(self.settings)
            expect_ready(self.settings)
            self._services = SupervisorServices(self.settings)
            stack.callback(self._services.close)
            stack.callback(self._stop)
            for role in self.roles:
                self.start(role)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def start(self, role: str) -> None:
        """Starts a process of this role, and watches it from now on."""
        self.children[role] = Child(role, self.settings, self.program)
        self.children[role].start()

    def watch(self, stop: threading.Event, on_ready: Callable[[], None] = lambda: None) -> None:
        """Restarts what exits and what stands still, until `stop` is set; calls `on_ready` once, when everything works."""
        announced = False
        while not stop.wait(LOOK):
            self.look()
            if self.ready and not announced:
                announced = True
                on_ready()

    @property
    def ready(self) -> bool:
        """Whether Redis has answered and every process has reported since it was started."""
        return self._answered and all(child.reported for child in self.children.values())

    def look(self) -> None:
        """One look at the server, the queues and every child."""
        if self.server and (not self.server.alive() or time.monotonic() - self._heard > self._patience()):
            self._restart_server(self.server)
        if time.monotonic() - self._asked > LOOK_AT_QUEUES:
            self._has_work, self._asked = self._look_at_queues(), time.monotonic()
        for child in self.children.values():
            self._look_at(child)

    def _restart_server(self, server: EmbeddedServer) -> None:
        log.warning("the embedded server %s: restarting it", "does not answer" if server.alive() else "has exited")
        self._heard = time.monotonic()
        try:
            server.start()
        except Unavailable as error:
            log.error("the embedded server does not start, trying again: %s", error)  # noqa: TRY400 - one line says it

    def _look_at(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                child.start()
        elif child.exited():
            self._restart_later(child, f"exited with {child.process.returncode}")
        else:
            child.read_heartbeats()
            if not self._has_work(child.role):
                child.progress = now
            elif now - child.progress > self._patience():
                child.kill()
                self._restart_later(child, f"made no progress for {now - child.progress:.0f} s")

    def _restart_later(self, child: Child, why: str) -> None:
        child.start_later()
        log.warning("%s %s: restarting it in %.1f s", child.role, why, child.delay)

    def _patience(self) -> float:
        """Longer than the slowest page may take, or a slow page would get its worker killed."""
        return self.patience or self.settings.total_timeout + self.settings.parse_timeout + MARGIN

    def _look_at_queues(self) -> Callable[[str], bool]:
        """Whether a role has something to do. While Redis is away nobody knows, and no process is blamed."""
        try:
            depths = {depth.name: depth.waiting for depth in self._services.depths.all()}
            paused = self._services.control.paused()
        except Unavailable:
            return lambda role: False
        self._heard, self._answered = time.monotonic(), True
        return lambda role: role not in INPUTS or (role not in paused and any(depths.get(name) for name in INPUTS[role]))

    def _stop(self) -> None:
        """Ends the processes that send and work, then the keeper, which stores what they returned."""
        begun = time.monotonic()
        keepers = [child for role, child in self.children.items() if role == "keeper"]
        others = [child for role, child in self.children.items() if role != "keeper"]
        self._end(others, begun + self.settings.exit_within)
        self._end(keepers, begun + self.settings.stop_grace)

    def _end(self, children: list[Child], until: float) -> None:
        for child in children:
            child.term()
        while time.monotonic() < until and not all(child.exited() for child in children):
            time.sleep(POLL)
        for child in children:
            if not child.exited():
                log.warning("%s did not exit in time and is killed: the leases of its items expire", child.role)
            child.kill()


def _migrate(settings: Settings) -> None:
    """Brings the schema up to date, before any process needs it."""
    engine = open_database(settings)
    try:
        migrate(engine)
    finally:
        engine.dispose()
