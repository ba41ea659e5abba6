"""Start, watch and end one process of the supervisor."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from worker.config import Settings, to_environ

FIRST_DELAY, LAST_DELAY = 0.5, 30.0
"""Seconds before a process that crashed is started again, doubled each time: one that crashes at once must not use up a core."""
STEADY = 30.0
"""Seconds of life after which a crash counts as the first one."""
ONE_BLAS_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Two processes with BLAS's own threads took twice the CPU."""


@dataclass
class Child:
    """One process of a role, the socket of its watchdog, and what is known of its progress."""

    role: str
    settings: Settings
    program: tuple[str, ...]
    """What is run, with the role's name as its last argument."""
    process: subprocess.Popen[bytes] | None = None
    watchdog: socket.socket | None = None
    started: float = 0.0
    progress: float = 0.0
    """When it last made progress or had nothing to do, in monotonic seconds."""
    reported: bool = False
    """Whether it has sent anything since it was started: it works."""
    delay: float = FIRST_DELAY
    due: float = 0.0
    """When it is to be started again, in monotonic seconds."""

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - this program itself
                [*self.program, self.role],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,  # logs go to standard error
                env=to_environ(self.settings) | ONE_BLAS_THREAD,
                start_new_session=True,
            )
        ours.setblocking(False)
        self.watchdog = ours
        self.reported = False
        self.started = self.progress = time.monotonic()

    def exited(self) -> bool:
        """True when it has ended; the rest of its process group is ended first, while its number cannot be another's."""
        if self.process is None or self.process.returncode is not None:
            return True
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self.kill()
        return True

    def kill(self) -> None:
        """Ends it and its process group at once."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.watchdog:
            self.watchdog.close()

    def term(self) -> None:
        """Asks it to finish or return its items, and to exit."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def read_heartbeats(self) -> None:
        """Notes progress where it has sent heartbeats."""
        with contextlib.suppress(BlockingIOError, OSError):
            while self.watchdog and self.watchdog.recv(65536):
                self.progress = time.monotonic()
                self.reported = True

    def start_later(self) -> None:
        """Notes that it has ended, and when it is to be started again."""
        now = time.monotonic()
        self.delay = FIRST_DELAY if now - self.started > STEADY else min(self.delay * 2, LAST_DELAY)
        self.due, self.process, self.reported = now + self.delay, None, False
