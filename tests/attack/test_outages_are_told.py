"""A6 and A10: whatever does not answer is reported within 5 s, by every command that reports, and by name.

Redis and PostgreSQL are frozen, SQLite is locked or cannot be written, a keeper and a dispatcher are stopped.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.running_service import serving
from tests.attack.parts.commands import TOLD_WITHIN, Done, pressmark
from tests.attack.parts.redis_servers import FailingRedis, running_redis
from tests.conftest import missing
from tests.integration.parts.press import pages
from tests.integration.parts.servers import PostgresServer, postgres_binary
from tests.integration.parts.service import RunningService
from tests.lab.net import can_unshare

URL = "https://press.test/2026/03/22/trade"
PATIENCE = 4 * TOLD_WITHIN
"""Seconds after which a call is killed: far beyond what is allowed, and short enough for a suite."""
REPORTS = ("status", "queues", "workers", "doctor")
"""Commands that must name a Redis that does not answer; the others need none."""
OTHERS = ("enqueue", "dead list", "jobs")
WORDS = {"enqueue": ("enqueue", URL)}


def called(folder: Path, command: str, **settings: str) -> Done:
    """One command, killed when it takes far too long."""
    return pressmark(folder, *WORDS.get(command, command.split()), settings=settings, patience=PATIENCE)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database and one accepted URL; to be copied."""
    folder = tmp_path_factory.mktemp("installation")
    assert called(folder, "enqueue").code == 0
    return folder


@pytest.fixture
def home(installation: Path, tmp_path: Path) -> Path:
    """A copy of that installation."""
    shutil.copytree(installation / "data", tmp_path / "data")
    return tmp_path


# Redis -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frozen_redis() -> Iterator[FailingRedis]:
    """A server that accepts connections and answers nothing."""
    with running_redis() as server, server.frozen():
        yield server


@pytest.mark.parametrize("command", REPORTS)
def test_a_frozen_redis_is_named_within_5_seconds(home, frozen_redis, command, figure):
    # When
    done = called(home, command, PRESSMARK_REDIS_URL=frozen_redis.url)
    # Then
    figure(f"{command}, frozen Redis, s", round(done.seconds, 1))
    assert done.code is not None, f"no answer within {PATIENCE:.0f} s"
    assert "Redis" in done.told
    assert "Traceback" not in done.told
    assert done.in_time


@pytest.mark.parametrize("command", OTHERS)
def test_commands_that_need_no_redis_do_not_wait_for_a_frozen_one(home, frozen_redis, command, figure):
    done = called(home, command, PRESSMARK_REDIS_URL=frozen_redis.url)
    figure(f"{command}, frozen Redis, s", round(done.seconds, 1))
    assert done.code == 0, done.told
    assert done.in_time


@pytest.mark.parametrize("command", [*REPORTS, *OTHERS])
def test_a_redis_that_is_gone_costs_no_time(home, tmp_path, command):
    done = called(home, command, PRESSMARK_REDIS_URL=f"unix://{tmp_path}/nobody.sock")
    assert command in OTHERS or "Redis" in done.told
    assert done.in_time


# SQLite ------------------------------------------------------------------------------------------


