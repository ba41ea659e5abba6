"""Seconds that something took by itself: what a thread was ready to run and waited for a core does not count, for that is others' work."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path


def run_delay(pid: int) -> float:
    """Seconds that the threads of a process were ready to run and waited for a core; 0 for one that is gone."""
    waited = 0
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            waited += int((task / "schedstat").read_text().split()[1])
    return waited / 1e9


class Stopwatch:
    """Runs from its making; a limit of seconds may be held against it on a busy machine too."""

    def __init__(self) -> None:
        self._begun, self._waited = time.monotonic(), run_delay(os.getpid())

    @property
    def seconds(self) -> float:
        """Wall clock without the waits of this process for a core; threads that have ended take theirs along."""
        return time.monotonic() - self._begun - max(run_delay(os.getpid()) - self._waited, 0.0)
