"""Judge every request before anything else sees it: host, origin, caller, role, size; and set the headers of every answer."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.config import Settings
from worker.dashboard.security import limits
from worker.dashboard.security.access import Role, Route, Table
from worker.dashboard.security.answers import Refused, bad_request, conflict, is_program, not_found, too_many
from worker.dashboard.security.callers import COOKIE, NOBODY, Caller, Callers
from worker.dashboard.security.forms import BODY, Form
from worker.dashboard.security.limits import Attempts
from worker.errors import Conflict, NotFound, PressmarkError, Unavailable

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
"""Of every answer; pages also say `Cache-Control: no-store`."""
SAFE = ("GET", "HEAD")
CALLER, FORM_FIELD = "pressmark.caller", "form_token"
ROLE_WORDS = {Role.EDITOR: "Editors can do this.", Role.OPERATOR: "Operators can do this."}


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks, as the security of this request found."""
    found: Caller = connection.scope.get(CALLER, NOBODY)
    return found


class Security:
    """Wraps the application; `answer` makes the response to a request that is refused, and to one that failed (None)."""

    def __init__(
        self, app: ASGIApp, *, table: Table, callers: Callers, settings: Settings, answer: Callable[[Request, Refused], Response]
    ) -> None:
        self._app = app
        self._table = table
        self._callers = callers
        self._settings = settings
        self._answer = answer
        self._requests = Attempts(limits.REQUESTS, limits.REQUEST_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; `lifespan` passes through, and there are no web sockets."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, receive, _with_headers(send))

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, started = Request(scope, receive), _Started(send)
        try:
            route = self._judge(request)
            if request.method not in SAFE:
                scope[BODY] = await _read_body(request)
                receive = _replay(scope[BODY], receive)
                self._expect_form(request, route)
            await self._app(scope, receive, started)
        except Exception as error:
            if started.begun:
                raise
            response = await to_thread.run_sync(self._answer, request, _as_refused(error, request))
            await response(scope, receive, send)

    def _judge(self, request: Request) -> Route:
        """The route that may answer, with the caller noted in the scope; raises Refused."""
        client = client_of(request)
        self._expect_patience(client)
        self._expect_host(request)
        if is_foreign(request):
            raise Refused(403, "foreign-origin", "This request came from another site.")
        route = self._table.find(request.method, request.url.path)
        if route is None or route.role > Role.ANYONE:
            request.scope[CALLER] = self._caller(request, client)
            if request.scope[CALLER] is NOBODY:
                raise Refused(401, "unauthorized", "Sign in to go on.", {"WWW-Authenticate": "Bearer"})
        else:
            request.scope[CALLER] = self._known_or_nobody(request)
        if route is None:
            raise self._nothing_there(request)
        if not caller_of(request).may(route.role):
            raise Refused(403, "role", f"{ROLE_WORDS[route.role]} You are {_a(caller_of(request).role)}.")
        return route

    def _expect_patience(self, client: str) -> None:
        if wait := self._requests.wait(client):
            raise too_many(wait)
        self._requests.note(client)

    def _expect_host(self, request: Request) -> None:
        """Against DNS rebinding: a page of another site cannot make a browser name one of these hosts."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not is_own_host(hosts[0], self._settings):
            raise Refused(403, "host", "Pressmark does not answer under this name. PRESSMARK_DASHBOARD_HOSTS lists more names.")

    def _caller(self, request: Request, client: str) -> Caller:
        """Who asks; NOBODY without a token or session, Refused for a wrong one."""
        if self._callers.open:
            return self._callers.here()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return self._callers.by_session(request.cookies.get(COOKIE, "")) or NOBODY
        return self._callers.admit(token.strip() if scheme.lower() == "bearer" else "", client)

    def _known_or_nobody(self, request: Request) -> Caller:
        """Who asks for what anyone may ask."""
        if self._callers.open:
            return self._callers.here()
        return self._callers.by_session(request.cookies.get(COOKIE, "")) or NOBODY

    def _nothing_there(self, request: Request) -> Refused:
        methods = self._table.methods(request.url.path)
        if methods and is_program(request):  # the contract closes the list of its errors
            return Refused(404, "not-found", f"Expected {' or '.join(methods)} here.", {"Allow": ", ".join(methods)})
        if methods:
            return Refused(405, "method", f"Expected {' or '.join(methods)} here.", {"Allow": ", ".join(methods)})
        return Refused(404, "not-found", f"There is nothing at {request.url.path[:200]}.")

    def _expect_form(self, request: Request, route: Route) -> None:
        if route.form and not self._callers.is_form_token(caller_of(request), Form.of(request).text(FORM_FIELD)):
            raise Refused(403, "form-token", "This form came from another site, or from before a restart. Load the page again.")


def client_of(connection: HTTPConnection) -> str:
    """The address of whoever asks."""
    return connection.client.host if connection.client else ""


def is_own_host(header: str, settings: Settings) -> bool:
    """Whether a Host header names this dashboard: loopback, its address, or a name of the settings."""
    try:
        name = (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return False
    address = settings.dashboard_address
    if name in ("localhost", address.host, *settings.dashboard_hosts):
        return True
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return name.endswith(".localhost")
    # Rebinding needs a name: where the address is no loopback, every literal address may be this machine's own
    return found.is_loopback or not address.is_loopback


def is_foreign(request: Request) -> bool:
    """Whether a page of another site sent this. Programs send neither header; a link that is followed from elsewhere may read a page.

    Under our own `Referrer-Policy: no-referrer` browsers send `Origin: null` with a page's own forms; then Sec-Fetch-Site decides,
    which no page can set.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own_form = origin == "null" and site == "same-origin"
    if origin is not None and not own_form and not _is_same(origin, request.headers.get("host", "")):
        return True
    if site is None or site == "same-origin":
        return False
    if request.method not in SAFE:
        return True
    return site != "none" and not _is_followed_link(request)


def _is_followed_link(request: Request) -> bool:
    headers = request.headers
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_same(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower() and origin.lower() == f"{parts.scheme}://{host.lower()}"
    )


async def _read_body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > limits.BODY_DRAINED:
        raise _too_big()
    body, size = bytearray(), 0
    with anyio.move_on_after(limits.BODY_SECONDS) as limit:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limits.BODY_DRAINED:
                raise _too_big()
            if size <= limits.BODY:
                body += chunk
    if size > limits.BODY:
        raise _too_big()
    if limit.cancelled_caught:
        raise bad_request(f"Expected the whole request within {limits.BODY_SECONDS:.0f} s.", "slow")
    return bytes(body)


def _too_big() -> Refused:
    return Refused(413, "too-big", "Larger than 5 MB.", {"Connection": "close"})


def _as_refused(error: Exception, request: Request) -> Refused:
    """Every error as an answer; one that nobody expected is logged with its place."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Unavailable):
        return Refused(503, "unavailable", str(error))
    if isinstance(error, NotFound):
        return not_found(str(error))
    if isinstance(error, Conflict):
        return conflict(str(error))
    if isinstance(error, PressmarkError):
        return bad_request(str(error))
    log.error("unexpected error while answering %s %s", request.method, request.url.path, exc_info=error)
    return Refused(503 if is_program(request) else 500, "unexpected", "Pressmark made a mistake. Its log has the details.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, for the application; after it, what the server says."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            wanted = HEADERS if b"cache-control" in given else HEADERS | {"cache-control": "no-store"}
            message["headers"] = [*message["headers"], *((n.encode(), v.encode()) for n, v in wanted.items() if n.encode() not in given)]
        await send(message)

    return wrapped


class _Started:
    """Passes messages on, and knows whether the answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def _a(role: Role) -> str:
    return f"an {role.word}" if role.word[0] in "eo" else f"a {role.word}"
