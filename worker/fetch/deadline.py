"""Hold the moment by which something must have ended, on a clock that nobody can set."""

from __future__ import annotations

import time
from dataclasses import dataclass

from worker.errors import ItemFailed
from worker.reasons import Reason


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock, and the detail of the failure when it is missed."""

    end: float
    what: str

    @classmethod
    def after(cls, seconds: float, what: str) -> Deadline:
        """The deadline `seconds` from now."""
        return cls(time.monotonic() + seconds, what)

    def within(self, seconds: float, what: str) -> Deadline:
        """The deadline `seconds` from now, or this one where it is earlier."""
        inner = Deadline.after(seconds, what)
        return inner if inner.end < self.end else self

    def remaining(self) -> float:
        """Seconds left, always more than 0; raises ItemFailed(TIMEOUT) when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> ItemFailed:
        """The failure for a missed deadline."""
        return ItemFailed(Reason.TIMEOUT, self.what)
