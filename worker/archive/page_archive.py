"""Keep pages in the archive of an installation, and read them back."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from worker.archive.page_files import PART, archive_of, path_of
from worker.archive.page_record import decoded, encoded
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.messages import Page

log = logging.getLogger(__name__)

RESERVE = 2
"""Times `disk_free_min` that the archive leaves free: the dispatcher stops at once that much, and pages must not be what stops it."""
WARN_EVERY = 60.0
"""Seconds between two warnings of a full disk: every page would write one."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that is in the archive."""

    sha256: str
    bytes: int
    """Of its file."""


class PageArchive:
    """The kept pages of an installation; may be used from many threads and processes."""

    def __init__(self, settings: Settings) -> None:
        self._folder = archive_of(settings.data_dir)
        self._free = RESERVE * settings.disk_free_min
        self._longest = settings.max_decoded_bytes
        self._warned_at = -WARN_EVERY

    def keep(self, page: Page) -> KeptPage | None:
        """Writes the page; None, and a warning, where the disk is full or cannot be written: the page goes on without."""
        try:
            return self._written(page)
        except OSError as error:
            if time.monotonic() - self._warned_at >= WARN_EVERY:
                self._warned_at = time.monotonic()
                log.warning("pages are not kept: %s", error)
            return None

    def read(self, sha256: str) -> Page | None:
        """The page with this digest; None where it is not here. Raises UsageError where it is damaged, Unavailable."""
        try:
            data = path_of(self._folder, sha256).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"{self._folder}: cannot be read: {error.strerror or error}") from error
        return decoded(sha256, data, self._longest)

    def whole(self, sha256: str) -> Page | None:
        """The same, and None too where it is damaged. Raises Unavailable."""
        with suppress(UsageError):
            return self.read(sha256)
        return None

    def _written(self, page: Page) -> KeptPage:
        """Raises OSError."""
        sha256, data = encoded(page)
        path = path_of(self._folder, sha256)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (free := shutil.disk_usage(path.parent).free) < self._free:
            raise OSError(f"{self._folder}: {free} bytes are free, and the archive leaves {self._free}")
        _write_whole(path, data)
        return KeptPage(sha256, len(data))


def _write_whole(path: Path, data: bytes) -> None:
    """The file appears under its name when all of it is on the disk: a process that is killed leaves a `.part` at most."""
    part = path.with_name(f"{path.stem}.{secrets.token_hex(4)}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
