"""A block that exceeds its CPU raises; one that never gets back to Python is ended with its process."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import time

import pytest

from worker.celery_app import configuration
from worker.config import Settings
from worker.sandbox import budget
from worker.sandbox.budget import Budget, OverBudget
from worker.sandbox.limits import own_cpu

MEMORY = 1 << 28


def spin() -> None:
    while True:
        pass


def spend(seconds: float) -> None:
    """Uses so much CPU by the kernel's ticks, which are fewer than the time that ran where others want the processor, too."""
    end = own_cpu() + seconds
    while own_cpu() < end:
        pass


def test_a_block_that_uses_up_its_cpu_raises_and_the_process_lives_on_without_limits():
    before = resource.getrlimit(resource.RLIMIT_CPU)
    with pytest.raises(OverBudget), Budget(0.2, MEMORY).kept():
        spin()
    assert resource.getrlimit(resource.RLIMIT_CPU) == before


def test_a_block_that_waits_for_the_machine_exceeds_nothing():
    with Budget(0.2, MEMORY).kept():
        time.sleep(1.0)


def test_a_block_that_never_gets_back_to_python_is_ended_by_the_kernel(monkeypatch):
    # Given: a library that takes an hour, within one call
    monkeypatch.setattr(budget, "GRACE", 0.0)
    child = os.fork()
    if child == 0:
        with Budget(0.2, MEMORY).kept():
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
        os._exit(0)
    # When
    _, status = os.waitpid(child, 0)
    # Then
    assert os.waitstatus_to_exitcode(status) == -signal.SIGXCPU


def test_the_limit_of_the_kernel_is_reckoned_by_the_clock_that_the_kernel_reads(monkeypatch):
    # Given: a process for which getrusage counts less CPU than the kernel's ticks do, as with many threads
    monkeypatch.setattr(budget, "GRACE", 0.5)
    child = os.fork()
    if child == 0:
        spend(2.0)
        monkeypatch.setattr(resource, "getrusage", lambda _: resource.struct_rusage([0.0] * 16))
        # When: a block that stays within its budget, so long that some ticks fall into it
        with Budget(1.0, MEMORY).kept():
            spend(0.2)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    # Then
    assert os.waitstatus_to_exitcode(status) == 0


def test_no_clock_on_the_wall_limits_a_task():
    told = configuration(Settings(redis_url="redis://127.0.0.1:1/0"))
    assert (told["task_time_limit"], told["task_soft_time_limit"]) == (None, None)
