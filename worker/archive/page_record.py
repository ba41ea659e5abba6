"""Write a page into one compressed record and read it back: a line of JSON with what the headers said, then the body as it was received."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import fields
from functools import cache

import zstandard
from pydantic import TypeAdapter, ValidationError

from worker.errors import UsageError
from worker.messages import Page

LEVEL = 3
"""Of zstd: pages become a fifth of their size in half a millisecond; higher levels take several times as long for a tenth less."""
LONGEST_HEAD = 1 << 20
"""Bytes of the line of JSON; headers are limited to less."""
WINDOW = 8 << 20
"""Bytes of memory that a record may ask of the decoder (RFC 8878, section 3.1.1.1.2: every decoder should have 8 MB)."""
_HEAD = tuple(field.name for field in fields(Page) if field.name != "body")
"""No cookie, password or other header is among them."""


def record_of(page: Page) -> bytes:
    """The page's record, uncompressed: the same page gives the same bytes."""
    return json.dumps({name: getattr(page, name) for name in _HEAD}, sort_keys=True).encode() + b"\n" + page.body


def encoded(page: Page) -> tuple[str, bytes]:
    """The SHA-256 of the page's record, in hexadecimal, and the compressed record."""
    record = record_of(page)
    return hashlib.sha256(record).hexdigest(), zstandard.ZstdCompressor(level=LEVEL).compress(record)


def decoded(sha256: str, data: bytes, longest_body: int) -> Page:
    """The page of a compressed record; raises UsageError where it is damaged, another one's, or longer than allowed."""
    longest = longest_body + LONGEST_HEAD
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(io.BytesIO(data))
        record = reader.read(longest + 1)
    except zstandard.ZstdError as error:
        raise UsageError(f"expected a compressed page, got what zstd cannot read: {error}") from error
    if len(record) > longest:
        raise UsageError(f"expected a page of at most {longest_body} bytes, got a longer one")
    if hashlib.sha256(record).hexdigest() != sha256:
        raise UsageError("expected the page of this digest, got a damaged or another one")
    return page_of(record)


def page_of(record: bytes) -> Page:
    """The page of an uncompressed record; raises UsageError."""
    head, _, body = record.partition(b"\n")
    try:
        said = json.loads(head)
        json.dumps(said, ensure_ascii=False).encode()  # half a surrogate pair is no text
        return _pages().validate_python({**said, "body": body})
    except (ValueError, TypeError, ValidationError, RecursionError) as error:
        raise UsageError("expected a page with its headers as JSON, got something else") from error


@cache
def _pages() -> TypeAdapter[Page]:
    return TypeAdapter(Page)
