"""Fetch a page: check its address and robots.txt, keep the host's pace, follow redirects, return a Page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from worker.config import Settings
from worker.errors import ItemFailed
from worker.fetch.deadline import Deadline
from worker.fetch.fetch_context import FetchContext, FetchFailed, kept, shown
from worker.fetch.freshness import fresh_for
from worker.fetch.head import Head
from worker.fetch.pace import HostBusy, Pace
from worker.fetch.paced_request import PacedRequests
from worker.fetch.refresh import refreshed
from worker.fetch.reservations import header_reservations
from worker.fetch.retry_after import retry_after
from worker.fetch.robots import Robots, product, sitemaps_named
from worker.fetch.robots_check import REDIRECTS, RobotsCheck
from worker.fetch.soft_errors import passing_error
from worker.fetch.transport import Exchange
from worker.messages import HostReport, Http, Page
from worker.net import policy
from worker.net.url import Address
from worker.reasons import Fate, Kind, Reason, http_reason

__all__ = ["Answer", "FetchFailed", "Fetcher", "HostBusy"]

_MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+*-]+/[A-Za-z0-9!#$&^_.+*-]+\s*(;|$)")
UNTYPED = frozenset({"*/*", "unknown/unknown", "application/unknown"})
"""Media types that say nothing (WHATWG MIME Sniffing section 7): the type is found in the bytes."""
XML = frozenset({"application/xml", "text/xml", "application/vnd.wap.xhtml+xml"})
"""Media types under which XHTML is served, too."""
PAGES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", *XML})
"""Media types of an article; an answer without any is left to extraction."""
ROOT_WITHIN = 1024
"""Bytes in which the root element of XHTML begins, after its declarations."""
NO_LISTS = ("image/", "audio/", "video/", "font/", "application/pdf")
"""Beginnings of media types that no feed or sitemap is served as; servers call them almost anything else, HTML and binary data too."""
ACCEPT: Mapping[Kind, str] = {
    "article": "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5",
    "feed": "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.1",
    "sitemap": "application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1",
}
WANTED: Mapping[Kind, str] = {"article": "HTML or plain text", "feed": "a feed", "sitemap": "a sitemap"}
"""What the details of failures name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a fetch: the page, or None where the server says that it has not changed."""

    page: Page | None
    http: Http
    host: HostReport | None
    fresh_for: float | None = None
    """Seconds for which the answer calls itself fresh."""


class Fetcher:
    """Fetches pages; thread-safe, one a process. Nothing else in the program connects to other people's servers."""

    def __init__(self, settings: Settings, pace: Pace, robots: Robots) -> None:
        self._settings = settings
        self._requests = PacedRequests(settings, pace)
        self._robots = robots
        self._robots_check = RobotsCheck(settings, self._requests, robots)
        self._product = product(settings.user_agent)

    def fetch(self, url: str, *, kind: Kind = "article", etag: str | None = None, last_modified: str | None = None) -> Answer:
        """The page at `url`. With the validators of an earlier answer it may be unchanged.

        An `article` of another type than HTML, XHTML or plain text is refused by its header, and so
        is a feed or a sitemap of a type in NO_LISTS. Raises FetchFailed, or HostBusy where the host
        may not be requested yet.
        """
        limit = self._settings.total_timeout
        context = FetchContext(Deadline.after(limit, f"not done within {limit:g} s"))
        validators = {name: value for name, value in (("If-None-Match", kept(etag)), ("If-Modified-Since", kept(last_modified))) if value}
        try:
            return self._follow_redirects(url, kind, validators, context)
        except ItemFailed as failure:
            raise context.failed(failure) from failure

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of the host of `url` names, once a page of it was fetched; absolute addresses."""
        rules = self._robots.get(policy.parse(url, self._settings).origin)
        return sitemaps_named(rules.source) if rules else []

    def _follow_redirects(self, url: str, kind: Kind, validators: Mapping[str, str], context: FetchContext) -> Answer:
        address = policy.parse(url, self._settings)
        answer: Answer | None = None
        for _ in range(self._settings.max_redirects + 1):
            context.arrive(address)
            self._robots_check.check(address, context)
            headers = {"Accept": ACCEPT[kind], **context.cookies.header(address), **validators}
            with self._requests.send(address, headers, context, context.deadline) as exchange:
                context.head = exchange.head
                context.cookies.take(address, exchange.head.cookies)
                is_redirect = exchange.head.status in REDIRECTS
                if not is_redirect:
                    answer = self._answer(url, kind, exchange, context, conditional=bool(validators))
            target = (
                self._redirected(address, exchange.head) if is_redirect else self._refreshed(address, kind, exchange.head, answer, context)
            )
            if target is None:
                return cast(Answer, answer)
            address = target
        raise ItemFailed(Reason.TOO_MANY_REDIRECTS, f"expected at most {self._settings.max_redirects} redirects, got more")

    def _redirected(self, address: Address, head: Head) -> Address:
        """Where a redirect leads, checked as the first address was; its body is not read."""
        target = policy.join(address, head.location(), self._settings)
        if self._settings.refuse_downgrades and address.scheme == "https" and target.scheme == "http":
            raise ItemFailed(Reason.BAD_RESPONSE, "a redirect from https to http")
        return target

    def _refreshed(self, address: Address, kind: Kind, head: Head, answer: Answer | None, context: FetchContext) -> Address | None:
        """Where an article's page sends its readers by itself, None where it does not, or where no redirect could lead."""
        page = answer.page if answer else None
        stated = refreshed(head, page.body) if page is not None and kind == "article" else None
        if stated is None:
            return None
        try:
            target = policy.join(address, stated, self._settings)
        except ItemFailed:
            return None
        return None if context.was_at(target) else target

    def _answer(self, url: str, kind: Kind, exchange: Exchange, context: FetchContext, *, conditional: bool) -> Answer:
        head = exchange.head
        if head.status == 304 and conditional:
            return Answer(None, context.http(), context.host(), fresh_for(head))
        self._check(head, kind)
        reserved = header_reservations(head, self._product)
        if reserved and self._settings.refuse_opt_outs:
            raise ItemFailed(Reason.OPTED_OUT, ", ".join(reserved))
        body = _whole(exchange.stream(), self._settings.max_decoded_bytes)
        if kind == "article":
            _require_page(head, body)
            if said := passing_error(body):
                raise ItemFailed(Reason.HTTP_5XX, f"the page says: {shown(said)}")
        return Answer(_page(url, context, exchange, body, reserved), context.http(), context.host(), fresh_for(head))

    def _check(self, head: Head, kind: Kind) -> None:
        """Raises ItemFailed for an answer whose head shows that it holds no page."""
        reason = Reason.BAD_RESPONSE if head.status == 206 else http_reason(head.status)
        if reason is not None:
            asked = retry_after(head.get("retry-after"), self._settings.retry_after_cap, datetime.now(UTC))
            waits = reason.fate in {Fate.AGAIN, Fate.WAITS}
            raise ItemFailed(reason, f"status {head.status}", retry_after=asked if waits else None)
        _require_document(head, kind)


