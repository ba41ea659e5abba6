"""Measure the CPU of this process and of PostgreSQL's on the same machine."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Engine, text

PROC = Path("/proc")


class Cpu:
    """Seconds of CPU of this process, and of the processes of its server for this database where that runs here, since they began.

    SQLite runs in this process. What a helper for parallel scans used is lost with it: start the server with
    `max_parallel_workers_per_gather=0`, so that one process does all of a query.
    """

    def __init__(self, engine: Engine) -> None:
        self._children: Path | None = None
        self._database = f" {engine.url.database} "
        self._ours: dict[str, bool] = {}
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                backend = PROC / str(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            if (backend / "stat").exists():
                parent = (backend / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1]
                self._children = PROC / parent / "task" / parent / "children"

    def __call__(self) -> float:
        """The sum."""
        if self._children is None:
            return time.process_time()
        server = sum(_used(PROC / pid / "schedstat") for pid in self._children.read_text(encoding="ascii").split() if self._is_ours(pid))
        return time.process_time() + server

    def _is_ours(self, pid: str) -> bool:
        """Its name is `postgres: user database client`."""
        if pid not in self._ours:
            self._ours[pid] = self._database in (PROC / pid / "cmdline").read_text(encoding="utf-8")
        return self._ours[pid]


def _used(file: Path) -> float:
    """Seconds of a process; 0 once it has ended."""
    try:
        return int(file.read_text(encoding="ascii").split()[0]) / 1e9
    except OSError:
        return 0.0
