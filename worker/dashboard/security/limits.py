"""Count requests, wrong tokens and open streams by client address, and say who has to wait."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from worker.dashboard.security.answers import too_many

BODY = 5_000_000
"""Bytes of a request's body: 10,000 lines of URLs of 500 letters."""
BODY_DRAINED = 4 * BODY
"""Bytes that are read and thrown away: a client that is still sending when the connection closes never reads why."""
BODY_SECONDS = 30.0
"""Seconds in which a body has to arrive: a slow line sends 5 MB in them."""
WRONG_TRIES, WRONG_SECONDS = 5, 60.0
"""Five wrong tokens within a minute, from one address: nobody mistypes more, and a guesser gets 7,200 tries a day."""
REQUESTS, REQUEST_SECONDS = 2000, 10.0
"""Requests from one address: 200 a second, which one process can just answer."""
STREAMS, STREAMS_A_CLIENT = 50, 4
"""Open streams: each costs a task and a connection; hidden tabs close theirs."""
SILENT = 30.0
"""Seconds until a client that has its four streams may ask for another one."""
CLIENTS_KEPT = 10_000
"""Addresses that are remembered before those that were silent are forgotten."""


class Attempts:
    """How often something was tried within a stretch of time, by client address."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Seconds until the next try is heard; 0 where it is now."""
        with self._lock:
            times = self._recent(client)
            return max(0.0, times[0] + self._seconds - self._clock()) if len(times) >= self._most else 0.0

    def note(self, client: str) -> None:
        """Counts a try; forgets addresses that have been silent, so that many of them cannot fill the memory."""
        with self._lock:
            self._recent(client).append(self._clock())
            if len(self._times) > CLIENTS_KEPT:
                self._times = {name: times for name, times in self._times.items() if times and times[-1] > self._clock() - self._seconds}

    def _recent(self, client: str) -> deque[float]:
        times = self._times.setdefault(client, deque(maxlen=self._most))
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
        return times


class Streams:
    """The streams that are open, by client address."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def opened(self, client: str) -> Iterator[None]:
        """Counts one while it is open. Raises Refused where this client may not open another: many that ask at once are counted too."""
        with self._lock:
            if self._open.total() >= STREAMS or self._open[client] >= STREAMS_A_CLIENT:
                raise too_many(SILENT)
            self._open[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[client] -= 1
                self._open += Counter()  # drops zeros