def _require_document(head: Head, kind: Kind) -> None:
    """Raises ItemFailed for a success that brings nothing, or a type that is never a document of this kind."""
    is_page = kind == "article"
    if head.status in {204, 205}:
        reason = Reason.NO_TEXT if is_page else Reason.NOT_FEED
        raise ItemFailed(reason, f"expected {WANTED[kind]}, got status {head.status}: an answer without a document")
    media = _media(head)
    if media not in PAGES if is_page else media.startswith(NO_LISTS):
        raise _unwanted(kind, media)


def _require_page(head: Head, body: bytes) -> None:
    """Raises ItemFailed(NOT_HTML) for XML that is no XHTML."""
    media = _media(head)
    if media in XML and b"<html" not in body[:ROOT_WITHIN].lower():
        raise _unwanted("article", media)


def _unwanted(kind: Kind, media: str) -> ItemFailed:
    reason = Reason.NOT_HTML if kind == "article" else Reason.NOT_FEED
    return ItemFailed(reason, f"expected {WANTED[kind]}, got Content-Type {shown(media)[:60]}")


def _media(head: Head) -> str:
    """The media type without parameters, in lower case; empty where none is stated."""
    return (_content_type(head) or "").partition(";")[0].strip().lower()


def _content_type(head: Head) -> str | None:
    """The last type that is well-formed and says anything, as browsers take it (Fetch standard, "extract a MIME type"); None
    where there is none: then the encoding and type are found in the bytes."""
    found: str | None = None
    for part in ",".join(head.all("content-type")).split(","):
        stated, parameters = part.strip(), ";" in part
        essence = stated.partition(";")[0].strip().lower()
        if _MEDIA.match(stated) and essence not in UNTYPED:
            same = found is not None and found.partition(";")[0].strip().lower() == essence
            found = found if same and not parameters else stated
    return shown(found) if found else None


def _whole(blocks: Iterable[bytes], limit: int) -> bytes:
    """All of `blocks`; raises ItemFailed(TOO_BIG) beyond `limit` bytes."""
    body = bytearray()
    for block in blocks:
        body += block
        if len(body) > limit:
            raise ItemFailed(Reason.TOO_BIG, f"expected at most {limit} bytes when decoded, got more")
    return bytes(body)


def _page(url: str, context: FetchContext, exchange: Exchange, body: bytes, reserved: tuple[str, ...]) -> Page:
    http, head = context.http(), exchange.head
    return Page(
        url=url,
        final_url=context.at.url if context.at else url,
        status=head.status,
        body=body,
        content_type=_content_type(head),
        etag=http.etag,
        last_modified=http.last_modified,
        opt_outs=reserved,
        warnings=(*(["downgraded"] if context.downgraded else []), *sorted(exchange.notes)),
        ms=http.ms,
        wire_bytes=http.bytes,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )
