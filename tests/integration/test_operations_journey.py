"""The way of an installation as docs/upgrade.md, docs/back-up.md and docs/scale.md tell it, on PostgreSQL and Redis, in single processes.

An older version (of this repository's history) makes an installation and works on it. Then: backup, stop, migrate, start; two of every
process; a rolling restart under flow; a backup meanwhile, restored into another database; and the way back to the older version.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.running_service import Served, serving
from tests.conftest import ROOT, missing
from tests.integration.parts.press import article
from tests.integration.parts.servers import PostgresServer, RedisServer, postgres_binary, redis_binary
from worker.bootstrap import Services
from worker.config import load
from worker.storage.values import Balance

OLDER = "a4466a6"
"""A commit whose schema is 0009: before pages and revisions."""
PATIENCE = 300.0
ORDER = ("keeper", "dispatcher", "worker label", "worker fetch")
"""In which docs/upgrade.md restarts."""


@dataclass
class Installation:
    """A program's commands and processes on one database, one Redis and one data folder."""

    program: Path
    """The folder that holds the program's packages."""
    folder: Path
    settings: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """Of every process."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
        return {**ours, "PYTHONPATH": str(self.program), "PRESSMARK_DATA_DIR": str(self.folder), **self.settings}

    def call(self, *words: str, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
        """One command, which has to end with `code` and without a traceback."""
        words = ("-m", "worker", *words)
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environ,
            cwd=self.program,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, (words, done.returncode, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(self, role: str, number: int = 1) -> None:
        """One process."""
        with (self.folder.parent / f"{self.folder.name}-{role.replace(' ', '-')}-{number}.log").open("ab") as log:
            self.processes[f"{role} {number}"] = subprocess.Popen(
                [sys.executable, "-m", "worker", *role.split()], env=self.environ, cwd=self.program, stdout=log, stderr=log
            )

    def stop(self, role: str, number: int = 1) -> None:
        """SIGTERM; it leaves in good order. One that still imports has nothing to hand back, and is ended by the signal itself."""
        process = self.processes.pop(f"{role} {number}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM), (role, number)

    def end(self) -> None:
        """Whatever happened, nothing is left running."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    def lines(self, *words: str) -> list[dict[str, object]]:
        """The JSON lines of a command."""
        return [json.loads(line) for line in self.call(*words).stdout.splitlines()]

    def balance(self) -> Balance:
        """Counted, in this process: a command would burn a second of CPU each time. Of today's schema only."""
        with closing(Services(load(self.environ))) as services:
            return services.operator_ledger.balance()

    def until_settled(self, count: int) -> None:
        """Waits until so many items have ended."""
        end = time.monotonic() + PATIENCE
        while (counts := self.ledger())["stored"] + counts["duplicate"] + counts["refused"] + counts["dead"] < count:
            assert time.monotonic() < end, counts
            time.sleep(1)

    def ledger(self) -> dict[str, int]:
        """As `queues --json` has it."""
        told = json.loads(self.call("queues", "--json").stdout)
        assert told["balanced"] is True, told
        return dict(told["ledger"])


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the older version."""
    folder = tmp_path_factory.mktemp("older")
    made = subprocess.run(["git", "archive", OLDER, "worker", "classifier", "pressmark"], cwd=ROOT, capture_output=True, check=False)
    if made.returncode != 0:
        missing(f"history of this repository back to {OLDER}")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=made.stdout, check=True)
    return folder


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A real Redis."""
    binary = redis_binary("redis-server")
    if binary is None:
        missing("redis-server")
    server = RedisServer(binary)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL."""
    if postgres_binary("initdb") is None:
        missing("PostgreSQL")
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


def site_pages(count: int) -> dict[tuple[str, str], Served]:
    """Articles on twenty hosts; every tenth copies the one before it, every twenty-fifth is not there."""
    found = {}
    for number in range(count):
        body = article(number - 1 if number % 10 == 9 else number)
        found[f"h{number % 20}.test", f"/report/{number}.html"] = Served(body, status=404 if number % 25 == 24 else 200, delay=0.05)
    return found


class Watch:
    """Counts the ledger again and again, in a thread, and keeps what did not add up."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._over = threading.Event()
        self.looks = 0
        self.wrong: list[Balance] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.2):
            balance = self._installation.balance()
            self.looks += 1
            if not balance.balanced:
                self.wrong.append(balance)


def of_urls(rows: Sequence[Mapping[str, object]]) -> Counter[str]:
    """How often each address is among the rows."""
    return Counter(str(row["url"]) for row in rows)


