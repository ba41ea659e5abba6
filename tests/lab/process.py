"""The worker process as the lab holds it: asks it, waits for it, weighs it."""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


class Worker:
    """One process of the program, with many jobs at once; thread-safe."""

    def __init__(self, environ: dict[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.reader_process", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ},
        )  # fmt: skip
        self._answers: dict[int, queue.Queue] = {}
        self._ids = itertools.count()
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            told = json.loads(line)
            self._answers.pop(told["id"]).put(told)

    def begin(self, url: str) -> queue.Queue:
        """Gives it a URL; the answer will be in the queue."""
        answer: queue.Queue = queue.Queue()
        with self._lock:
            number = next(self._ids)
            self._answers[number] = answer
            self._process.stdin.write(json.dumps({"id": number, "url": url}) + "\n")
            self._process.stdin.flush()
        return answer

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def rss(self) -> int:
        """Bytes resident now."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak(self) -> int:
        """The most bytes resident since `reset_peak`."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def reset_peak(self) -> None:
        """Begins to measure the peak anew."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def cpu(self) -> float:
        """Seconds of CPU of the process itself so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()


def wait(answer: queue.Queue, seconds: float) -> dict | None:
    """The answer, or None where it did not come in time."""
    try:
        return answer.get(timeout=seconds)
    except queue.Empty:
        return None


def timed(answer: queue.Queue, seconds: float) -> tuple[dict | None, float]:
    """The answer and how long it was waited for."""
    began = time.monotonic()
    return wait(answer, seconds), time.monotonic() - began
