"""The supervisor keeps every process running, and takes all of them along when it goes, however it goes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from worker.config import Settings
from worker.errors import UsageError
from worker.processes import supervisor
from worker.processes.child import FIRST_DELAY
from worker.processes.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
PARTS = Path(__file__).parent / "parts"
PATIENCE = 60.0


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return replace(Settings(), data_dir=tmp_path / "data", stop_grace=3.0)


@contextmanager
def supervised(settings, tmp_path, *roles, patience=PATIENCE):
    with Supervisor(settings, roles=roles, program=(sys.executable, str(PARTS / "role.py"), str(tmp_path)), patience=patience) as line:
        yield line


def pids(tmp_path, role) -> list[int]:
    file = tmp_path / role
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def look_until(line, true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        line.look()
        time.sleep(0.05)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_was_killed_is_started_again(settings, tmp_path):
    with supervised(settings, tmp_path, "keeper") as line:
        # Given
        look_until(line, lambda: pids(tmp_path, "keeper"))
        os.kill(pids(tmp_path, "keeper")[0], signal.SIGKILL)
        # When, then
        look_until(line, lambda: len(pids(tmp_path, "keeper")) == 2)


def test_what_crashes_at_once_is_started_ever_more_slowly(settings, tmp_path):
    with supervised(settings, tmp_path, "crash") as line:
        # When
        look_until(line, lambda: len(pids(tmp_path, "crash")) == 3)
        # Then
        assert line.children["crash"].delay >= FIRST_DELAY * 4


def test_what_makes_no_progress_is_ended_and_started_again(settings, tmp_path):
    with supervised(settings, tmp_path, "still", patience=1.0) as line:
        look_until(line, lambda: len(pids(tmp_path, "still")) == 2)
        assert not running(pids(tmp_path, "still")[0])


def test_a_stopped_process_is_a_standstill_and_a_busy_one_is_not(settings, tmp_path):
    with supervised(settings, tmp_path, "busy", "other", patience=2.0) as line:
        # Given
        look_until(line, lambda: pids(tmp_path, "busy") and pids(tmp_path, "other"))
        os.kill(pids(tmp_path, "other")[0], signal.SIGSTOP)
        # When
        look_until(line, lambda: len(pids(tmp_path, "other")) == 2)
        # Then
        assert len(pids(tmp_path, "busy")) == 1


def test_what_a_dead_child_left_in_its_group_is_ended_too(settings, tmp_path):
    with supervised(settings, tmp_path, "parent") as line:
        # Given
        look_until(line, (tmp_path / "grandchild").exists)
        wait_until((tmp_path / "grandchild").read_text)
        grandchild = int((tmp_path / "grandchild").read_text())
        os.kill(pids(tmp_path, "parent")[0], signal.SIGKILL)
        # When
        look_until(line, lambda: len(pids(tmp_path, "parent")) == 2)
        # Then
        wait_until(lambda: not running(grandchild))


def test_stopping_asks_first_and_kills_what_does_not_listen(settings, tmp_path):
    # Given
    with supervised(settings, tmp_path, "keeper", "deaf") as line:
        look_until(line, lambda: pids(tmp_path, "keeper") and pids(tmp_path, "deaf"))
    # Then
    assert (tmp_path / "keeper.left").exists()
    assert not running(pids(tmp_path, "deaf")[0])


def test_a_killed_server_of_the_queues_comes_back_at_the_same_place(settings, tmp_path):
    with supervised(settings, tmp_path, "keeper") as line:
        # Given
        before, url = line.server.pid, line.server.url
        os.kill(before, signal.SIGKILL)
        # When
        look_until(line, lambda: line.server.pid != before and line.server.alive())
        # Then
        assert line.server.url == url


def test_a_server_that_hangs_or_lost_its_socket_is_started_again_at_the_same_place(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LOOK_AT_QUEUES", 0.1)
    with supervised(settings, tmp_path, "busy", patience=3.0) as line:
        # Given
        before, url = line.server.pid, line.server.url
        os.kill(before, signal.SIGSTOP)
        shutil.rmtree(Path(url.removeprefix("unix://")).parent)
        # When
        look_until(line, lambda: line.server.pid != before and line.server.alive())
        # Then
        assert line.server.url == url
        assert not running(before)


def test_a_second_one_on_the_same_folder_is_refused(settings, tmp_path):
    with (
        supervised(settings, tmp_path, "keeper"),
        pytest.raises(UsageError, match="in use by process"),
        supervised(settings, tmp_path, "keeper"),
    ):
        pass


def test_a_killed_supervisor_leaves_no_child_behind(settings, tmp_path):
    # Given
    program = f"""
import threading
from dataclasses import replace
from pathlib import Path
from worker.config import Settings
from worker.processes.supervisor import Supervisor
settings = replace(Settings(), data_dir=Path({str(settings.data_dir)!r}))
with Supervisor(settings, roles=("keeper", "deaf"), program=({sys.executable!r}, {str(PARTS / "role.py")!r}, {str(tmp_path)!r})) as line:
    line.watch(threading.Event())
"""
    run = subprocess.Popen([sys.executable, "-c", program])
    wait_until(lambda: pids(tmp_path, "keeper") and pids(tmp_path, "deaf"))
    # When
    run.kill()
    run.wait()
    # Then
    wait_until(lambda: not running(pids(tmp_path, "keeper")[0]) and not running(pids(tmp_path, "deaf")[0]))
    # And a second one takes over, the old server's folder included
    with supervised(settings, tmp_path, "busy") as line:
        look_until(line, lambda: pids(tmp_path, "busy"))
