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
LOOK = 0.5
"""Seconds between two checks whether the others are done."""
WAITING = 200
"""Pages of each of the two kinds that may wait; then fetching waits, too. `waiting_pages` bounds their bytes."""

Parse = Callable[[], None]


class ParseQueue:
    """Pages that wait for a parse process. May be called from many threads.

    `in_hand` tells how many items the worker has, those that wait here included.
    """

    def __init__(self, in_hand: Callable[[], int], stopping: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._in_hand = in_hand
        self._stopping = stopping
        self._clock = clock
        self._ordinary: deque[Parse] = deque()
        self._large: deque[tuple[float, Parse]] = deque()
        self._parsing_large = 0
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
            self._changed.notify()

    def run_next(self) -> None:
        """Runs what has its turn; called once for each `add`, and waits where only large pages are left whose turn has not come."""
        parse, large = self._take()
        try:
            parse()
        finally:
            self._places[large].release()
            with self._changed:
                self._parsing_large -= large
                self._changed.notify_all()

    def _take(self) -> tuple[Parse, bool]:
        with self._changed:
            while True:
                if self._large and self._may_begin_large():
                    self._parsing_large += 1
                    return self._large.popleft()[1], True
                if self._ordinary:
                    return self._ordinary.popleft(), False
                self._changed.wait(LOOK)

    def _may_begin_large(self) -> bool:
        """Whether the first large page has waited long enough, one at a time, or nothing else is in hand."""
        if self._stopping.is_set() or self._in_hand() <= len(self._large) + self._parsing_large:
            return not self._ordinary
        return not self._parsing_large and self._clock() - self._large[0][0] >= LARGE_WAITS
