"""Extract articles from pages given as bytes or text, in child processes with limits; neither broker nor database is used."""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from worker.config import Settings
from worker.errors import ItemFailed
from worker.extract.page.characters import without_lone_surrogates
from worker.messages import Page
from worker.operations.times import rfc3339
from worker.reasons import Reason
from worker.sandbox.pool import Parsed, ParseKilled, ParsePool

DECODED_HTML = "text/html; charset=utf-8"
"""The content type of text that is decoded already: a server's charset takes precedence over the page's own declaration."""


@contextmanager
def extractor(settings: Settings) -> Iterator[Callable[[Page], Parsed]]:
    """A function that extracts the article of a page, from any number of threads; its child processes end with the block."""
    with closing(ParsePool(settings)) as pool:
        yield lambda page: extract(pool, page)


def extract(pool: ParsePool, page: Page) -> Parsed:
    """The article of a page; its `url` is None where the page has none. Raises ItemFailed, also where the page broke its parser."""
    try:
        parsed = pool.extract(page)
    except ParseKilled as error:
        raise ItemFailed(Reason.PARSE_LIMIT, str(error)) from error
    return parsed if page.url else replace(parsed, article=replace(parsed.article, url=None))


def page_of_bytes(data: bytes, url: str | None, limit: int, *, packed: bool) -> Page:
    """A file's bytes as a page: HTML or plain text, recognised by its content.

    A `packed` file is gzip, and unpacked to at most `limit` bytes. Raises ItemFailed where it cannot be unpacked.
    """
    return _page(url, gunzip(data, limit) if packed else data, None)


def page_of_html(html: str, url: str | None) -> Page:
    """Decoded HTML as a page; the charset that it declares is ignored."""
    return _page(url, without_lone_surrogates(html).encode(), DECODED_HTML)


def page_of_text(text: str, url: str | None) -> Page:
    """Decoded text as a page: HTML or plain text, recognised by its content; a charset that it declares is ignored."""
    return _page(url, without_lone_surrogates(text).encode(), None)


def _page(url: str | None, body: bytes, content_type: str | None) -> Page:
    return Page(url or "", url or "", 200, body, content_type, fetched_at=rfc3339(time.time()))


def gunzip(data: bytes, limit: int) -> bytes:
    """The content of a gzip file, which is read no further than `limit` bytes; raises ItemFailed."""
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(limit + 1)
    except EOFError as error:
        raise ItemFailed(Reason.TRUNCATED, "the gzip ends early") from error
    except (OSError, zlib.error) as error:
        raise ItemFailed(Reason.DECODE, f"broken gzip: {error}") from error
    if len(content) > limit:
        raise ItemFailed(Reason.TOO_BIG, f"more than {limit} bytes unpacked")
    return content
