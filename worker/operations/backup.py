"""Keep an installation as one file while it runs, and make an installation out of such a file again.

The file is a zip: the rows of every table as they were at one moment, the files of the data folder (models, cards, archive) and the seeds,
and a manifest with the SHA-256 of each. It restores on SQLite and on PostgreSQL, whichever it was made on.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import IO

from worker import __version__
from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.models.seed_folder import HERE
from worker.operations.document import Document
from worker.operations.files import created
from worker.operations.times import rfc3339
from worker.queues.address import address_of
from worker.storage import row_copies
from worker.storage.tables import SCHEMA

FORMAT = "pressmark-backup"
VERSION = 1
MANIFEST = "manifest.json"
OF_THIS_MACHINE = ("redis", "pressmark.sqlite", "up.lock", "seeds")
"""Files of the data folder whose names begin so are left out: the queues, the database (its rows are taken), the lock, and seeds."""
CHUNK = 1 << 20
LONGEST_MANIFEST = 64 << 20
"""Bytes; a file takes two hundred."""

Progress = Callable[[int], None]
"""Is called with how many rows and files are done."""


@dataclass(frozen=True, slots=True)
class Backup(Document):
    """What is in a backup."""

    file: str
    made_at: str
    version: str
    """Of the program that made it."""
    schema: str
    rows: dict[str, int]
    """By table."""
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What the manifest of a backup says."""

    made_at: str
    version: str
    schema: str
    rows: dict[str, int]
    sha256: dict[str, str]

    @classmethod
    def of(cls, data: bytes) -> _Manifest:
        """Raises ValueError for what is none of ours, or of a newer version."""
        found = json.loads(data)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError("it is no backup of Pressmark")
        if lacking := [name for name in ("schema", "sha256", "rows", "made_at", "version") if name not in found]:
            raise ValueError(f"its manifest lacks {', '.join(lacking)}")
        if found.get("v") != VERSION or str(found["schema"]) > SCHEMA:
            raise ValueError(f"it was made by a newer Pressmark, {found.get('version')}: upgrade the program")
        sha256 = {str(name): str(digest) for name, digest in found["sha256"].items()}
        rows = {str(name): int(count) for name, count in found["rows"].items()}
        if not {f"rows/{name}.jsonl" for name in rows} <= set(sha256) or not all(map(_is_plain, sha256)):
            raise ValueError("its manifest names what cannot be in it")
        return cls(str(found["made_at"]), str(found["version"]), str(found["schema"]), rows, sha256)

    def summary(self, file: Path) -> Backup:
        """For people and programs."""
        files = len(self.sha256) - len(self.rows)
        return Backup(str(file), self.made_at, self.version, self.schema, self.rows, files, file.stat().st_size)


def _is_plain(name: str) -> bool:
    """Whether a name in a backup is one that `backup` writes: a relative path in its shortest form, below one of three folders.

    `data//etc/x` is not one: an absolute path follows `data/`.
    """
    folder, *rest = PurePosixPath(name).parts or ("",)
    if str(PurePosixPath(name)) != name or not rest or ".." in rest or "\\" in name or "\0" in name:
        return False
    if folder == "rows":
        return len(rest) == 1 and rest[0].removesuffix(".jsonl") not in row_copies.LEFT_OUT
    return folder == "seeds" or (folder == "data" and not rest[0].startswith(OF_THIS_MACHINE))


def backup(services: Services, target: Path, progress: Progress = lambda done: None) -> Backup:
    """Writes the installation into a new file, which appears when it is whole. Raises UsageError where there is one, Unavailable."""
    with created(target) as file:
        made = _write(services, file, progress)
    return made.summary(target)


def _write(services: Services, file: IO[bytes], progress: Progress) -> _Manifest:
    digests: dict[str, str] = {}
    rows: dict[str, int] = {}
    done = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with row_copies.snapshot(services.engine) as connection:
            made_at = rfc3339(time.time())
            for table in row_copies.table_names():
                counted = _Counted(row_copies.rows(connection, table), done, progress)
                digests[f"rows/{table}.jsonl"] = _add(archive, f"rows/{table}.jsonl", counted)
                rows[table] = counted.count
                done += counted.count
        for number, (path, source) in enumerate(_files(services.settings), 1):
            with suppress(FileNotFoundError):  # a kept page may reach the end of its time meanwhile, and is deleted
                digests[path] = _add(archive, path, _opened_chunks(source))
            progress(done + number)
        manifest = _Manifest(made_at, __version__, SCHEMA, rows, digests)
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "v": VERSION, **asdict(manifest)}))
    return manifest


class _Counted:
    """Lines that are counted as they pass; `before` rows were done earlier, and count for the progress."""

    def __init__(self, lines: Iterable[bytes], before: int, progress: Progress) -> None:
        self._lines, self._before, self._progress, self.count = lines, before, progress, 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            yield line
            self.count += 1
            if self.count % row_copies.AT_ONCE == 0:
                self._progress(self._before + self.count)


