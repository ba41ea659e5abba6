"""Socket between the supervisor and a child: carries heartbeats up; its end of file tells the child to exit."""

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
    """The child's end, inherited as its standard input.

    Its closing means that the supervisor is gone, however it ended: the child gets SIGTERM as if it
    had been sent by hand, and is killed with its whole process group where it has not left in time.
    """

    def __init__(self, end: socket.socket, grace: float) -> None:
        self._end = end
        self._end.setblocking(False)
        self._grace = grace
        self.cut = threading.Event()

    @classmethod
    def of_stdin(cls, grace: float) -> Watchdog:
        """The socket that the supervisor gave this process as standard input."""
        return cls(socket.socket(fileno=os.dup(0)), grace)

    def watch(self) -> None:
        """Begins to watch, on a thread of its own."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def pulse(self) -> None:
        """Tells that something was done. A supervisor that does not read is no reason to wait."""
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
        os.killpg(os.getpgid(0), signal.SIGKILL)


class StopSignal(threading.Event):
    """The wish to stop, which loops ask every round: being asked is the sign that a loop goes on.

    `set` may be called by a signal handler. Event's own `set` may not: where the signal comes while the
    main thread is about to wait, it holds the lock that `set` needs, and the process hangs for ever.
    """

    def __init__(self, pulse: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._pulse = pulse
        self._wished = False
        self._bell, self._ring = socket.socketpair()

    def set(self) -> None:
        self._wished = True
        self._ring.send(b".")

    def is_set(self) -> bool:
        self._pulse()
        return self._wished

    def wait(self, timeout: float | None = None) -> bool:
        self._pulse()
        select.select([self._bell], [], [], timeout)
        return self._wished

    def close(self) -> None:
        """Gives its sockets back."""
        self._bell.close()
        self._ring.close()