@pytest.mark.soak
@pytest.mark.timeout(3 * PATIENCE)
def test_an_installation_is_upgraded_scaled_restarted_saved_and_taken_back(
    tmp_path: Path, older: Path, redis_url: str, postgres: PostgresServer
) -> None:
    with serving(site_pages(260)) as site:
        urls = site.urls()
        first, between, flow = urls[:80], urls[80:100], urls[100:]
        shared = {**site.settings(), "PRESSMARK_REDIS_URL": redis_url, "PRESSMARK_DATABASE_URL": postgres.new_database()}
        shared |= {"PRESSMARK_PARSE_PROCESSES": "1"}
        old = Installation(older, tmp_path / "data", shared)
        new = Installation(ROOT, tmp_path / "data", shared)
        copy_of_new = Installation(
            ROOT, tmp_path / "copy", {**shared, "PRESSMARK_DATABASE_URL": postgres.new_database(), "PRESSMARK_NAMESPACE": "copy"}
        )
        back = Installation(
            older, tmp_path / "back", {**shared, "PRESSMARK_DATABASE_URL": postgres.new_database(), "PRESSMARK_NAMESPACE": "back"}
        )
        try:
            # Given an older installation at work, with a host that is paused
            old.call("migrate")
            for role in ORDER:
                old.start(role)
            old.call("pause", "--host", "h7.test")
            old.call("enqueue", "-f", "-", "--job", "before", stdin="\n".join(first))
            old.until_settled(30)
            # When it is upgraded as docs/upgrade.md says
            old.call("backup", str(tmp_path / "before.zip"))
            for role in ORDER:
                old.stop(role)
            told = new.call("status", code=3).stderr
            assert "pressmark migrate" in told
            old.call("enqueue", "-f", "-", "--job", "between", stdin="\n".join(between))
            before = old.ledger()
            new.call("migrate")
            # Then nothing was lost by it, and the older program says in one line why it does no more
            assert new.ledger() == before
            assert "upgrade the program" in old.call("status", code=3).stderr
            # When two of everything run, under flow, and each is restarted in turn
            for role in ORDER:
                new.start(role, 1)
                new.start(role, 2)
            with Watch(new) as watch:
                feeder = Feeder(new, flow)
                feeder.start()
                new.call("resume", "--host", "h7.test")
                for role in ORDER:
                    for number in (1, 2):
                        new.stop(role, number)
                        new.start(role, number)
                        time.sleep(1)
                new.call("backup", str(tmp_path / "meanwhile.zip"))
                feeder.join()
                assert feeder.accepted == len(flow)
                new.until_settled(len(urls))
            # Then every look found the ledger balanced, every address ended once, and nothing is stored twice
            assert watch.looks > 10
            assert watch.wrong == []
            ended = new.lines("export", "--outcome", "all", "--format", "jsonl")
            assert of_urls(ended) == Counter(urls)
            assert all(
                row["outcome"] == ("dead" if int(str(row["url"]).rpartition("/")[2][:-5]) % 25 == 24 else row["outcome"]) for row in ended
            )
            texts = Counter(row["content_sha256"] for row in ended if row["outcome"] == "stored")
            assert set(texts.values()) == {1}
            new.call("doctor")
            # When the backup that was made meanwhile is restored on another database, and works on
            copy_of_new.call("restore", str(tmp_path / "meanwhile.zip"))
            held = copy_of_new.ledger()
            for role in ORDER:
                new.stop(role, 1)
                new.stop(role, 2)
                copy_of_new.start(role)
            copy_of_new.until_settled(held["accepted"])
            ended = copy_of_new.lines("export", "--outcome", "all", "--format", "jsonl")
            assert set(of_urls(ended).values()) == {1}
            assert copy_of_new.ledger()["accepted"] == held["accepted"] == len(ended)
            # When somebody goes back, as docs/upgrade.md says
            back.call("restore", str(tmp_path / "before.zip"))
            last = max(
                int(str(row["item_id"])) for row in new.lines("export", "--outcome", "all", "--format", "jsonl") if row["url"] in first
            )
            since = new.call("export", "--outcome", "all", "--after", str(last), "--format", "jsonl").stdout
            back.call("enqueue", "--format", "jsonl", "-f", "-", stdin=since)
            # Then the older version has every address again
            assert back.ledger()["accepted"] == len(urls)
        finally:
            for installation in (old, new, copy_of_new, back):
                installation.end()


class Feeder(threading.Thread):
    """Accepts addresses, fifty at a time."""

    def __init__(self, installation: Installation, urls: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self._installation, self._urls = installation, urls
        self.accepted = 0

    def run(self) -> None:
        """Until all are in, or a call fails."""
        for at in range(0, len(self._urls), 50):
            some = self._urls[at : at + 50]
            try:
                self._installation.call("enqueue", "-f", "-", "--job", "flow", stdin="\n".join(some))
            except AssertionError:  # 3, where the database was too busy for two seconds: nothing was accepted, and the call is made again
                self._installation.call("enqueue", "-f", "-", "--job", "flow", stdin="\n".join(some))
            self.accepted += len(some)
            time.sleep(1)
