"""Limit the CPU and memory of a block of code in this process: where it exceeds one, the block raises and the process lives on.

Python raises between two of its own steps only. A block that goes on using CPU inside a library is ended by the kernel, with
its process.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from worker.errors import PressmarkError
from worker.sandbox.limits import STATM, own_cpu

GRACE = 2.0
"""Seconds of CPU beyond the limit after which the kernel ends the process: longer than any single step of a library takes on a text."""


class OverBudget(PressmarkError):
    """The block used more CPU than it may."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one block may use; a timer of CPU time (setitimer(2)) and a limit of the address space keep it within that.

    Signals reach the main thread alone: in any other thread only the memory is limited.
    """

    cpu: float
    """Seconds of CPU of this process."""
    memory: int
    """Bytes beyond what the process uses where the block begins."""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Raises OverBudget or MemoryError inside the block that exceeds it."""
        with _cpu_limited(self.cpu), _memory_limited(self.memory):
            yield


@contextmanager
def _cpu_limited(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(*_: object) -> None:
        raise OverBudget(f"used more than {seconds:g} s of CPU")

    before = signal.signal(signal.SIGPROF, over)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (_lower(own_cpu() + seconds + GRACE, soft, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _lower(limit: float, *others: int) -> int:
    """The lowest of these limits, in whole units."""
    return min([math.ceil(limit), *(bound for bound in others if bound != resource.RLIM_INFINITY)])


@contextmanager
def _memory_limited(size: int) -> Iterator[None]:
    """Where the address space cannot be measured (macOS), it is not limited either."""
    if not STATM.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = int(STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") + size
    resource.setrlimit(resource.RLIMIT_AS, (_lower(limit, soft, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
