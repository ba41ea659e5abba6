"""Find, list and remove the files of kept pages: `archive/ab/cd/abcd….page`, named by the SHA-256 of what is in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDERS = 256
"""Folders of the first level, and of the second in each: a million pages are fifteen files a folder."""
ENDING = ".page"
PART = ".part"
"""Ending of a file that is being written; `backup` leaves such files out."""
DIGEST_LENGTH = 64


def archive_of(data_dir: Path) -> Path:
    """The folder of the kept pages of an installation."""
    return data_dir / "archive"


def is_digest(word: str) -> bool:
    """Whether it is a SHA-256 as files are named by: 64 hexadecimal digits in lower case."""
    return len(word) == DIGEST_LENGTH and not set(word) - set("0123456789abcdef")


def path_of(archive: Path, sha256: str) -> Path:
    """Where the page with this digest is, or would be; raises ValueError for what is no digest and might lead out of the archive."""
    if not is_digest(sha256):
        raise ValueError(f"expected a SHA-256 in hexadecimal, got {sha256[:80]!r}")
    return archive / sha256[:2] / sha256[2:4] / f"{sha256}{ENDING}"


def remove(archive: Path, sha256: str) -> None:
    """Deletes a page's file; one that is gone already is no error. Raises OSError."""
    path_of(archive, sha256).unlink(missing_ok=True)


def settled_in(archive: Path, number: int, before: float) -> Iterator[Path]:
    """The files in one of the FOLDERS, unfinished ones too, that were written before a time in seconds since 1970."""
    folder = archive / f"{number % FOLDERS:02x}"
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.suffix in (ENDING, PART) and _written_at(path) < before:
            yield path


def _written_at(path: Path) -> float:
    """Seconds since 1970; infinite for what was finished or removed meanwhile."""
    with suppress(FileNotFoundError):
        return path.lstat().st_mtime
    return math.inf
