"""Write files for people so that a file is either complete or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from worker.errors import Unavailable, UsageError


@contextmanager
def created(target: Path) -> Iterator[IO[bytes]]:
    """A new file, readable by its owner alone, that appears under its name when it is whole.

    Raises UsageError where there is one, Unavailable where it cannot be written.
    """
    if os.path.lexists(target):
        raise UsageError(f"{target}: expected a file that is not there yet")
    part = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            yield file
        part.rename(target)
    except OSError as error:
        raise Unavailable(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink()
