"""Item read: a URLRequest in; out comes an article for the label worker, or the outcome that says why there is none."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Protocol, cast

from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Answer, FetchFailed, HostBusy
from worker.intake.links import Links
from worker.messages import Extracted, Failed, Kind, Listed, Outcome, Page, Returned, Struck, Unchanged, URLRequest
from worker.reasons import Reason
from worker.sandbox.pool import Parsed, ParseKilled

log = logging.getLogger(__name__)

RETURN_AFTER = 5.0
"""Seconds until an item comes back that our own trouble (Redis away, no child starts) kept from being read."""


class Fetches(Protocol):
    """What this stage needs of a fetcher."""

    def fetch(self, url: str, *, kind: Kind = "article", etag: str | None = None, last_modified: str | None = None) -> Answer:
        """The answer; raises FetchFailed, HostBusy, Unavailable."""


class Parses(Protocol):
    """What this stage needs of a parse pool."""

    def extract(self, page: Page) -> Parsed:
        """The article; raises ItemFailed, ParseKilled, Unavailable."""

    def links(self, kind: Kind, page: Page) -> Links:
        """The links of a feed or sitemap; raises the same."""


@dataclass(frozen=True, slots=True)
class ItemReader:
    """Fetches and reads one item at a time, from many threads. Never raises: whatever happens is an outcome."""

    fetcher: Fetches
    parser: Parses
    refuse_opt_outs: bool = False
    """Whether a page's reservations end it; those in its headers have done so before, in the fetcher."""

    def read(self, request: URLRequest) -> Extracted | Outcome:
        """What became of the item."""
        got = self.fetch(request)
        return self.parse(request, got) if isinstance(got, Answer) else got

    def fetch(self, request: URLRequest) -> Answer | Outcome:
        """The answer that holds a page to be parsed, or what became of the item without one."""
        try:
            answer = self.fetcher.fetch(request.url, kind=request.kind, etag=request.etag, last_modified=request.last_modified)
        except HostBusy as busy:
            return returned(request, busy.after)
        except FetchFailed as failed:
            return replace(_failed(request, failed, failed), final_url=failed.final_url)
        except Unavailable as away:
            log.warning("%s goes back: %s", request.url, away)
            return returned(request, RETURN_AFTER)
        except Exception as error:
            log.exception("fetching %s failed in a way that nobody foresaw", request.url)
            return Struck(request.item_id, request.token, f"the fetcher failed: {type(error).__name__}: {error}"[:500])
        return Unchanged(request.item_id, request.token, http=answer.http, host=answer.host) if answer.page is None else answer

    def parse(self, request: URLRequest, answer: Answer) -> Extracted | Outcome:
        """What became of an item whose page is here."""
        page = cast(Page, answer.page)
        try:
            return self._parsed(request, page, answer)
        except ItemFailed as failed:
            return replace(_failed(request, failed, answer), final_url=page.final_url, fetched_at=page.fetched_at)
        except ParseKilled as killed:
            log.warning("%s is struck: %s", request.url, killed)
            return Struck(request.item_id, request.token, str(killed), host=answer.host)
        except Unavailable as away:
            log.warning("%s goes back: %s", request.url, away)
            return returned(request, RETURN_AFTER)
        except Exception as error:
            log.exception("reading %s failed in a way that nobody foresaw", request.url)
            return Struck(request.item_id, request.token, f"the reader failed: {type(error).__name__}: {error}"[:500], host=answer.host)

    def _parsed(self, request: URLRequest, page: Page, answer: Answer) -> Extracted | Listed:
        if request.kind != "article":
            return _listed(request, self.parser.links(request.kind, page), answer, page.fetched_at)
        parsed = self.parser.extract(page)
        if parsed.opt_outs and self.refuse_opt_outs:
            raise ItemFailed(Reason.OPTED_OUT, "; ".join(parsed.opt_outs))
        return Extracted(
            item_id=request.item_id,
            token=request.token,
            article=parsed.article,
            final_url=page.final_url,
            http=answer.http,
            content_sha256=parsed.content_sha256,
            simhash=parsed.simhash,
            opt_outs=parsed.opt_outs,
            host=answer.host,
            fetched_at=page.fetched_at,
        )


def _listed(request: URLRequest, links: Links, answer: Answer, fetched_at: str) -> Listed:
    if links.warnings:
        log.warning("the %s %s was read with warnings: %s", request.kind, request.url, "; ".join(links.warnings))
    return Listed(request.item_id, request.token, links.urls, links.sitemaps, answer.http, answer.host, fetched_at, warnings=links.warnings)


def returned(request: URLRequest, after: float = 0.0) -> Returned:
    """The item handed back, free of charge."""
    return Returned([(request.item_id, request.token)], after)


def _failed(request: URLRequest, failed: ItemFailed, at: Answer | FetchFailed) -> Failed:
    """`at` tells how far the fetch came."""
    return Failed(
        item_id=request.item_id,
        token=request.token,
        reason=failed.reason.word,
        detail=failed.detail,
        retry_after=failed.retry_after,
        http=at.http,
        host=at.host,
    )