@pytest.fixture
def locked(home: Path) -> Iterator[Path]:
    """An installation whose database another process holds."""
    with closing(sqlite3.connect(home / "data" / "pressmark.sqlite", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield home


def test_enqueue_says_within_5_seconds_that_the_database_is_locked(locked, figure):
    done = pressmark(locked, "enqueue", "https://press.test/another", patience=60)
    figure("enqueue, locked SQLite, s", round(done.seconds, 1))
    assert done.code == 3
    assert len(done.err.splitlines()) == 1
    assert "lock" in done.err
    assert done.in_time


def names_the_database(done: Done) -> bool:
    """Whether a report says that something is wrong, and that it is the database."""
    lines = [line for line in done.told.splitlines() if "wrong" in line or "pressmark:" in line]
    return done.code not in (0, None) and any("database" in line for line in lines)


@pytest.mark.parametrize("command", ["status --check", "doctor"])
def test_a_locked_database_is_named_within_5_seconds(locked, command):
    done = called(locked, command)
    assert names_the_database(done), done.told
    assert done.in_time


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
"""Binds root too, which permissions do not; in a mount namespace that ends with the call."""


def without_writing(home: Path, what: str, command: str) -> Done:
    """One command while the database's file, or its folder, cannot be written."""
    if not can_unshare():
        missing("mount namespaces")
    place = home / "data" if what == "folder" else home / "data" / "pressmark.sqlite"
    inside = ("unshare", "-m", "sh", "-c", READ_ONLY, str(place))
    return pressmark(home, *WORDS.get(command, command.split()), inside=inside, patience=PATIENCE)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_enqueue_says_that_the_database_cannot_be_written(home, what):
    done = without_writing(home, what, "enqueue")
    assert done.code == 3, done.told
    assert len(done.err.splitlines()) == 1
    assert done.in_time


@pytest.mark.parametrize("command", ["status --check", "doctor"])
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_database_that_cannot_be_written_is_named(home, what, command):
    done = without_writing(home, what, command)
    assert names_the_database(done), done.told
    assert done.in_time


# PostgreSQL --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frozen_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated database whose server accepts connections and answers nothing."""
    if postgres_binary("postgres") is None or postgres_binary("initdb") is None:
        missing("postgresql")
    server = PostgresServer()
    server.start()
    try:
        url = server.new_database()
        assert called(tmp_path_factory.mktemp("migrated"), "migrate", PRESSMARK_DATABASE_URL=url).code == 0
        os.kill(server._process.pid, signal.SIGSTOP)
        yield url
        os.kill(server._process.pid, signal.SIGCONT)
    finally:
        server.stop()


@pytest.mark.parametrize("command", ["enqueue", "status", "queues", "doctor", "jobs"])
def test_a_frozen_postgresql_is_named_within_5_seconds(tmp_path, frozen_postgres, command, figure):
    done = called(tmp_path, command, PRESSMARK_DATABASE_URL=frozen_postgres)
    figure(f"{command}, frozen PostgreSQL, s", round(done.seconds, 1))
    assert "database" in done.told.lower()
    assert "Traceback" not in done.told
    assert done.in_time


@pytest.fixture
def busy_postgres(tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database in which to read the jobs or the ledger's counters takes half a minute."""
    if postgres_binary("postgres") is None or postgres_binary("initdb") is None:
        missing("postgresql")
    server = PostgresServer()
    server.start()
    try:
        url = server.new_database()
        assert called(tmp_path, "migrate", PRESSMARK_DATABASE_URL=url).code == 0
        engine = create_engine(url)
        with engine.begin() as connection:
            for table in ("jobs", "counters"):
                connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_kept"))
                connection.execute(text(f"CREATE VIEW {table} AS SELECT kept.* FROM {table}_kept AS kept, pg_sleep(30)"))  # noqa: S608 - our own names
        engine.dispose()
        yield url
    finally:
        server.stop()


def test_a_postgresql_that_is_too_busy_to_answer_is_named_within_5_seconds(tmp_path, busy_postgres, figure):
    for command in ("status", "queues", "jobs"):
        done = called(tmp_path, command, PRESSMARK_DATABASE_URL=busy_postgres)
        figure(f"{command}, busy PostgreSQL, s", round(done.seconds, 1))
        assert done.code == 3, done.told
        assert "statement timeout" in done.err
        assert len(done.err.splitlines()) == 1
        assert done.in_time


# Processes ---------------------------------------------------------------------------------------

NAMED_WITHIN = 15.0
"""Seconds: six beats of 2 s, and a report."""


ROLES = ("keeper", "dispatcher")


def test_stopped_processes_are_named_within_15_seconds_by_status_and_doctor(tmp_path):
    # Given: pages on their way
    with serving(pages(200, delay=0.2)) as site, RunningService(tmp_path, site.settings()) as service:
        service.up()
        service.enqueue(site.urls())
        service.until(lambda: service.settled() >= 20, 60)
        assert not silent(status(service))
        # When
        stopped = [service.pids(role)[0] for role in ROLES]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            # Then
            begun, kept_waiting = time.monotonic(), 0.0
            while len(told := silent(done := status(service))) < len(ROLES):
                kept_waiting += done.kept_waiting
                assert time.monotonic() - begun - kept_waiting < NAMED_WITHIN, f"of {ROLES}, which stand still, only {list(told)} are named"
                time.sleep(0.5)
            assert all(since is not None for since in told.values())
            checked = pressmark(service.folder, "status", "--check", settings=service.settings)
            examined = pressmark(service.folder, "doctor", "--json", settings=service.settings)
            for done in (checked, examined):
                assert done.code == 1
                assert all(f"No {role} has made progress" in done.told for role in ROLES)
        finally:
            for pid in stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def status(service: RunningService) -> Done:
    """What `status` says of it."""
    return pressmark(service.folder, "status", "--json", settings=service.settings)


def silent(done: Done) -> dict[str, str | None]:
    """Which of these roles `status` says to make no progress, and since when."""
    since = {problem["code"]: problem["since"] for problem in done.json["problems"] if problem["level"] == "wrong"}
    return {role: since[f"no-{role}"] for role in ROLES if f"no-{role}" in since}
