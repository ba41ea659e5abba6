"""Read a regular file up to a limit; refuse pipes, devices and folders at once instead of waiting for them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from classifier.errors import BadCall, BadSeeds

_KINDS = {stat.S_IFIFO: "a named pipe", stat.S_IFDIR: "a folder", stat.S_IFSOCK: "a socket"}


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a file.

    Raises OSError where it cannot be read, ValueError for what is no file or has more than `limit` bytes; its message fits after "got".
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ValueError(_KINDS.get(stat.S_IFMT(mode), "a device"))
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # a pipe put there since does not block
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"more than {limit} bytes")
    return data


def read_text(path: Path, limit: int) -> str:
    """The UTF-8 text of a file; raises BadCall where it cannot be read or is no file, BadSeeds for another encoding."""
    try:
        return read_regular(path, limit).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadSeeds(f"{path}: expected UTF-8 text, byte {error.start} is not valid UTF-8") from error
    except (OSError, ValueError) as error:
        raise BadCall(f"{path}: expected a readable file, got {getattr(error, 'strerror', None) or error}") from error
