"""Fetch and parse one item: a URLRequest in; an article for the label worker out, or the outcome that says why there is none."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Protocol, cast

from worker.archive.page_archive import KeptPage
from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Answer, FetchFailed, HostBusy
from worker.intake.links import Links
from worker.logs import fields
from worker.messages import Extracted, Failed, HostReport, Listed, Outcome, Page, Returned, Struck, Unchanged, URLRequest
from worker.net.url import written_host
from worker.reasons import Fate, Kind, Reason
from worker.sandbox.pool import Parsed, ParseKilled

log = logging.getLogger(__name__)

RETURN_AFTER = 5.0
"""Seconds until an item is sent again that this installation could not process (Redis away, no parse process starts)."""


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


class KeepsPages(Protocol):
    """What this stage needs of an archive."""

    def keep(self, page: Page) -> KeptPage | None:
        """Writes the page; None where it could not be written."""


@dataclass(frozen=True, slots=True)
class ItemReader:
    """Fetches and parses one item at a time, from many threads. Never raises: whatever happens is an outcome.

    A failure is logged once, where it happens.
    """

    fetcher: Fetches
    parser: Parses
    refuse_opt_outs: bool = False
    """Whether a page's reservations refuse it; those in its headers have done so before, in the fetcher."""
    archive: KeepsPages | None = None
    """Where pages are kept that became articles; those that reserve `noarchive` are not."""

    def read(self, request: URLRequest) -> Extracted | Outcome:
        """Fetches and parses the item."""
        got = self.fetch(request)
        return self.parse(request, got) if isinstance(got, Answer) else got

    def fetch(self, request: URLRequest) -> Answer | Outcome:
        """The answer with a page to be parsed, or the outcome of an item without one."""
        try:
            answer = self.fetcher.fetch(request.url, kind=request.kind, etag=request.etag, last_modified=request.last_modified)
        except HostBusy as busy:
            return returned(request, busy.after)
        except FetchFailed as failed:
            _log_failure(request, failed, "fetch", failed)
            return replace(_failed(request, failed, failed), final_url=failed.final_url)
        except Unavailable as away:
            return _returned_unharmed(request, away, "fetch")
        except Exception as error:
            log.exception("unexpected error while fetching", extra=_fields(request, "fetch", Reason.POISON))
            return Struck(request.item_id, request.token, f"the fetcher failed: {type(error).__name__}: {error}"[:500])
        if answer.page is not None:
            return answer
        return Unchanged(request.item_id, request.token, http=answer.http, host=answer.host, fresh_for=answer.fresh_for)

    def parse(self, request: URLRequest, answer: Answer) -> Extracted | Outcome:
        """The outcome of an item whose page was fetched."""
        page = cast(Page, answer.page)
        try:
            return self._parsed(request, page, answer)
        except ItemFailed as failed:
            _log_failure(request, failed, "parse", answer)
            return replace(_failed(request, failed, answer), final_url=page.final_url, fetched_at=page.fetched_at)
        except ParseKilled as killed:
            log.warning("parse failed, a strike against the page: %s", killed, extra=_fields(request, "parse", Reason.POISON, answer.host))
            return Struck(request.item_id, request.token, str(killed), host=answer.host)
        except Unavailable as away:
            return _returned_unharmed(request, away, "parse")
        except Exception as error:
            log.exception("unexpected error while parsing", extra=_fields(request, "parse", Reason.POISON, answer.host))
            return Struck(request.item_id, request.token, f"the reader failed: {type(error).__name__}: {error}"[:500], host=answer.host)

    def _parsed(self, request: URLRequest, page: Page, answer: Answer) -> Extracted | Listed:
        if request.kind != "article":
            return _listed(request, self.parser.links(request.kind, page), answer, page.fetched_at)
        parsed = self.parser.extract(page)
        item_id, token = request.item_id, request.token
        made = parsed.extracted(page, answer.http, item_id=item_id, token=token, refuse_opt_outs=self.refuse_opt_outs)
        kept = self.archive.keep(page) if self.archive and not any("noarchive" in said for said in parsed.opt_outs) else None
        return replace(made, host=answer.host, page_sha256=kept.sha256 if kept else None, page_bytes=kept.bytes if kept else 0)


def _listed(request: URLRequest, links: Links, answer: Answer, fetched_at: str) -> Listed:
    if links.warnings:
        log.warning("%s read with warnings: %s", request.kind, "; ".join(links.warnings), extra=_fields(request, "parse", host=answer.host))
    about = links.about
    return Listed(
        request.item_id,
        request.token,
        links.urls,
        links.sitemaps,
        answer.http,
        answer.host,
        fetched_at,
        links.warnings,
        links.published,
        title=about.title,
        language=about.language,
        ttl=about.ttl,
        update_period=about.update_period,
        fresh_for=answer.fresh_for,
    )


def returned(request: URLRequest, after: float = 0.0) -> Returned:
    """The item returned, to be sent again `after` seconds; no attempt is counted."""
    return Returned([(request.item_id, request.token)], after)


def _returned_unharmed(request: URLRequest, away: Unavailable, stage: str) -> Returned:
    log.warning("page not processed, it will be tried again: %s", away, extra=_fields(request, stage))
    return returned(request, RETURN_AFTER)


def _failed(request: URLRequest, failed: ItemFailed, at: Answer | FetchFailed) -> Failed:
    """With the HTTP answer and the report of the host, as far as the fetch got."""
    return Failed(
        item_id=request.item_id,
        token=request.token,
        reason=failed.reason.word,
        detail=failed.detail,
        retry_after=failed.retry_after,
        http=at.http,
        host=at.host,
    )


def _log_failure(request: URLRequest, failed: ItemFailed, stage: str, at: Answer | FetchFailed) -> None:
    """One line for each page that failed; `ms` is there where a server answered."""
    what = "page refused" if failed.fate is Fate.REFUSED else f"{stage} failed"
    took = fields(ms=at.http.ms if at.http and at.http.ms else None)
    log.info("%s: %s", what, failed.detail or failed.reason, extra=_fields(request, stage, failed.reason, at.host) | took)


def _fields(request: URLRequest, stage: str, reason: Reason | None = None, host: HostReport | None = None) -> dict[str, str | int]:
    """`host` is where a redirect led to; without it, the host of the item's own URL."""
    name = host.host if host else written_host(request.url)
    return fields(item=request.item_id, host=name, stage=stage, reason=reason.word if reason else None, url=request.url)
