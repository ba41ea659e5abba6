"""Turn pages into articles and Results, in this process and child processes of it."""

from __future__ import annotations

import atexit
import os
import threading

from pressmark.errors import PressmarkError, public_errors
from worker.config import Settings, load
from worker.messages import Article
from worker.operations.extract_pages import extract as extract_page
from worker.operations.extract_pages import page_of_bytes, page_of_text
from worker.operations.try_page import PageReader
from worker.results import Result

_lock = threading.Lock()
_kept: dict[int, PageReader] = {}
"""The reader of this process, by its id: after a fork the child needs one of its own."""


def extract(html_or_bytes: str | bytes, url: str | None = None) -> Article:
    """The article of a page: title, text, authors, dates, language and what else the page says.

    `html_or_bytes` is HTML or plain text: decoded (a charset that it declares is ignored), or the bytes as a server sent them.
    `url` is the page's address: relative links, and dates in it, are read with it.

    The page is read in a child process with limits of CPU, memory and time, as in the service; the first call starts it. Raises
    PressmarkError: `no-text`, `not-article` (a login, an error page, a list of links), `not-html`, `decode`, `parse-limit`.
    """
    if isinstance(html_or_bytes, str):
        page = page_of_text(html_or_bytes, url)
    elif isinstance(html_or_bytes, bytes):
        page = page_of_bytes(html_or_bytes, url, len(html_or_bytes), packed=False)
    else:
        raise TypeError(f"expected str or bytes, got {type(html_or_bytes).__name__}")
    with public_errors():
        return extract_page(_reader().pool, page).article


def read(url: str) -> Result:
    """Fetches a page, extracts its article and labels it, here: neither Redis nor a database is used.

    Obeys robots.txt, keeps the pace of each host from call to call (`PRESSMARK_HOST_INTERVAL`), and requests only what the
    settings allow. Waits for a host where it must, for two minutes at most. Raises PressmarkError where the page cannot be read;
    its `reason` says why (`private-address`, `robots`, `http-404`, `timeout`, …), and its `result` what is known.
    """
    with public_errors():
        tried = _reader().url(url)
    if tried.result.reason:
        raise PressmarkError(
            f"{url}: {tried.result.reason}{': ' + tried.detail if tried.detail else ''}", tried.result.reason, tried.result
        )
    return tried.result


def _reader() -> PageReader:
    """This process's reader; a new one where the settings have changed. Raises UsageError for wrong settings."""
    settings = load()
    with _lock:
        kept = _kept.get(os.getpid())
        if kept is None or kept.settings != settings:
            _kept.clear()
            kept = _kept[os.getpid()] = _new_reader(settings)
        return kept


def _new_reader(settings: Settings) -> PageReader:
    reader = PageReader(settings)
    atexit.register(reader.close)
    return reader
