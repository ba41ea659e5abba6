"""Read and write lists of sources as OPML and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import quoteattr

from worker.errors import ItemFailed, UsageError
from worker.intake.text_encoding import decoded
from worker.intake.xml.elements import resolved
from worker.intake.xml.tokens import Tag, Tokens, attributes_of
from worker.reasons import Kind
from worker.storage.sources import About, SourceRow

Format = Literal["opml", "csv"]
FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of a list: OPML of a hundred thousand feeds has thirty million."""
CUT = "the file ends before </opml>: sources after its last whole one are missing"
END = 1000
"""Characters in which the end tag of a whole file is looked for: comments may follow it."""
COLUMNS = ("url", "kind", "title", "site_url", "country", "language", "outlet_kind", "paused")
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
"""Letters with which spreadsheets begin a formula, in full width too."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and terminals would obey."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One source of a list, not yet checked."""

    url: str
    kind: Kind
    about: About
    where: str
    """The line, or the number of the outline."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file lists."""

    sources: tuple[Listed, ...]
    is_cut: bool
    """Whether it is OPML that ends before its end tag, so that sources may be missing."""


def read(data: bytes, name: str) -> Listing:
    """The sources in an OPML or CSV file; raises UsageError, in one line, for what is neither."""
    if len(data) > FILE_LIMIT:
        raise UsageError(f"{name}: expected at most {FILE_LIMIT} bytes, got {len(data)}")
    text = decoded(data)
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return Listing(tuple(_csv(text, name)), is_cut=False)
    return Listing(tuple(_opml(text, name)), is_cut="</opml" not in text[-END:].lower())


def _opml(text: str, name: str) -> Iterator[Listed]:
    """`<outline xmlUrl=…>` at any depth (OPML 2.0); our own attributes beside those of the format."""
    number, is_opml = 0, False
    try:
        for token in Tokens(text):
            if not isinstance(token, Tag) or token.is_end:
                continue
            is_opml = is_opml or token.name == "opml"
            attributes = attributes_of(token.rest) if token.name == "outline" else {}
            attributes = {key: _one_line(resolved(value)) for key, value in attributes.items()}
            if attributes.get("xmlurl"):
                number += 1
                yield _outline(attributes, f"{name}: outline {number}")
    except ItemFailed as failed:
        raise UsageError(f"{name}: expected OPML, got a file that cannot be read ({failed.detail})") from failed
    if not is_opml:
        raise UsageError(f"{name}: expected OPML or CSV, got other mark-up")


def _outline(attributes: dict[str, str], where: str) -> Listed:
    title = attributes.get("title") or attributes.get("text") or None
    site, country, language, outlet_kind = (attributes.get(key) or None for key in ("htmlurl", "country", "language", "outletkind"))
    about = About(title, site, country, language, outlet_kind, attributes.get("paused") == "true")
    kind: Kind = "sitemap" if attributes.get("type", "").lower() == "sitemap" else "feed"
    return Listed(attributes["xmlurl"].strip(), kind, about, where)


def _csv(text: str, name: str) -> Iterator[Listed]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if "url" not in [field.strip().lower() for field in reader.fieldnames or ()]:
        raise UsageError(f"{name}: expected OPML, or CSV with a column `url` and any of {', '.join(COLUMNS[1:])}")
    try:
        for row in reader:
            values = {(key or "").strip().lower(): _unquoted(_one_line(value)) for key, value in row.items() if isinstance(value, str)}
            if values.get("url"):
                title, site, country, language, outlet_kind = (values.get(column) or None for column in COLUMNS[2:7])
                about = About(title, site, country, language, outlet_kind, values.get("paused") == "true")
                kind: Kind = "sitemap" if values.get("kind") == "sitemap" else "feed"
                yield Listed(values["url"], kind, about, f"{name}:{reader.line_num}")
    except csv.Error as error:
        raise UsageError(f"{name}:{reader.line_num}: expected CSV, got a line that is none: {error}") from error


def write(rows: Iterable[SourceRow], form: Format) -> Iterator[str]:
    """The sources as a file, piece by piece."""
    return _write_opml(rows) if form == "opml" else _write_csv(rows)


def _write_opml(rows: Iterable[SourceRow]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>Pressmark sources</title></head>\n<body>\n'
    for row in rows:
        kind = "rss" if row.kind == "feed" else "sitemap"
        named = {"type": kind, "text": row.title or row.url, "title": row.title, "xmlUrl": row.url, "htmlUrl": row.site_url}
        named |= {"country": row.country, "language": row.language, "outletKind": row.outlet_kind, "paused": "true" if row.paused else None}
        yield "<outline " + " ".join(f"{key}={quoteattr(_one_line(value))}" for key, value in named.items() if value) + "/>\n"
    yield "</body>\n</opml>\n"


def _write_csv(rows: Iterable[SourceRow]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = (row.url, row.kind, row.title, row.site_url, row.country, row.language, row.outlet_kind, "true" if row.paused else "")
        writer.writerow([_harmless(_one_line(value or "")) for value in values])
        if line.tell() > 64 * 1024:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def _one_line(text: str) -> str:
    return _CONTROLS.sub("", " ".join(text.split()))[:2000]


def _unquoted(cell: str) -> str:
    """Without the mark that `_harmless` puts before a cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in FORMULA else cell


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA else cell
