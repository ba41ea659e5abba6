"""Issue 10, point 12: small breaches: an overlong URL, a take-down that a requeue revives, and programs that TERM does not end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.attack.parts.commands import environment, pressmark
from tests.attack.parts.redis_servers import FailingRedis

# URLs --------------------------------------------------------------------------------------------

LONG_URL = "http://press.test/" + "a" * 9000
"""Longer than the 8,000 characters that a URL may have, and than the name of any file."""


def test_try_refuses_an_overlong_url_as_bad(tmp_path):
    done = pressmark(tmp_path, "try", LONG_URL, "--json")
    assert done.code == 2, done.err
    assert len(done.err.splitlines()) == 1
    assert (done.json["outcome"], done.json["reason"]) == ("refused", "bad-url")


def test_try_says_in_one_line_that_an_overlong_word_is_neither_url_nor_file(tmp_path):
    done = pressmark(tmp_path, "try", "a" * 9000, "--json")
    assert done.is_one_line_and_exit_2(), done.err


@pytest.mark.parametrize("words", [("trace",), ("enqueue",), ("dead", "show"), ("forget",)], ids=" ".join)
def test_other_commands_refuse_an_overlong_url(tmp_path, words):
    assert pressmark(tmp_path, "enqueue", "http://press.test/known").code == 0
    done = pressmark(tmp_path, *words, LONG_URL)
    assert done.code == 2, done.told
    assert "Traceback" not in done.err


# Take-downs --------------------------------------------------------------------------------------


@pytest.fixture
def forgotten(tmp_path: Path) -> Path:
    """An installation whose one URL was accepted and taken down."""
    assert pressmark(tmp_path, "enqueue", "http://press.test/taken-down").code == 0
    assert pressmark(tmp_path, "forget", "http://press.test/taken-down").code == 0
    return tmp_path


def test_a_requeue_does_not_revive_what_was_forgotten(forgotten):
    # When
    done = pressmark(forgotten, "dead", "requeue", "--yes", "--json")
    # Then
    ledger = pressmark(forgotten, "queues", "--json").json["ledger"]
    assert ledger["waiting"] == 0, ledger
    assert done.json == {"requeued": 0}


def test_what_was_forgotten_is_refused_and_not_dead(forgotten):
    assert pressmark(forgotten, "dead", "list", "--json").out == ""
    ledger = pressmark(forgotten, "queues", "--json").json["ledger"]
    assert (ledger["refused"], ledger["dead"]) == (1, 0)


# Signals -----------------------------------------------------------------------------------------

ENDS_WITHIN = 60.0
"""Seconds: one that ends needs a second, one that does not would stay for the ten minutes of its question."""
CELERY = (sys.executable, "-m", "celery", "-A", "worker.celery_app")


def test_a_question_to_workers_is_answered_at_once_because_they_take_no_commands(tmp_path, redis_server: FailingRedis):
    # When
    done = subprocess.run(
        [*CELERY, "inspect", "active", "--timeout", "600"],
        env=environment(tmp_path, {"PRESSMARK_REDIS_URL": redis_server.url}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    # Then
    assert "No nodes replied" in done.stderr
    assert done.returncode == 69, done.stderr


def test_term_ends_celerys_own_dump_of_events_while_our_app_is_loaded(tmp_path, redis_server: FailingRedis):
    # Given
    settings = {"PRESSMARK_REDIS_URL": redis_server.url}
    words = [*CELERY, "events", "--dump"]
    process = subprocess.Popen(words, env=environment(tmp_path, settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with redis_server.client() as client:
            connected_by(client, time.monotonic() + 60)
        # When
        process.send_signal(signal.SIGTERM)
        # Then
        assert ended(process), f"celery events lives {ENDS_WITHIN:.0f} s after TERM"
    finally:
        process.kill()
        process.wait()


def connected_by(client, end: float) -> None:
    """Waits until the program is connected to Redis: it runs by then."""
    while len(client.client_list()) < 2:
        assert time.monotonic() < end
        time.sleep(0.2)
    time.sleep(2)


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ends in time."""
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        return False
    return True
