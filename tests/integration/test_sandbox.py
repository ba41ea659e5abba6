"""Whatever a page does to its parser, it does to itself alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from worker.config import Settings
from worker.errors import ItemFailed, Unavailable
from worker.messages import Page
from worker.sandbox.child import PAGES_A_CHILD, ParseKilled
from worker.sandbox.pool import ParsePool

PARTS = Path(__file__).parent / "parts"


@pytest.fixture
def pool(monkeypatch):
    """Two children that obey hostile pages, with small limits."""
    monkeypatch.syspath_prepend(str(PARTS))
    import hostile

    settings = replace(Settings(), parse_processes=2, parse_cpu=1.0, parse_timeout=60.0, parse_memory=256 << 20)
    pool = ParsePool(settings, hostile.read)
    yield pool
    pool.close()


def page(deed: str) -> Page:
    return Page(url="http://a.test/", final_url="http://a.test/", status=200, body=deed.encode(), opt_outs=("tdm-reservation: 1",))


def pid_of(pool: ParsePool) -> int:
    return int(pool.links("feed", page("good")).urls[1])


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("spin", "CPU"),
        ("kill", "SIGKILL"),
        ("eat", "memory"),
        ("abort", "SIGABRT"),
        ("recurse", "RecursionError"),
    ],
)
def test_a_page_that_ends_its_child_is_struck_and_the_next_page_is_read(pool, deed, told):
    # When
    with pytest.raises(ParseKilled, match=told):
        pool.links("feed", page(deed))
    # Then
    assert pool.links("feed", page("good")).urls[0] == "good"


def test_a_page_whose_child_uses_no_cpu_is_not_struck_and_the_next_page_is_read(pool):
    # When
    with pytest.raises(ItemFailed, match="the machine gave the parser too little CPU"):
        pool.links("feed", page("hang"), timeout=2.0)
    # Then
    assert pool.links("feed", page("good")).urls[0] == "good"


def test_hostile_pages_are_struck_and_their_neighbours_live(pool):
    # Given: hostile pages among good ones, from more threads than there are children
    deeds = ["kill", "good", "eat", "good", "spin", "good", "good", "refuse", "good", "abort", "good", "good"]

    def verdict(deed: str) -> str:
        try:
            return pool.links("feed", page(deed)).urls[0]
        except ParseKilled:
            return "struck"
        except ItemFailed as failed:
            return str(failed.reason)

    # When
    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(verdict, deeds))
    # Then
    expected = {"good": "good", "refuse": "no-text"}
    assert verdicts == [expected.get(deed, "struck") for deed in deeds]


def test_a_child_killed_while_idle_costs_no_page_anything(pool):
    # Given
    former = pid_of(pool)
    os.kill(former, signal.SIGKILL)
    # When
    now = pid_of(pool)
    # Then
    assert now != former


def test_a_child_is_replaced_before_what_it_hoards_matters(pool):
    # Given
    first = pid_of(pool)
    # When
    pids = {pid_of(pool) for _ in range(PAGES_A_CHILD)}
    # Then
    assert first in pids
    assert len(pids) == 2


def test_a_child_leaves_when_its_parent_was_killed(tmp_path):
    # Given: a process with a pool whose child hangs in a page
    told = tmp_path / "pid"
    program = f"""
import os, sys, threading, time
sys.path[:0] = [{str(PARTS)!r}]
import hostile
from dataclasses import replace
from pathlib import Path
from worker.config import Settings
from worker.sandbox.pool import ParsePool
from worker.messages import Page
pool = ParsePool(replace(Settings(), parse_processes=1, parse_timeout=2.0), hostile.read)
page = lambda deed: Page(url="", final_url="", status=200, body=deed)
pid = pool.links("feed", page(b"good")).urls[1]
threading.Thread(target=lambda: pool.links("feed", page(b"hang"))).start()
time.sleep(0.5)
Path({str(told)!r}).write_text(pid)
os.kill(os.getpid(), 9)
"""
    # When
    subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    # Then
    child = int(told.read_text())
    until = time.monotonic() + 60
    while running(child) and time.monotonic() < until:
        time.sleep(0.1)
    assert not running(child)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_a_reader_that_cannot_read_a_sample_is_broken_itself_and_no_page_pays_for_it(monkeypatch):
    # Given
    monkeypatch.syspath_prepend(str(PARTS))
    import broken

    pool = ParsePool(replace(Settings(), parse_processes=1), broken.read)
    # When, then
    with pytest.raises(Unavailable, match="cannot read a sample"):
        pool.warm()
    with pytest.raises(Unavailable, match="cannot read a sample"):
        pool.links("feed", page("good"))


def test_a_long_folder_for_temporary_files_keeps_no_child_from_starting(tmp_path):
    # Given: longer than the path of a socket may be
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    program = """
from worker.config import Settings
from worker.sandbox.pool import ParsePool
if __name__ == "__main__":
    pool = ParsePool(Settings(parse_processes=1))
    pool.warm()
    pool.close()
    print("read")
"""
    # When
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True, timeout=60, check=False
    )
    # Then
    assert (done.stdout, done.stderr) == ("read\n", "")
