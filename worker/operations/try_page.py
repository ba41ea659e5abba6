"""Fetch, extract and label one page here and now, at its host's pace; neither broker nor database is used."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass

from worker.config import Settings
from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Fetcher, FetchFailed
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.intake.canonical_url import admit
from worker.messages import Extracted, Failed, Http, Page, Returned, Struck, URLRequest
from worker.models.labeller import document_of
from worker.operations import label_texts
from worker.operations.extract_pages import extract, page_of_bytes
from worker.operations.times import rfc3339
from worker.pipeline.fetch_item import ItemReader
from worker.reasons import Reason
from worker.results import Result, of_failure, of_page
from worker.sandbox.pool import ParsePool

PATIENCE = 120.0
"""Seconds for one page with its robots.txt and the pauses between: four times the longest answer."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a page."""

    result: Result
    detail: str = ""
    """Why it failed, for people."""
    admitted: bool = True
    """False where its URL may not be fetched at all."""


def try_url(settings: Settings, url: str) -> Tried:
    """Reads a page from the network. Raises Unavailable where its host has to be waited for longer than PATIENCE."""
    try:
        address = admit(url, settings).url
    except ItemFailed as failed:
        return Tried(of_failure(url, failed), failed.detail, admitted=False)
    try:
        with closing(ParsePool(settings)) as pool:
            return _labelled(_fetched(address, pool, settings), settings)
    except FetchFailed as failed:
        return Tried(of_failure(address, failed, failed.final_url, failed.http), failed.detail)
    except ItemFailed as failed:
        return Tried(of_failure(address, failed), failed.detail)


def try_file(settings: Settings, data: bytes, url: str | None, *, packed: bool) -> Tried:
    """Reads a page from the bytes of a file, gzip where it is `packed`; `url` is where it is from."""
    try:
        with closing(ParsePool(settings)) as pool:
            page = page_of_bytes(data, url, settings.max_decoded_bytes, packed=packed)
            return _labelled(_as_if_fetched(page, pool), settings)
    except ItemFailed as failed:
        return Tried(of_failure(url, failed), failed.detail)


def _labelled(page: Extracted, settings: Settings) -> Tried:
    labels = label_texts.labeller(settings).label([document_of(page.article)])[0]
    return Tried(of_page(page, labels))


def _as_if_fetched(page: Page, pool: ParsePool) -> Extracted:
    """The article of a page from a file, in the form that it would have had if a server had sent it just now."""
    parsed = extract(pool, page)
    return Extracted(
        item_id=0,
        token=0,
        article=parsed.article,
        final_url=page.final_url,
        http=Http(),
        content_sha256=parsed.content_sha256,
        simhash=parsed.simhash,
        opt_outs=parsed.opt_outs,
        fetched_at=rfc3339(time.time()),
    )


def _fetched(url: str, pool: ParsePool, settings: Settings) -> Extracted:
    """Waits for the host's pace as often as needed; raises ItemFailed, and Unavailable after PATIENCE."""
    reader = ItemReader(Fetcher(settings, LocalPace(settings.host_interval), Robots(settings)), pool, settings.refuse_opt_outs)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        outcome = reader.read(URLRequest(0, 0, url))
        if isinstance(outcome, Extracted):
            return outcome
        if isinstance(outcome, Failed):
            raise FetchFailed(ItemFailed(Reason.of(outcome.reason), outcome.detail), None, outcome.http, outcome.final_url)
        if isinstance(outcome, Struck):
            raise ItemFailed(Reason.POISON, outcome.detail)
        if isinstance(outcome, Returned):
            time.sleep(min(outcome.after, max(0.0, end - time.monotonic())))
    raise Unavailable(f"{url}: not read within {PATIENCE:g} s")
