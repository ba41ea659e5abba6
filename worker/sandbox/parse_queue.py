"""Decide which fetched page is parsed next: ordinary pages as they came, very large ones when the others have had their turn."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

LARGE = 2 * 1024 * 1024
"""Bytes of a body from which a page waits for the others: two of the 1,526 shared pages are larger, and five megabytes of
sentences take as much CPU as forty ordinary pages."""
LARGE_WAITS = 30.0
"""Seconds that it waits for them at most: with the 80 within which it was fetched, its message still ends inside its lease."""
QUIET = 1.0
"""Seconds for which nothing else must have been in hand: the next message comes within two ticks of the dispatcher, 0.5 s each,
and would find every parse process taken for three seconds."""
REST = 6.0
"""How many times as long as the last large page took the next one waits while others are in hand: with one parse process the
large ones take a seventh of its time, with two a fourteenth; a fifth is the most that they may cost the others."""
LOOK = 0.5
"""Seconds between two checks whether the others are done."""
WAITING = 200
"""Pages of each of the two kinds that may wait; then fetching waits, too. `waiting_pages` bounds their bytes."""

Parse = Callable[[], None]


class ParseQueue:
    """Pages that wait for one of `processes` parse processes. May be called from many threads.

    `others` tells how many items the worker has in hand that are no large pages, those that wait here included.
    """

    def __init__(
        self, others: Callable[[], int], processes: int, stopping: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._others = others
        self._stopping = stopping
        self._large_at_once = max(1, processes - 1)
        """Large pages that are parsed at a time: the next message finds a process that is free."""
        self._clock = clock
        self._ordinary: deque[Parse] = deque()
        self._large: deque[tuple[float, Parse]] = deque()
        self._parsing_large = 0
        self._next_large_at = float("-inf")
        """When a large page may begin although others are in hand."""
        self._busy_at = float("-inf")
        """When other pages than large ones were last seen in hand."""
        self._changed = threading.Condition()
        self._places = {False: threading.Semaphore(WAITING), True: threading.Semaphore(WAITING)}

    def add(self, parse: Parse, size: int) -> None:
        """Keeps it until its turn; waits while too many of its kind do. `size` is that of the page's body in bytes."""
        self._places[size >= LARGE].acquire()
        with self._changed:
            if size >= LARGE:
                self._large.append((self._clock(), parse))
            else:
                self._ordinary.append(parse)
                self._busy_at = self._clock()
            self._changed.notify()

    def run_next(self) -> None:
        """Runs what has its turn; called once for each `add`, and waits where only large pages are left whose turn has not come."""
        parse, large = self._take()
        begun = self._clock()
        try:
            parse()
        finally:
            self._places[large].release()
            with self._changed:
                if large:
                    self._parsing_large -= 1
                    self._next_large_at = self._clock() + REST * (self._clock() - begun)
                self._changed.notify_all()

    def _take(self) -> tuple[Parse, bool]:
        with self._changed:
            while True:
                if self._large and self._may_begin_large():
                    self._parsing_large += 1
                    return self._large.popleft()[1], True
                if self._ordinary:
                    self._busy_at = self._clock()
                    return self._ordinary.popleft(), False
                self._changed.wait(LOOK)

    def _may_begin_large(self) -> bool:
        """Whether nothing else has been in hand for a while, or the first large page has waited long enough; then one at a time,
        and with a rest after each.
        """
        if self._stopping.is_set():
            return not self._ordinary
        now = self._clock()
        if self._others() > 0:
            self._busy_at = now
        if now - self._busy_at >= QUIET:
            return self._parsing_large < self._large_at_once
        return not self._parsing_large and now >= max(self._large[0][0] + LARGE_WAITS, self._next_large_at)
