"""Run the command line as a user does, with a time limit, and measure what the call and everything it started cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.parts.own_time import run_delay

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
"""Seconds after which a call is killed: no command of these tests may take as long."""
TOLD_WITHIN = 8.0
"""Seconds: the contract says 5 for a command that reports an outage; the rest is for the start of Python."""
LOOK = 0.05
"""Seconds between two looks at the processes of a call: what lives shorter costs next to nothing."""
CLOCK = os.sysconf("SC_CLK_TCK")
MB = 1_000_000


@dataclass(frozen=True)
class Done:
    """What one call left behind."""

    code: int | None
    """Exit code; None for a call that was killed because its time was up."""
    out: str
    err: str
    seconds: float
    """Wall clock."""
    cpu: float
    """Seconds of CPU of the call and of every process in its session."""
    memory: float
    """Megabytes: the peak of its largest process."""
    kept_waiting: float
    """Seconds that its first process was ready to run while others had the cores."""

    @property
    def json(self) -> Any:
        """Its standard output as one document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Its standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def in_time(self) -> bool:
        """Whether it reported within TOLD_WITHIN; what others did to it on a busy machine is not its own time."""
        return self.seconds - self.kept_waiting < TOLD_WITHIN

    @property
    def told(self) -> str:
        """Standard output and standard error together: where a problem may be reported."""
        return self.out + self.err

    def is_one_line_and_exit_2(self) -> bool:
        """How a wrong call, setting or file must end."""
        return self.code == 2 and len(self.err.splitlines()) == 1 and "Traceback" not in self.err and "unexpected" not in self.err


class SessionMeter:
    """Samples every process of one session until it is closed."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._cpu: dict[int, float] = {}
        self.memory = self.kept_waiting = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    @property
    def cpu(self) -> float:
        """Seconds, of processes that are gone too."""
        return sum(self._cpu.values())

    def _sample(self) -> None:
        while not self._over.wait(LOOK):
            self.kept_waiting = max(self.kept_waiting, run_delay(self._session))
            for pid in processes_of(self._session):
                self._cpu[pid] = max(self._cpu.get(pid, 0.0), cpu_of(pid))
                self.memory = max(self.memory, peak_memory(pid))

    def close(self) -> None:
        """No more samples."""
        self._over.set()
        self._thread.join()


def processes_of(session: int) -> list[int]:
    """Every process of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int(_stat(int(entry.name))[3]) == session:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue
    return found


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_of(pid: int) -> float:
    """Seconds that a process itself has used; 0 for one that is gone."""
    try:
        return sum(map(int, _stat(pid)[11:13])) / CLOCK
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0.0


def peak_memory(pid: int) -> float:
    """Megabytes that a process has held at most; 0 for one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0].split()[1]) * 1024 / MB if found else 0.0


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Of a call: nothing of ours from outside, the data in `folder`, and these settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
    return {**own, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "PRESSMARK_DATA_DIR": str(folder / "data"), **settings}


def pressmark(
    folder: Path,
    *words: str,
    settings: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    patience: float = PATIENCE,
    inside: Sequence[str] = (),
    module: str = "worker",
) -> Done:
    """Calls `python -m worker WORDS`, or another module; `inside` are words of a program that runs the call, such as `unshare -m`."""
    process = subprocess.Popen(
        [*inside, sys.executable, "-m", module, *words],
        env=environment(folder, settings or {}),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    return _finished(process, stdin, patience)


def _finished(process: subprocess.Popen[bytes], stdin: bytes, patience: float) -> Done:
    meter, begun = SessionMeter(process.pid), time.monotonic()
    try:
        out, err = process.communicate(stdin, timeout=patience)
        code: int | None = process.returncode
    except subprocess.TimeoutExpired:
        end_session(process.pid)
        out, err = process.communicate()
        code = None
    seconds = time.monotonic() - begun
    meter.close()
    end_session(process.pid)
    return Done(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), seconds, meter.cpu, meter.memory, meter.kept_waiting)


def end_session(session: int) -> None:
    """Kills whatever a call left running; the children that read pages belong to it."""
    end_all(processes_of(session))


def end_all(pids: Iterable[int]) -> None:
    """SIGKILL for each that still lives."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
