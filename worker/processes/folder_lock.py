"""Lock a data folder for one `up` at a time; the lock lasts as long as its process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO

from worker.errors import Unavailable, UsageError
from worker.queues.embedded_server import try_lock


class FolderLock:
    """A lock on `up.lock` in the data folder; the kernel releases it when the process ends, however that happens."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "up.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        """Takes the lock; raises UsageError that names the holder, Unavailable where the folder cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise Unavailable(f"{self._path}: expected a data folder that can be written, got: {error.strerror}") from error
        if not try_lock(file):
            with file:
                holder = _holder(file)
            raise UsageError(f"{self._path.parent} is in use by {holder}; only one `pressmark up` may use a data folder")
        file.truncate(0)
        file.write(f"process {os.getpid()} since {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\n")
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.readline().strip() or "another process"
