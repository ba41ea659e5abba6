"""The program as a black box: a folder of its own, real processes, real pages on loopback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from worker.cli import main
from worker.demo.server import PressSite, press_site
from worker.demo.site import hosts

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds before a test gives up; the work takes a few, and the machine may be busy."""


@dataclass(frozen=True)
class Done:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> list[str]:
        """Its lines on standard error."""
        return self.err.splitlines()


@dataclass
class Home:
    """An installation: a data folder, and the program called with it."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours from outside, UTF-8, and the width of the window alone."""
        kept = (name for name in os.environ if not name.startswith("PRESSMARK_") and name not in ("COLUMNS", "LINES"))
        own = {name: os.environ[name] for name in kept}
        return {**own, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "PRESSMARK_DATA_DIR": str(self.folder / "data"), **self.more}

    def command(self, *arguments: str | bytes) -> list[str | bytes]:
        """The command line of a call."""
        return [sys.executable, "-m", "worker", *arguments]

    def run(self, *arguments: str | bytes, stdin: bytes = b"", **more: str) -> Done:
        """Calls the program and waits for its end."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            env={**self.environment, **more},
            cwd=self.folder,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def call(self, *arguments: str, stdin: bytes = b"", **more: str) -> Done:
        """The same without a process of its own, where only the answer matters: forty times as fast."""
        held = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace") for stream in held)
        before, keyboard = dict(os.environ), sys.stdin
        os.environ.clear()
        os.environ.update({**self.environment, **more})
        try:
            with redirect_stdout(out), redirect_stderr(err), chdir(self.folder), tempfile.TemporaryFile() as given:
                given.write(stdin)
                given.seek(0)
                sys.stdin = io.TextIOWrapper(given, encoding="utf-8")
                code = main.run(list(arguments))
        finally:
            sys.stdin = keyboard
            os.environ.clear()
            os.environ.update(before)
        out.flush()
        err.flush()
        return Done(code, held[0].getvalue().decode(), held[1].getvalue().decode())

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Starts the program and leaves it running."""
        return subprocess.Popen(self.command(*arguments), env=self.environment, cwd=self.folder, **options)

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        """`pressmark up`, ready for work, until the block ends; its log is in `up.log`."""
        with (self.folder / "up.log").open("ab") as log:
            process = self.start("up", stdout=log, stderr=log)
        try:
            until(lambda: self.call("status", "--check").code == 0 or process.poll() is not None)
            assert process.poll() is None, (self.folder / "up.log").read_text(encoding="utf-8")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)


def until(true: Any) -> None:
    """Waits for what must come true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.2)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A fresh installation with nothing running."""
    return Home(tmp_path)


@pytest.fixture(scope="session")
def site() -> Iterator[PressSite]:
    """The sample press site."""
    with press_site() as server:
        yield server


@dataclass
class Served:
    """An installation through which the sample site has gone, still up."""

    home: Home
    site: PressSite
    process: subprocess.Popen[bytes]
    enqueued: Done

    def url(self, host: str, path: str) -> str:
        """An address of the site."""
        return f"http://{host}:{self.site.port}{path}"


@pytest.fixture(scope="session")
def served(site: PressSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """All pages of the sample site, enqueued with --wait while `up` runs."""
    home = Home(
        tmp_path_factory.mktemp("served"),
        {
            "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts()),
            "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.0/8:{site.port}",
            "PRESSMARK_HOST_INTERVAL": "0",
            "PRESSMARK_BACKOFF": "0.5",
        },
    )
    urls = sorted({f"http://{page.host}:{site.port}{page.path}" for page in site.pages.values() if page.path != "/robots.txt"})
    with home.up() as process:
        enqueued = home.run("enqueue", "-f", "-", "--job", "sample", "--wait", stdin="\n".join(urls).encode())
        yield Served(home, site, process, enqueued)
