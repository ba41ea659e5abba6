"""Keep a deadline on the monotonic clock, which nobody can set."""

from __future__ import annotations

import time
from dataclasses import dataclass

from worker.errors import ItemFailed
from worker.reasons import Reason


@dataclass(frozen=True, slots=True)
class Deadline:
    """An end on the monotonic clock, and what is said when it is missed."""

    end: float
    what: str

    @classmethod
    def after(cls, seconds: float, what: str) -> Deadline:
        """The deadline `seconds` from now."""
        return cls(time.monotonic() + seconds, what)

    def within(self, seconds: float, what: str) -> Deadline:
        """A shorter deadline inside this one; this one's where it comes first."""
        inner = Deadline.after(seconds, what)
        return inner if inner.end < self.end else self

    def remaining(self) -> float:
        """Seconds left, never none; raises ItemFailed(TIMEOUT) when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> ItemFailed:
        """The failure that missing it is."""
        return ItemFailed(Reason.TIMEOUT, self.what)
