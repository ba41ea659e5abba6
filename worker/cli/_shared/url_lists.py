"""Read lists of URLs from arguments, files and pipes; each candidate remembers its place there."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal

from classifier.json_lines import parse_object, text_field
from worker.cli._shared.files import decoded, expect_text, lines, opened, shown
from worker.errors import UsageError
from worker.intake.url_lines import address_in, addresses_in
from worker.operations.accept import Candidate
from worker.reasons import Kind

Format = Literal["lines", "csv", "jsonl"]

LISTS: tuple[Kind, ...] = ("feed", "sitemap")

MAX_LINE = 64 * 1024
"""Bytes: a URL of 8,000 characters with every byte escaped, and the other columns of a table, fit."""


def from_arguments(urls: Sequence[str], feeds: Sequence[str], sitemaps: Sequence[str]) -> Iterator[Candidate]:
    """Those of the command line."""
    for number, url in enumerate(urls, 1):
        yield Candidate(url, f"argument {number}")
    for url in feeds:
        yield Candidate(url, "--feed", "feed")
    for url in sitemaps:
        yield Candidate(url, "--sitemap", "sitemap")


def check_files(names: Sequence[str]) -> None:
    """Raises UsageError, before anything is accepted, for a file that is missing, endless or not UTF-8 text."""
    for name in names:
        with opened(name) as file:
            expect_text(shown(name), file)


def from_file(name: str, form: Format) -> Iterator[Candidate]:
    """Those of a file or of standard input, in constant memory; blank lines and `#` comments are skipped.

    Raises UsageError where a pipe turns out not to be UTF-8 text; the lines before are accepted by then.
    """
    place = shown(name)
    with opened(name) as file:
        for number, line in _text_lines(place, file):
            where = f"{place}:{number}"
            if line is None:
                yield Candidate("", where, fault=f"expected a line of at most {MAX_LINE} bytes")
            elif line and not line.startswith("#"):
                yield from _READ[form](line, where, number)


def _text_lines(place: str, file: BinaryIO) -> Iterator[tuple[int, str | None]]:
    for number, raw in lines(file, MAX_LINE):
        yield number, (None if raw is None else decoded(place, number, raw).strip(" \t\r"))


def _plain(line: str, where: str, number: int) -> Iterator[Candidate]:
    head = line.partition(",")[0].strip().strip('"').lower()
    if number == 1 and head in ("url", "link", "address") and "," in line:
        raise UsageError(f"{where}: expected a URL a line, got the header of a table; use `--format csv`")
    yield from (Candidate(url, where) for url in addresses_in(line))


def _csv(line: str, where: str, number: int) -> Iterator[Candidate]:
    """The first column; a header line is skipped."""
    try:
        first = next(csv.reader([line], strict=True))[0].strip()
    except (csv.Error, IndexError) as error:
        yield Candidate("", where, fault=f"expected CSV: {error}")
        return
    if not (number == 1 and ":" not in first):
        yield Candidate(address_in(first), where)


def _jsonl(line: str, where: str, number: int) -> Iterator[Candidate]:
    """The field `url` of each object; a Result of a feed or a sitemap stays one, by its `kind`."""
    try:
        row = parse_object(line)
        kind: Kind = next((kind for kind in LISTS if row.get("kind") == kind), "article")
        yield Candidate(text_field(row, "url", required=True) or "", where, kind)
    except ValueError as error:
        yield Candidate("", where, fault=str(error))


_READ = {"lines": _plain, "csv": _csv, "jsonl": _jsonl}
