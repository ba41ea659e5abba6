"""`up` as its user meets it: other servers, a second call, folders that cannot be used, and an end that leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.running_service import Process, descendants, serving
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

PATIENCE = 90.0
ROOT = Path(__file__).resolve().parents[2]


def wait_until(true, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def lives(process: Process) -> bool:
    """Whether it runs still: its number may have gone to another process since, and one that has ended has no command."""
    try:
        return Process.of(process.pid).command == process.command
    except (FileNotFoundError, ProcessLookupError):
        return False


def up_briefly(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """`up` where it is expected to refuse."""
    told = {**os.environ, "PRESSMARK_DATA_DIR": str(folder), **environ}
    return subprocess.run([sys.executable, "-m", "worker", "up"], env=told, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("redis_server", ["redis-server"], indirect=True)
def test_the_same_line_runs_on_a_named_redis_and_postgresql(tmp_path, redis_server, postgres_server):
    # Given
    servers = {"PRESSMARK_REDIS_URL": redis_server.url, "PRESSMARK_DATABASE_URL": postgres_server.new_database()}
    with serving(pages(40)) as site, RunningService(tmp_path, {**site.settings(), **servers}) as line:
        line.up()
        # When
        line.enqueue(site.urls())
        line.until(lambda: line.settled() >= 40, PATIENCE)
        # Then
        told = line.queues()
        assert told["ledger"]["stored"] == 40
        assert told["balanced"] is True
        assert line.pids("server") == []
        assert line.down() == 0


def test_a_second_up_on_the_folder_is_refused_and_the_first_goes_on(tmp_path):
    # Given
    with RunningService(tmp_path, {}) as line:
        line.up()
        # When
        second = up_briefly(tmp_path / "data")
        # Then
        assert second.returncode == 2
        assert f"in use by process {line.process.pid}" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        assert line.down(signal.SIGINT) == 130


def test_when_everything_works_one_line_says_so_and_what_it_says_to_type_works(tmp_path):
    # Given a host that is at no public address
    with RunningService(tmp_path, {"PRESSMARK_RESOLVE": "a.test=127.0.0.1"}) as line:
        begun = time.time()
        line.begin()
        # When
        wait_until(lambda: "pressmark is ready" in line.log.read_text())
        # Then
        assert line.roles_since(begun) >= {"dispatcher", "fetch", "label", "keeper"}
        [told] = [row for row in line.log.read_text().splitlines() if "ready" in row]
        assert told.startswith(
            "pressmark is ready: 1 dispatcher, 1 fetch worker, 1 label worker, 1 keeper, 1 dashboard; in another terminal: "
        )
        command = told.partition("in another terminal: ")[2].replace(
            "pressmark enqueue URL", "$PYTHON -m worker enqueue http://a.test/1 --json"
        )
        shell = {"PATH": os.environ["PATH"], "PYTHON": sys.executable}
        done = subprocess.run(["bash", "-c", command], env=shell, cwd=ROOT, capture_output=True, text=True, check=True)
        assert '"state": "accepted"' in done.stdout
        # And the page that fails is logged once, with its fields
        line.until(lambda: line.settled() == 1, PATIENCE)
        [failed] = [row for row in line.log.read_text().splitlines() if "page refused" in row]
        assert failed.endswith(" item=1 host=a.test:80 stage=fetch reason=private-address url=http://a.test/1")
        assert line.down() == 0


def test_among_json_logs_the_line_is_json_too(tmp_path):
    with RunningService(tmp_path, {"PRESSMARK_LOG_FORMAT": "json"}) as line:
        line.begin()
        wait_until(lambda: "pressmark is ready" in line.log.read_text())
        assert all(json.loads(row)["message"] for row in line.log.read_text().splitlines())
        assert line.down() == 0


def test_a_folder_that_cannot_be_made_is_one_line_and_exit_3(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = up_briefly(tmp_path / "file" / "data")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_a_redis_that_is_not_there_does_not_keep_up_from_starting(tmp_path):
    # Given: the ledger takes URLs while Redis is away, so its processes wait for it
    with RunningService(tmp_path, {"PRESSMARK_REDIS_URL": f"unix://{tmp_path}/nobody.sock"}) as line:
        line.begin()
        # When
        wait_until(lambda: "starting in" in line.log.read_text())
        time.sleep(3)
        # Then
        assert line.process.poll() is None
        assert "ready" not in line.log.read_text()
        assert "Traceback" not in line.log.read_text()
        assert line.down() == 0


def test_a_killed_up_leaves_nothing_running_not_even_its_server(tmp_path):
    # Given
    with RunningService(tmp_path, {"PRESSMARK_STOP_GRACE": "2"}) as line:
        line.up()
        before = descendants(line.process.pid)
        assert len(before) >= 5
        # When
        line.process.kill()
        line.process.wait()
        # Then
        end = time.monotonic() + PATIENCE
        while left := [process for process in before if lives(process)]:
            assert time.monotonic() < end, left
            time.sleep(0.1)


@pytest.mark.soak
def test_a_worker_that_hangs_is_ended_and_its_pages_are_read_by_the_next(tmp_path):
    # Given: patience of 1 + 1 + 20 s
    quick = {"PRESSMARK_TOTAL_TIMEOUT": "1", "PRESSMARK_PARSE_TIMEOUT": "1", "PRESSMARK_LEASE": "30"}
    with serving(pages(100, delay=0.1)) as site, RunningService(tmp_path, {**site.settings(), **quick}) as line:
        line.up()
        os.kill(line.pids("fetch")[0], signal.SIGSTOP)
        # When
        line.enqueue(site.urls())
        # Then
        line.until(lambda: line.settled() == 100, 180)
        assert "made no progress" in line.log.read_text()
        assert line.queues()["ledger"]["stored"] == 100
        assert line.down() == 0


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"PRESSMARK_WEBHOOK_SECRET": "a-secret-of-this-test", "PRESSMARK_WEBHOOK_SEARCH": "topic=tpyo"}, "expected one of border_dispute"),
        ({}, "PRESSMARK_WEBHOOK_SECRET: expected a secret"),
    ],
)
def test_a_webhook_that_cannot_be_sent_to_ends_it_with_one_line_before_anything_runs(tmp_path, setting, said) -> None:
    done = up_briefly(tmp_path / "data", PRESSMARK_WEBHOOK_URL="https://desk.example/", **setting)
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if said in line] == done.stderr.splitlines()[-1:]
    assert "exited with" not in done.stderr