def _add(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            member.write(part)
    return digest.hexdigest()


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Pairs of a name in the backup and a file: of the data folder, and of the seeds where they are not the packaged ones."""
    for path in _below(settings.data_dir):
        name = path.relative_to(settings.data_dir)
        if not name.parts[0].startswith(OF_THIS_MACHINE) and ".part" not in path.suffixes:
            yield f"data/{name.as_posix()}", path
    seeds = next((folder for folder in (settings.seeds_dir, HERE, settings.data_dir / "seeds") if folder and folder.is_dir()), None)
    for path in _below(seeds) if seeds else ():
        yield f"seeds/{path.relative_to(seeds or path).as_posix()}", path


def _below(folder: Path) -> Iterator[Path]:
    """Regular files; no link is followed."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path


def _opened_chunks(source: Path) -> Iterator[bytes]:
    """The file's bytes; opened at once, so that FileNotFoundError comes before anything of it is written."""
    return _chunks(source.open("rb"))


def _chunks(opened: IO[bytes]) -> Iterator[bytes]:
    with opened as file:
        while chunk := file.read(CHUNK):
            yield chunk


def restore(services: Services, source: Path, progress: Progress = lambda done: None) -> Backup:
    """Makes the installation of a backup: only where there is none yet, and only after all of the file is found whole.

    It restores everything or nothing: files come first, and are deleted again where a disk is full; rows come last, in one transaction.
    Raises UsageError for a file that is damaged, foreign or newer, and for an installation that is not empty; Unavailable.
    """
    settings = services.settings
    _expect_empty_folder(settings)
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _read_manifest(archive)
            _expect_whole(archive, manifest)
            row_copies.expect_empty(services.engine, manifest.schema)
            with _restored_files(settings, archive, manifest):
                _restore_rows(services, archive, manifest, progress)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, KeyError, RecursionError, zlib.error) as error:
        raise UsageError(f"{source}: expected a whole backup, got another file: {' '.join(str(error).split())[:200]}") from error
    except OSError as error:
        raise Unavailable(f"{error.filename or source}: {error.strerror or error}") from error
    return manifest.summary(source)


def _expect_empty_folder(settings: Settings) -> None:
    """A database in the folder is checked later; any other file belongs to somebody."""
    if address_of(settings.data_dir) is not None:
        raise UsageError(f"{settings.data_dir}: `pressmark up` runs there; restore into an empty installation that is not running")
    there = sorted(settings.data_dir.iterdir()) if settings.data_dir.is_dir() else []
    others = [path.name for path in there if not path.name.startswith(("pressmark.sqlite", "up.lock", "lost+found"))]
    if others:
        raise UsageError(f"{settings.data_dir}: expected an empty data folder, got one with {', '.join(others[:3])}")
    if settings.seeds_dir and settings.seeds_dir.is_dir() and any(settings.seeds_dir.iterdir()):
        raise UsageError(f"{settings.seeds_dir}: expected an empty folder of seeds, got one with files that it would overwrite")


def _read_manifest(archive: zipfile.ZipFile) -> _Manifest:
    if MANIFEST not in archive.namelist():
        raise ValueError("it is no backup of Pressmark")
    if archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
        raise ValueError("its manifest is too long")
    return _Manifest.of(archive.read(MANIFEST))


def _expect_whole(archive: zipfile.ZipFile, manifest: _Manifest) -> None:
    """Reads everything once before anything is written. Raises ValueError."""
    if set(archive.namelist()) - {MANIFEST} != set(manifest.sha256):
        raise ValueError("its manifest and its content differ")
    for name, expected in manifest.sha256.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != expected:
            raise ValueError(f"{name} is damaged")


def _restore_rows(services: Services, archive: zipfile.ZipFile, manifest: _Manifest, progress: Progress) -> None:
    done = 0
    with ExitStack() as opened:
        lines: dict[str, Iterable[bytes]] = {}
        for table, count in manifest.rows.items():
            member = opened.enter_context(archive.open(f"rows/{table}.jsonl"))
            lines[table] = _Counted(member, done, progress)
            done += count
        row_copies.write(services.engine, manifest.schema, lines)


@contextmanager
def _restored_files(settings: Settings, archive: zipfile.ZipFile, manifest: _Manifest) -> Iterator[None]:
    """Writes every file; deletes those that it wrote where one cannot be written, or where the block fails."""
    seeds = settings.seeds_dir or settings.data_dir / "seeds"
    written: list[Path] = []
    try:
        for name in manifest.sha256:
            folder, _, rest = name.partition("/")
            if folder == "rows":
                continue
            target = (settings.data_dir if folder == "data" else seeds) / rest
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            with archive.open(name) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file, CHUNK)
        yield
    except BaseException:
        for target in written:
            target.unlink(missing_ok=True)
            for above in takewhile(lambda folder: folder not in (settings.data_dir, settings.seeds_dir), target.parents):
                with suppress(OSError):  # it holds something else
                    above.rmdir()
        raise
