"""Collect what one fetch shows of hosts and answers on its way through redirects, however it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from worker.errors import ItemFailed
from worker.fetch.cookies import Cookies
from worker.fetch.deadline import Deadline
from worker.fetch.head import Head
from worker.fetch.timed_socket import TimedSocket
from worker.messages import HostReport, Http
from worker.net.url import Address
from worker.reasons import Reason

HOST_TROUBLE = frozenset({Reason.DNS, Reason.CONNECT, Reason.TIMEOUT, Reason.HTTP_429, Reason.HTTP_5XX, Reason.ROBOTS_UNAVAILABLE})
"""Reasons that count against the host, not against the page."""
MAX_VALUE = 1024
"""Characters of a validator or date that is kept from a header; real ones are far shorter."""


class FetchFailed(ItemFailed):
    """A fetch failed; carries what is known of host and answer all the same."""

    def __init__(self, failure: ItemFailed, host: HostReport | None, http: Http | None, final_url: str | None) -> None:
        super().__init__(failure.reason, shown(failure.detail), retry_after=failure.retry_after)
        self.host = host
        self.http = http
        self.final_url = final_url


@dataclass(slots=True)
class FetchContext:
    """The progress of one fetch; used by one thread."""

    deadline: Deadline
    started: float = field(default_factory=time.monotonic)
    at: Address | None = None
    """The address requested last."""
    head: Head | None = None
    """Of the last answer."""
    wire: TimedSocket | None = None
    """The socket of the last answer."""
    crawl_delay: float | None = None
    downgraded: bool = False
    asked: set[str] = field(default_factory=set)
    """Hosts and ports that were sent a request during this fetch."""
    answers: int = 0
    """Heads of answers that were received."""
    connected: bool = False
    """Whether the last request reached its host: one that cannot be reached differs from one that is silent."""
    seen: set[tuple[str, str]] = field(default_factory=set)
    """URLs of the pages requested so far, each with the cookies that were sent to it."""
    cookies: Cookies = field(default_factory=Cookies)

    def was_at(self, address: Address) -> bool:
        """Whether this page was requested before, with the cookies that it would be sent now."""
        return (address.url, self.cookies.header(address).get("Cookie", "")) in self.seen

    def arrive(self, address: Address) -> None:
        """Notes the next page of the redirects; raises ItemFailed(TOO_MANY_REDIRECTS) where they lead in a circle."""
        if self.was_at(address):
            raise ItemFailed(Reason.TOO_MANY_REDIRECTS, f"redirects in a circle through {address.url[:120]}")
        self.downgraded |= self.at is not None and self.at.scheme == "https" and address.scheme == "http"
        self.seen.add((address.url, self.cookies.header(address).get("Cookie", "")))
        self.at, self.head, self.crawl_delay = address, None, None

    @property
    def wire_bytes(self) -> int:
        """Bytes of the last answer, its head included."""
        return self.wire.received if self.wire else 0

    @property
    def ms(self) -> int:
        """Milliseconds since the start."""
        return round((time.monotonic() - self.started) * 1000)

    def http(self) -> Http:
        """The last answer, as the Result shows it."""
        if self.head is None:
            return Http(ms=self.ms, bytes=self.wire_bytes)
        etag, modified = kept(self.head.get("etag")), kept(self.head.get("last-modified"))
        return Http(status=self.head.status, etag=etag, last_modified=modified, ms=self.ms, bytes=self.wire_bytes)

    def host(self, failure: ItemFailed | None = None) -> HostReport | None:
        """What this fetch shows of the host requested last, None where none was."""
        if self.at is None:
            return None
        ok = failure is None or failure.reason not in HOST_TROUBLE
        after = failure.retry_after if failure else None
        return HostReport(host=self.at.place, ok=ok, retry_after=after, crawl_delay=self.crawl_delay, ms=self.ms)

    def failed(self, failure: ItemFailed) -> FetchFailed:
        """`failure` with all that is known of host and answer."""
        return FetchFailed(failure, self.host(failure), self.http() if self.head else None, self.at.url if self.at else None)


def kept(value: str | None) -> str | None:
    """A header value to keep: printable ASCII of at most MAX_VALUE characters, else None."""
    if not value or len(value) > MAX_VALUE or not (value.isascii() and value.isprintable()):
        return None
    return value


def shown(text: str) -> str:
    """At most 200 characters of `text`, all of them printable."""
    return "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in text[:200])[:200]
