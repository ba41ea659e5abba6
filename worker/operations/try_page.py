"""Fetch, extract and label one page here and now, at its host's pace; neither broker nor database is used."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

from worker.config import Settings
from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Fetcher, FetchFailed
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.intake.canonical_url import admit
from worker.messages import Extracted, Failed, Http, Page, Returned, Struck, URLRequest
from worker.models.labeller import Labeller, document_of
from worker.operations import label_texts
from worker.operations.extract_pages import extract, page_of_bytes
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


class PageReader:
    """Reads pages one at a time or from many threads; keeps the pace of each host, robots.txt and the model from page to page."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = ParsePool(settings)

    @cached_property
    def labeller(self) -> Labeller:
        """The model of this machine. Raises UsageError where it cannot be loaded."""
        return label_texts.labeller(self.settings)

    @cached_property
    def _item_reader(self) -> ItemReader:
        fetcher = Fetcher(self.settings, LocalPace(self.settings.host_interval), Robots(self.settings))
        return ItemReader(fetcher, self.pool, self.settings.refuse_opt_outs)

    def url(self, url: str) -> Tried:
        """Reads a page from the network. Raises Unavailable where the wait for its host is longer than PATIENCE."""
        try:
            address = admit(url, self.settings).url
        except ItemFailed as failed:
            return Tried(of_failure(url, failed), failed.detail, admitted=False)
        try:
            return self._labelled(self._fetched(address))
        except FetchFailed as failed:
            return Tried(of_failure(address, failed, failed.final_url, failed.http), failed.detail)
        except ItemFailed as failed:
            return Tried(of_failure(address, failed), failed.detail)

    def file(self, data: bytes, url: str | None, *, packed: bool) -> Tried:
        """Reads a page from the bytes of a file, gzip where it is `packed`; `url` is where it is from."""
        try:
            page = page_of_bytes(data, url, self.settings.max_decoded_bytes, packed=packed)
            return self._labelled(_as_if_fetched(page, self.pool))
        except ItemFailed as failed:
            return Tried(of_failure(url, failed), failed.detail)

    def close(self) -> None:
        """Ends the child processes; one at work ends when this process does."""
        self.pool.close(patience=0.0)

    def _labelled(self, page: Extracted) -> Tried:
        return Tried(of_page(page, self.labeller.label([document_of(page.article)])[0]))

    def _fetched(self, url: str) -> Extracted:
        """Waits for the host's pace as often as needed; raises ItemFailed, and Unavailable after PATIENCE."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            outcome = self._item_reader.read(URLRequest(0, 0, url))
            if isinstance(outcome, Extracted):
                return outcome
            if isinstance(outcome, Failed):
                raise FetchFailed(ItemFailed(Reason.of(outcome.reason), outcome.detail), None, outcome.http, outcome.final_url)
            if isinstance(outcome, Struck):
                raise ItemFailed(Reason.POISON, outcome.detail)
            if isinstance(outcome, Returned):
                time.sleep(min(outcome.after, max(0.0, end - time.monotonic())))
        raise Unavailable(f"{url}: not read within {PATIENCE:g} s")


def try_url(settings: Settings, url: str) -> Tried:
    """Reads one page from the network, as PageReader does."""
    with closing(PageReader(settings)) as reader:
        return reader.url(url)


def try_file(settings: Settings, data: bytes, url: str | None, *, packed: bool) -> Tried:
    """Reads one page from the bytes of a file, as PageReader does."""
    with closing(PageReader(settings)) as reader:
        return reader.file(data, url, packed=packed)


def _as_if_fetched(page: Page, pool: ParsePool) -> Extracted:
    """The article of a page from a file, in the form that it would have had if a server had sent it just now."""
    return extract(pool, page).extracted(page, Http())
