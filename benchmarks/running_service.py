"""A whole Pressmark as its users run it: `up` in a folder of its own, with a loopback site to read from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from worker.bootstrap import Services
from worker.config import load
from worker.errors import Unavailable
from worker.processes.supervisor import ROLES

CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """One page of a loopback site."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    delay: float = 0.0
    """Seconds before the answer; infinite for a page that never answers."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside those of every answer, such as Retry-After."""


class Site(ThreadingHTTPServer):
    """Serves pages by host and path on one free port; `asked` counts the requests for each."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, pages: Mapping[tuple[str, str], Served]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.asked: Counter[tuple[str, str]] = Counter()
        self.over = threading.Event()

    def settings(self) -> dict[str, str]:
        """The environment in which this site is the world."""
        hosts = sorted({host for host, _ in self.pages})
        return {
            "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts),
            "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.1:{self.server_port}",
            "PRESSMARK_ALLOW_PORTS": f"80,443,{self.server_port}",
            "PRESSMARK_HOST_INTERVAL": "0",
        }

    def urls(self) -> list[str]:
        """Of every page, in order."""
        return [f"http://{host}:{self.server_port}{path}" for host, path in self.pages]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is what these runs are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        where = (self.headers["Host"].rpartition(":")[0], self.path)
        self.server.asked[where] += 1
        page = self.server.pages.get(where, Served(b"", 404))
        if page.delay:
            self.server.over.wait(min(page.delay, 3600))
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving(pages: Mapping[tuple[str, str], Served]) -> Iterator[Site]:
    """The site, until the block ends."""
    site = Site(pages)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        site.shutdown()
        site.server_close()


@dataclass
class RunningService:
    """`up` and the commands beside it, in one data folder with one environment."""

    folder: Path
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes] = field(init=False)
    log: Path = field(init=False)
    _reader: Services | None = field(init=False, default=None)
    """Kept for what is asked ten times a second: to open the database anew costs more than the question."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "up.log"

    @property
    def environ(self) -> dict[str, str]:
        """Of every command."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
        return {**ours, "PRESSMARK_DATA_DIR": str(self.folder / "data"), **self.settings}

    def up(self, patience: float = 60.0) -> None:
        """Starts everything and waits until every process has shown life."""
        begun = time.time()
        self.begin()
        self.until(lambda: self.roles_since(begun) >= set(ROLES), patience)

    def begin(self) -> None:
        """Starts everything and waits for nothing."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "worker", "up"], env=self.environ, stdout=log, stderr=log)

    def __enter__(self) -> RunningService:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, nothing is left running: a killed supervisor takes its children along."""
        if self._reader is not None:
            self._reader.close()
        if hasattr(self, "process") and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def down(self, number: int = signal.SIGTERM, patience: float = 30.0) -> int:
        """Stops everything; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(patience)

    def call(self, *words: str, stdin: str = "", ok: tuple[int, ...] = (0,)) -> str:
        """One command; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "worker", *words],
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode not in ok:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def enqueue(self, urls: list[str]) -> None:
        """Accepts them."""
        self.call("enqueue", "-f", "-", "--json", stdin="\n".join(urls))

    def queues(self) -> dict[str, Any]:
        """`queues --json`; empty while nothing can be told."""
        done = self.call("queues", "--json", ok=(0, 3))
        return dict(json.loads(done)) if done.strip() else {}

    def results(self, outcome: str = "stored") -> list[dict[str, Any]]:
        """`export`, as objects."""
        lines = self.call("export", "--format", "jsonl", "--outcome", outcome).splitlines()
        return [json.loads(line) for line in lines]

    def roles_since(self, begun: float) -> set[str]:
        """Kinds of process that have shown life since then; none while there is nobody to ask."""
        with self._services() as services:
            try:
                return {worker.name.partition("@")[0] for worker in services.control.workers() if worker.last_seen > begun}
            except Unavailable:
                return set()

    def settled(self) -> int:
        """Items that have ended."""
        states = self._states()
        return sum(states[state] for state in ("stored", "duplicate", "refused", "dead"))

    def stored(self) -> int:
        """Items that have ended well."""
        return self._states()["stored"]

    def _states(self) -> Mapping[str, int]:
        if self._reader is None:
            self._reader = Services(load(self.environ))
        return self._reader.operator_ledger.balance().states

    @contextmanager
    def _services(self) -> Iterator[Services]:
        """For what is asked often: a command would burn a second of CPU each time."""
        services = Services(load(self.environ))
        try:
            yield services
        finally:
            services.close()

    def until(self, true: Callable[[], bool], patience: float) -> None:
        """Waits for it, and tells how things stand where it does not come."""
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"not within {patience:.0f} s: {self.queues()}\n{self.log.read_text()[-6000:]}")
            time.sleep(0.1)

    def pids(self, role: str) -> list[int]:
        """The processes of a role: dispatcher, fetch, label, keeper, parse, label-child, server or supervisor."""
        tree = [Process.of(self.process.pid), *descendants(self.process.pid)]
        return [process.pid for process in tree if role_of(process, tree) == role]


@dataclass(frozen=True)
class Process:
    """A line of /proc."""

    pid: int
    parent: int
    command: str
    cpu: float
    """Seconds, its ended and awaited children included."""

    @classmethod
    def of(cls, pid: int) -> Process:
        """Raises FileNotFoundError where it is gone."""
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return cls(pid, int(stat[1]), command, sum(map(int, stat[11:15])) / CLOCK)


def descendants(pid: int) -> list[Process]:
    """Every process below `pid`."""
    everything = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                everything.append(Process.of(int(entry.name)))
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue
    found, edge = [], {pid}
    while edge:
        below = [process for process in everything if process.parent in edge]
        found += below
        edge = {process.pid for process in below}
    return found


def role_of(process: Process, tree: list[Process]) -> str:
    """What a process is for."""
    command = process.command
    by_pid = {other.pid: other for other in tree}
    parent = by_pid.get(process.parent)
    if "valkey-server" in command or "redis-server" in command:
        return "server"
    if "worker.processes.roles" in command:
        role = command.split()[-1]
        return "label-child" if parent and parent.command == command else role
    if "multiprocessing.forkserver" in command:
        return "parse" if parent and "multiprocessing.forkserver" in parent.command else "forkserver"
    return "supervisor" if "worker up" in command else "other"
