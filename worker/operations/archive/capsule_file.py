"""Write and read a capsule: a zip without dates, whose manifest names every member with its size and SHA-256.

A capsule may come from anybody. Nothing in it is executed, nothing is unpacked under a name that it chooses, and what is read is bounded
before it is read: the list of members, each member, and all of them together.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from worker.errors import UsageError

MANIFEST = "manifest.json"
RESULTS = "results.jsonl"
LONGEST_MANIFEST = 8 << 20
"""Bytes: the manifest of a capsule with MOST_PAGES has half of that."""
MOST_PAGES = 20_000
LONGEST_LIST = 4 << 20
"""Bytes of the zip's own list of members: MOST_PAGES take 2.5 MB."""
MOST_BYTES = (2 << 30) - (64 << 20)
"""Bytes of all members, unpacked. Packed, they fit into a zip of the old form, which has only one list of members."""
MODEL_BYTES = 256 << 20
"""Bytes of a model's files: fifty times the one that ships."""
CHUNK = 1 << 20
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NAMES = re.compile(r"model/manifest\.json|model/[A-Za-z0-9_]{1,100}\.npy|pages/[0-9a-f]{64}|results\.jsonl")
_END = struct.Struct("<4s4H2LH")
"""The end of a zip without a comment: PKWARE's APPNOTE, section 4.3.16."""
_NEWER_END = 20
"""Bytes directly before the end, in which a zip of the newer form (zip64) names the place of its other list."""
_STRICT = ConfigDict(strict=True, extra="forbid")


@checked(frozen=True, config=_STRICT)
class Member:
    """What the manifest says of a member."""

    bytes: int
    sha256: str


@checked(frozen=True, config=_STRICT)
class Manifest:
    """What a capsule holds, and what made it."""

    versions: dict[str, str]
    """Of the program, and of what its results may depend on."""
    settings: dict[str, float]
    """Those that matter for extraction and labels; 1 and 0 for on and off."""
    model: dict[str, str]
    """Its id and SHA-256."""
    pages: list[str]
    """The digest of each page, in the order of the results."""
    members: dict[str, Member]
    format: Literal["pressmark-capsule"] = "pressmark-capsule"
    v: Literal[1] = 1


