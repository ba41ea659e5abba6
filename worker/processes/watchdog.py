"""Connect a child to its supervisor by a socket: it carries the child's heartbeats, and end of file means that the child has to exit."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable


class Watchdog:
    """The child's end of the socket, inherited as its standard input.

    The end of file means that the supervisor is gone, however it ended: the child gets SIGTERM, and is
    killed with its whole process group where it has not exited within `grace` seconds. `last` is called just before that.
    """

    def __init__(self, end: socket.socket, grace: float, last: Callable[[], None] = lambda: None) -> None:
        self._end = end
        self._end.setblocking(False)
        self._grace = grace
        self._last = last
        self.cut = threading.Event()
        """Set when the supervisor is gone."""

    @classmethod
    def of_stdin(cls, grace: float, last: Callable[[], None] = lambda: None) -> Watchdog:
        """The socket that the supervisor gave this process as standard input."""
        return cls(socket.socket(fileno=os.dup(0)), grace, last)

    def watch(self) -> None:
        """Begins to wait for the end of file, on a thread of its own."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def pulse(self) -> None:
        """Sends a heartbeat: progress was made. Never blocks, also where the supervisor does not read."""
        with contextlib.suppress(OSError):
            self._end.send(b".")

    def _watch(self) -> None:
        watching = self._end.dup()
        watching.setblocking(True)
        with contextlib.suppress(OSError):
            watching.recv(1)
        self.cut.set()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(self._grace)
        try:
            self._last()
        finally:
            os.killpg(os.getpgid(0), signal.SIGKILL)


class StopSignal(threading.Event):
    """An event that loops check every round; each check sends a heartbeat, since it shows that the loop goes on.

    `set` may be called by a signal handler. Event's own `set` may not: where the signal arrives while the
    main thread is about to wait, the thread holds the lock that `set` needs, and the process hangs for ever.
    """

    def __init__(self, pulse: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._pulse = pulse
        self._is_set = False
        self._reader, self._writer = socket.socketpair()

    def set(self) -> None:
        self._is_set = True
        self._writer.send(b".")

    def is_set(self) -> bool:
        self._pulse()
        return self._is_set

    def wait(self, timeout: float | None = None) -> bool:
        self._pulse()
        select.select([self._reader], [], [], timeout)
        return self._is_set

    def close(self) -> None:
        """Closes its sockets."""
        self._reader.close()
        self._writer.close()
