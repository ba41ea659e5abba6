"""Limit the CPU, memory and wall-clock time that a parse child may spend on one page; explain how a child ended.

The kernel enforces all three limits, so that they hold inside C code, and after the parent was killed.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import time
from pathlib import Path

from worker.config import Settings

STATM = Path("/proc/self/statm")
"""Memory in use, in pages (proc(5)). Where it is missing (macOS), the kernel does not enforce RLIMIT_AS either."""

KERNEL_CLOCK = -8
"""Linux's number for the clock of this process that RLIMIT_CPU is compared with, `(~0 << 3) | CPUCLOCK_PROF` (clock_getres(2)).

It counts whole ticks of the kernel, and getrusage(2) the time that was run: on a busy machine it was 1.7 s ahead after 55 s, in another
process 2 s behind after 120 s. A limit that is reckoned from getrusage can lie in the past of this clock, and ends the process at once.
"""

INTERVALS = 3
"""Wall-clock limits that a page may use up where its child gets CPU, but little: a machine three times overloaded still reads it."""


def address_space() -> int:
    """Bytes that this process has mapped; 0 where that cannot be known."""
    return int(STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where that cannot be known."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def limit_page(settings: Settings, timeout: float, at_start: int) -> None:
    """Sets this page's limits of CPU, address space and wall clock (`timeout` in seconds).

    A timer (setitimer(2)) keeps the CPU to hundredths of a second; RLIMIT_CPU, which counts whole seconds, stands behind it, where a
    library blocks the timer's signal. The address space is counted from what the process had mapped `at_start`, so that no page
    leaves the next one more.
    """
    signal.setitimer(signal.ITIMER_PROF, settings.parse_cpu)
    _set_soft(resource.RLIMIT_CPU, math.ceil(own_cpu() + settings.parse_cpu))
    if at_start:
        _set_soft(resource.RLIMIT_AS, at_start + settings.parse_memory)
    signal.alarm(math.ceil(timeout * INTERVALS) + 1)


def own_cpu() -> float:
    """Seconds of CPU that this process has used by the clock that RLIMIT_CPU is compared with."""
    try:
        return time.clock_gettime(KERNEL_CLOCK)
    except OSError:  # a system that has no such clock
        spent = resource.getrusage(resource.RUSAGE_SELF)
        return spent.ru_utime + spent.ru_stime


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used (proc(5)); 0 where that cannot be known."""
    try:
        spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def page_done() -> None:
    """Ends the limits of CPU and wall clock; all are set anew for the next page."""
    signal.alarm(0)
    signal.setitimer(signal.ITIMER_PROF, 0)


def no_core_dumps() -> None:
    """A crash on a page is expected here and leaves no file behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def explain_exit(code: int, settings: Settings) -> str:
    """Why a child with this exit code ended (negative: by that signal), for people."""
    used_up = f"used more than {settings.parse_cpu:g} s of CPU"
    known = {
        -signal.SIGPROF: used_up,
        -signal.SIGXCPU: used_up,
        -signal.SIGALRM: "gave no answer in time",
        -signal.SIGTERM: "the parser was ended from outside",
    }
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return known.get(code, f"the parser ended by {name}")


def _set_soft(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
