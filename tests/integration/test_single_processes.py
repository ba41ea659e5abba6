"""The processes one by one, as compose and clusters start them, Celery's own command among them."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest

from benchmarks.running_service import serving
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

PATIENCE = 120.0
CELERY = ("-m", "celery", "-A", "worker.celery_app", "worker")
FORKING = ("-P", "prefork", "-c", "2")
WORKER = ("-m", "worker")


@contextmanager
def running(line: RunningService, *words: str):
    """One process, stopped by SIGTERM; it has to leave in good order."""
    with line.log.open("ab") as log:
        process = subprocess.Popen([sys.executable, *words], env=line.environ, stdout=log, stderr=log)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, words
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("redis_server", ["valkey"], indirect=True)
@pytest.mark.parametrize(
    "workers",
    [
        ((*WORKER, "worker", "label"), (*CELERY, "-Q", "fetch")),
        ((*CELERY, "-Q", "label", "-n", "label@%h", *FORKING), (*CELERY, "-Q", "fetch", "-n", "fetch@%h", *FORKING)),
    ],
    ids=["fetch by Celery's command", "both by Celery's command, in forked children"],
)
def test_single_processes_and_celerys_own_command_make_a_line(tmp_path, redis_server, workers):
    with serving(pages(40)) as site, ExitStack() as processes:
        # Given
        line = RunningService(tmp_path, {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url})
        line.call("migrate")
        for words in ((*WORKER, "keeper"), *workers, (*WORKER, "dispatcher")):
            processes.enter_context(running(line, *words))
        # When
        line.enqueue(site.urls())
        line.until(lambda: line.settled() == 40, PATIENCE)
        # Then
        told = line.queues()
        assert told["ledger"]["stored"] == 40
        assert told["balanced"] is True
        assert [worker["alive"] for worker in told["workers"]] == [True] * 4
        assert {worker["name"].partition("@")[0] for worker in told["workers"]} >= {"dispatcher", "keeper"}


def test_a_single_process_without_any_redis_says_so_and_exits_3(tmp_path):
    line = RunningService(tmp_path, {})
    line.call("migrate")
    for words in (("worker",), ("worker", "label"), ("dispatcher",), ("keeper",)):
        done = subprocess.run([sys.executable, *WORKER, *words], env=line.environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 3, done.stderr
        assert "pressmark up" in done.stderr
        assert "Traceback" not in done.stderr
