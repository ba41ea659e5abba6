"""Send requests through a requests session whose adapter checks addresses and reads answers within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from worker.config import Settings
from worker.fetch.body import read_body
from worker.fetch.connection import Connector
from worker.fetch.content_coding import decode
from worker.fetch.deadline import Deadline
from worker.fetch.head import Head, read_head
from worker.fetch.timed_socket import TimedSocket
from worker.net.url import Address


class Request(requests.PreparedRequest):
    """A GET to a checked address, or a POST of `body`, with the deadline of the whole answer."""

    def __init__(self, address: Address, headers: Mapping[str, str], deadline: Deadline, body: bytes | None = None) -> None:
        """A GET's answer begins within `first_byte_timeout`; a POST's receiver may use all of the deadline for it."""
        super().__init__()
        self.method, self.url, self.hooks = "GET" if body is None else "POST", address.url, {"response": []}
        self.content = body or b""
        self.headers = CaseInsensitiveDict(headers)
        self.address, self.deadline = address, deadline
        self.connected = False
        """Whether a connection was made: a host that cannot be reached differs from one that answers wrongly."""


@dataclass(slots=True)
class Exchange:
    """A request that was sent and the head of its answer; the `raw` of a requests.Response."""

    wire: TimedSocket
    head: Head
    settings: Settings
    deadline: Deadline
    notes: set[str] = field(default_factory=set)
    """Once the body is read: `truncated` where the end of its packing is missing, and nothing of what was packed."""

    def stream(self, _size: int = 0, *, decode_content: bool = True) -> Iterator[bytes]:
        """The body in bounded blocks, without its content codings if `decode_content`; raises ItemFailed."""
        blocks = read_body(self.wire, self.head, self.settings, self.deadline, self.notes)
        coding = ",".join(self.head.all("content-encoding"))
        return decode(blocks, coding, self.settings.codings, self.notes) if decode_content and coding else blocks

    def close(self) -> None:
        """Ends the connection; the rest is never read."""
        self.wire.close()


class GuardedAdapter(HTTPAdapter):
    """Sends requests to checked addresses only; one connection a request, since hosts are paced.

    urllib3's pool and http.client's reader are not used: docs/decisions/http-reading.md says why.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._connector = Connector(settings)

    def send(self, request: requests.PreparedRequest, *_args: object, **_options: object) -> requests.Response:
        """The head of the answer to `request`, whose body is yet to be read; raises ItemFailed."""
        assert isinstance(request, Request)  # noqa: S101 - Session.exchange sends no other
        wire = TimedSocket(self._connector.connect(request.address, request.deadline), request.deadline)
        request.connected = True
        try:
            return self._answer(request, wire)
        except BaseException:
            wire.close()
            raise

    def _answer(self, request: Request, wire: TimedSocket) -> requests.Response:
        if request.method == "GET":
            limit = self._settings.first_byte_timeout
            wire.deadline = request.deadline.within(limit, f"no answer within {limit:g} s")
        wire.send(self._message(request))
        exchange = Exchange(wire, read_head(wire, self._settings), self._settings, request.deadline)
        response = requests.Response()
        response.status_code, response.url, response.request = exchange.head.status, request.address.url, request
        response.raw = cast(Any, exchange)
        return response

    def _message(self, request: Request) -> bytes:
        """The bytes of the request; every part of it was checked or is our own."""
        address = request.address
        fields = {"Host": address.netloc, **request.headers, **self._connector.extra_headers(address), "Connection": "close"}
        lines = [
            f"{request.method} {self._connector.request_target(address)} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("ascii", "replace") + request.content


class Session(requests.Session):
    """A session that follows no redirect by itself and keeps nothing: no cookies, proxies or netrc."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        adapter = GuardedAdapter(settings)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read the whole body of a redirect to prepare the next request (CVE-2026-21441)."""

    def exchange(self, request: Request) -> Exchange:
        """Sends `request` and reads the head of its answer; the body is yet to be read. Raises ItemFailed."""
        return cast(Exchange, self.send(request, stream=True, proxies={}, allow_redirects=False).raw)