class Writer:
    """A capsule that is being written; the same members in the same order give the same bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=False)
        self.members: dict[str, Member] = {}
        self._left = MOST_BYTES

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Raises UsageError where it becomes too large."""
        length, digest = 0, hashlib.sha256()
        with self._zip.open(_entry(name), "w") as member:
            for piece in pieces:
                length += len(piece)
                if length > self._left or len(self.members) > MOST_PAGES:
                    raise UsageError(f"expected at most {MOST_PAGES} pages and {MOST_BYTES} bytes, got more: make several capsules")
                digest.update(piece)
                member.write(piece)
        self._left -= length
        self.members[name] = Member(length, digest.hexdigest())

    def end(self, manifest: Manifest) -> str:
        """Writes the manifest, which comes last; returns the capsule's digest, which is that of its manifest."""
        data = _manifests().dump_python(manifest)
        text = (json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        self._zip.writestr(_entry(MANIFEST), text)
        return hashlib.sha256(text).hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
    return entry


class Reader:
    """A capsule whose members are all as its manifest says; `digest` is the manifest's."""

    def __init__(self, archive: zipfile.ZipFile, longest_page: int) -> None:
        """Reads every member once. Raises ValueError and what zipfile raises."""
        self._zip = archive
        for entry in archive.infolist():
            if entry.compress_type not in PACKED or entry.flag_bits & 1:
                raise ValueError(f"{entry.filename[:80]!r} in it is packed in another way")
        if MANIFEST not in archive.namelist():
            raise ValueError("it is no capsule of Pressmark")
        with archive.open(MANIFEST) as member:
            text = member.read(LONGEST_MANIFEST + 1)
        if len(text) > LONGEST_MANIFEST:
            raise ValueError("its manifest is too long")
        self.manifest, self.digest = _manifest(text), hashlib.sha256(text).hexdigest()
        _expect_members(archive, self.manifest, longest_page)
        lines = {name: sum(chunk.count(b"\n") for chunk in self.chunks(name)) for name in self.manifest.members}
        if lines[RESULTS] != len(self.manifest.pages):
            raise ValueError(f"it has {lines[RESULTS]} results of {len(self.manifest.pages)} pages")

    def read(self, name: str) -> bytes:
        """A member. Raises ValueError where it is not what the manifest says."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member in pieces; raises ValueError at their end where it is not what the manifest says."""
        said, digest, left = self.manifest.members[name], hashlib.sha256(), self.manifest.members[name].bytes
        with self._zip.open(name) as member:
            while left > 0 and (chunk := member.read(min(CHUNK, left))):
                left -= len(chunk)
                digest.update(chunk)
                yield chunk
            if left or member.read(1) or digest.hexdigest() != said.sha256:
                raise ValueError(f"{name} is damaged")


@contextmanager
def opened(source: Path, longest_page: int) -> Iterator[Reader]:
    """A capsule, checked as a whole before anything of it is used. Raises UsageError for what is damaged, foreign or hostile."""
    with _explained(source):
        try:
            descriptor = _descriptor(source)
        except OSError as error:
            raise UsageError(f"{source}: expected a readable file: {error.strerror or error}") from error
        with os.fdopen(descriptor, "rb") as file:
            _expect_plain_end(file)
            with zipfile.ZipFile(file) as archive:
                yield Reader(archive, longest_page)


@contextmanager
def _explained(source: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, KeyError, struct.error, zlib.error) as error:
        raise UsageError(f"{source}: expected a whole capsule, got another file: {' '.join(str(error).split())[:200]}") from error


def _descriptor(source: Path) -> int:
    """Neither a pipe nor a device is waited for."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("it is no regular file")
    return descriptor


def _expect_plain_end(file: IO[bytes]) -> None:
    """Checks, before zipfile reads the list of members into memory, that it is short and the only one. Raises ValueError."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _END.size - _NEWER_END))
    end = file.read()
    if len(end) < _END.size:
        raise ValueError("it is too short")
    mark, disk, start_disk, here, count, size, offset, comment = _END.unpack(end[-_END.size :])
    if mark != b"PK\5\6" or comment or disk or start_disk or here != count:
        raise ValueError("it does not end as a capsule does")
    if end[:4] == b"PK\6\7" or size > LONGEST_LIST or offset + size + _END.size != length:
        raise ValueError("its list of members is too long, or not where it should be")
    file.seek(0)


def strict_json(text: bytes) -> object:
    """JSON; raises ValueError, for infinite numbers and for what is nested too deep, too."""
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("JSON in it is nested too deep") from error


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("a number in it is not finite")
    return number


def _manifest(text: bytes) -> Manifest:
    try:
        found = strict_json(text)
        if not isinstance(found, dict) or found.get("format") != "pressmark-capsule":
            raise ValueError("it is no capsule of Pressmark")
        if found.get("v") != 1:
            raise ValueError("it was made by a newer Pressmark: upgrade the program")
        return _manifests().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"its manifest: {'.'.join(map(str, first['loc']))[:80]}: {first['msg']}") from error


@cache
def _manifests() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _expect_members(archive: zipfile.ZipFile, manifest: Manifest, longest_page: int) -> None:
    """Checks that the members are those of the manifest, of the right kinds, and not too large. Raises ValueError."""
    entries, members = {entry.filename: entry for entry in archive.infolist()}, manifest.members
    if len(entries) != len(archive.infolist()) or set(entries) != {*members, MANIFEST}:
        raise ValueError("its manifest and its content differ")
    if not {f"model/{MANIFEST}", RESULTS} <= set(members) or sorted(manifest.pages) != _pages(members):
        raise ValueError("it lacks a model, results or pages")
    for name, said in members.items():
        entry = entries[name]
        if NAMES.fullmatch(name) is None:
            raise ValueError(f"a member is named {name[:80]!r}")
        if said.bytes < 0 or entry.file_size != said.bytes or (name.startswith("pages/") and said.bytes > longest_page):
            raise ValueError(f"{name} is longer than allowed, or not as long as it says")
    if _sum(members) > MOST_BYTES or _sum(members, "model/") > MODEL_BYTES or len(manifest.pages) > MOST_PAGES:
        raise ValueError("it holds more than a capsule may")


def _pages(members: Mapping[str, Member]) -> list[str]:
    return sorted(name.removeprefix("pages/") for name in members if name.startswith("pages/"))


def _sum(members: Mapping[str, Member], beginning: str = "") -> int:
    return sum(member.bytes for name, member in members.items() if name.startswith(beginning))
