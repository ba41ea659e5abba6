"""The watchdog tells of progress, and of the supervisor's end; the wish to stop may come from a signal handler."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

from worker.processes.watchdog import StopSignal, Watchdog

PATIENCE = 60.0


def test_a_pulse_reaches_the_supervisor_and_never_waits_for_it():
    # Given: a supervisor that does not read
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watchdog = Watchdog(theirs, grace=1.0)
        # When: more pulses than the socket holds
        for _ in range(100_000):
            watchdog.pulse()
        # Then
        assert ours.recv(4) == b"...."


def test_a_closed_socket_asks_the_process_to_leave_lets_it_do_one_thing_and_then_ends_it():
    # Given: a child that does not listen
    ours, theirs = socket.socketpair()
    program = """
import signal, time
from worker.processes.watchdog import Watchdog
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
Watchdog.of_stdin(grace=0.3, last=lambda: print("last", flush=True)).watch()
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""
    with theirs:
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdin=theirs.fileno(), stdout=subprocess.PIPE, text=True, start_new_session=True
        )
    assert child.stdout.readline() == "ready\n"
    # When
    ours.close()
    # Then
    assert child.stdout.readline() == "asked\n"
    assert child.stdout.readline() == "last\n"
    assert child.wait(PATIENCE) == -signal.SIGKILL
    child.stdout.close()


def test_every_question_for_the_wish_to_stop_is_a_pulse():
    # Given
    pulses = []
    stop = StopSignal(lambda: pulses.append(1))
    # When
    stop.wait(0.01)
    wished = stop.is_set()
    # Then
    assert not wished
    assert len(pulses) == 2
    stop.close()


def test_a_signal_that_comes_at_any_moment_of_the_wait_is_heard():
    # Given: a process that waits over and over, a signal at a time of its own choosing each round
    program = """
import os, signal, threading, time
from worker.processes.watchdog import StopSignal
for round in range(300):
    stop = StopSignal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Timer(0.0005, os.kill, (os.getpid(), signal.SIGTERM)).start()
    while not stop.wait(0.0001):
        pass
    stop.close()
"""
    # When, then
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


def test_a_wait_ends_as_soon_as_the_wish_comes():
    # Given
    stop = StopSignal()
    signal.signal(signal.SIGUSR1, lambda *_: stop.set())
    try:
        # When
        os.kill(os.getpid(), signal.SIGUSR1)
        begun = time.monotonic()
        heard = stop.wait(PATIENCE)
    finally:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    # Then
    assert heard
    assert time.monotonic() - begun < PATIENCE / 2
    stop.close()
