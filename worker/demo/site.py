"""Describe the sample press site: its pages as files, how each is served, and what the program should make of each.

`site/` has one folder a host name; `site/manifest.jsonl` says which address answers with which file;
`expected.jsonl` has a record for every address that the demonstration asks for. All of it was written
for this project, in the styles of the region's newspapers, ministries and good-news sites.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

How = Literal["plain", "slow", "flaky"]
"""`slow` answers after two seconds, `flaky` with 500 the first time."""


@dataclass(frozen=True, slots=True)
class Served:
    """One address of the site and its answer, byte for byte."""

    host: str
    path: str
    """With its query."""
    how: How
    status: int
    content_type: str
    """The header, with a charset or without one, as the page needs it."""
    file: str | None = None
    """Below `site/`; None for an answer without a body."""
    location: str | None = None

    def body(self) -> bytes:
        """The bytes of the answer."""
        return files(__package__).joinpath("site", self.file).read_bytes() if self.file else b""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the labelling guide and the contract make of one page."""

    host: str
    path: str
    title: str | None
    published_at: str | None
    topics: tuple[str, ...]
    primary: str | None
    source_type: str | None
    outcome: Literal["stored", "duplicate", "refused", "dead"]
    reason: str | None
    text: str | None
    """Paragraphs parted by a blank line; None where no article comes of the page."""
    note: str | None = None
    """What is odd about the page."""
    twin: str | None = None
    """The path of the page that has the same text: whichever of the two comes second is the duplicate."""

    def url(self, port: int) -> str:
        """The address while the site listens on `port`."""
        return f"http://{self.host}:{port}{self.path}"


def served() -> list[Served]:
    """Every address that the site answers, robots.txt included."""
    return [Served(**row) for row in _rows("site/manifest.jsonl")]


def expected() -> list[Expected]:
    """Every page that the demonstration asks for, in the order in which it is shown."""
    return [Expected(**{**row, "topics": tuple(row["topics"])}) for row in _rows("expected.jsonl")]


def hosts() -> list[str]:
    """The site's host names."""
    return sorted({page.host for page in served()})


def _rows(name: str) -> Iterator[Mapping[str, Any]]:
    for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
