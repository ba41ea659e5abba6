"""Keep an eye on large pages that outlive their message, so that it frees its slot for others while they wait for their turn."""

from __future__ import annotations

import threading
from typing import Protocol

LOOK = 0.5
"""Seconds between two checks of the clock: half a percent of the time that an item may take."""


class Chunk(Protocol):
    """A message's items, of which only large pages are left."""

    @property
    def open(self) -> int:
        """Items that are not settled."""

    def is_late(self) -> bool:
        """Whether its leases end soon."""

    def return_open(self) -> None:
        """Returns what is not settled, to be sent again."""


class WaitingItems:
    """Chunks whose messages have ended. May be called from many threads; its own thread begins with the first chunk."""

    def __init__(self) -> None:
        self._chunks: set[Chunk] = set()
        self._changed = threading.Condition()
        self._watching = False

    def watch(self, chunk: Chunk) -> None:
        """Returns what of the chunk is not settled before its leases end."""
        with self._changed:
            self._chunks.add(chunk)
            self._changed.notify()
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="waiting-items", daemon=True).start()

    def finish(self, timeout: float) -> None:
        """Waits until every page is settled, at most `timeout` seconds, and returns the rest."""
        with self._changed:
            self._changed.wait_for(lambda: not self._drop_settled(), timeout)
            left = list(self._chunks)
        for chunk in left:
            chunk.return_open()

    def settled(self) -> None:
        """To be called when a chunk that is watched has become empty."""
        with self._changed:
            self._changed.notify_all()

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._drop_settled():
                    self._changed.wait()
                late = [chunk for chunk in self._chunks if chunk.is_late()]
                if not late:
                    self._changed.wait(LOOK)
            for chunk in late:
                chunk.return_open()

    def _drop_settled(self) -> int:
        """Forgets chunks that are settled; how many are left."""
        self._chunks = {chunk for chunk in self._chunks if chunk.open}
        return len(self._chunks)
