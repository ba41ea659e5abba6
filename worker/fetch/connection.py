"""Connect through the guard, or through the operator's proxy, and start TLS for https."""

from __future__ import annotations

import base64
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import certifi

from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.fetch.deadline import Deadline
from worker.fetch.head import read_head
from worker.fetch.timed_socket import TimedSocket, broken
from worker.net.dial import dial
from worker.net.resolve import resolve
from worker.net.url import Address
from worker.reasons import Reason


class Connector:
    """Makes connections by the settings; one TLS context for all, since reading the authorities costs 20 ms."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = tls_context(settings)
        self._proxy = Proxy.of(settings.proxy) if settings.proxy else None

    def connect(self, address: Address, deadline: Deadline) -> socket.socket:
        """A connection to `address`; raises ItemFailed: DNS, PRIVATE_ADDRESS, PORT, CONNECT, TLS, TIMEOUT."""
        connection = self._tunnel(address, deadline) if self._proxy else self._dial(address, deadline)
        if address.scheme == "http":
            return connection
        return secure(connection, address.host, self._context, self._step(deadline, "TLS"))

    def request_target(self, address: Address) -> str:
        """What is asked for on the request line: a proxy wants the whole URL of a plain page."""
        return address.url if self._proxy and address.scheme == "http" else address.target

    def extra_headers(self, address: Address) -> dict[str, str]:
        """What the proxy wants of a plain request."""
        return self._proxy.headers if self._proxy and address.scheme == "http" else {}

    def _dial(self, address: Address, deadline: Deadline) -> socket.socket:
        settings = self._settings
        lookup = deadline.within(settings.dns_timeout, "no look-up in time")
        ips = resolve(address, settings, lookup.remaining())
        return dial(ips, address, settings, self._step(deadline, "connection").remaining())

    def _tunnel(self, address: Address, deadline: Deadline) -> socket.socket:
        assert self._proxy  # noqa: S101 - only called with one
        connection = self._proxy.dial(self._step(deadline, "proxy"))
        if address.scheme == "https":
            self._proxy.ask(connection, address, self._settings, self._step(deadline, "tunnel"))
        return connection

    def _step(self, deadline: Deadline, what: str) -> Deadline:
        seconds = self._settings.connect_timeout
        return deadline.within(seconds, f"no {what} within {seconds:g} s")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The operator's proxy. It resolves and dials by itself, so only what stands in the URL is judged."""

    host: str
    port: int
    headers: dict[str, str]

    @classmethod
    def of(cls, url: str) -> Proxy:
        """The proxy at `http://[user:password@]host[:port]`; port 3128 where none is given. Raises UsageError."""
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port or 3128
        except ValueError:
            host = None
        if not host:
            raise UsageError("PRESSMARK_PROXY: expected http://[user:password@]host[:port]")
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        secret = base64.b64encode(user.encode()).decode()
        return cls(host, port, {"Proxy-Authorization": f"Basic {secret}"} if parts.username else {})

    def dial(self, deadline: Deadline) -> socket.socket:
        """A connection to the proxy itself."""
        try:
            return socket.create_connection((self.host, self.port), deadline.remaining())
        except TimeoutError as error:
            raise deadline.missed() from error
        except OSError as error:
            raise ItemFailed(Reason.CONNECT, f"the proxy: {error.strerror or error}") from error

    def ask(self, connection: socket.socket, address: Address, settings: Settings, deadline: Deadline) -> None:
        """Asks for a tunnel to `address`; raises ItemFailed(CONNECT) where the proxy says no."""
        wire = TimedSocket(connection, deadline)
        place = address.place
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *(f"{name}: {value}" for name, value in self.headers.items())]
        wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
        status = read_head(wire, settings).status
        if status != 200:
            raise ItemFailed(Reason.CONNECT, f"the proxy answered {status}")


def secure(connection: socket.socket, host: str, context: ssl.SSLContext, deadline: Deadline) -> ssl.SSLSocket:
    """TLS over `connection` with `host` as SNI and as the name that the certificate must bear.

    Raises ItemFailed: TLS for a certificate or protocol that will not do, CONNECT for a cut handshake, TIMEOUT.
    """
    try:
        connection.settimeout(deadline.remaining())
        return context.wrap_socket(connection, server_hostname=host)
    except OSError as error:
        connection.close()
        raise _tls_failure(error, deadline) from error


def _tls_failure(error: OSError, deadline: Deadline) -> ItemFailed:
    if isinstance(error, TimeoutError):
        return deadline.missed()
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return ItemFailed(Reason.CONNECT, "the TLS handshake was cut")
    if isinstance(error, ssl.SSLCertVerificationError):
        return ItemFailed(Reason.TLS, f"certificate: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return ItemFailed(Reason.TLS, f"protocol: {error.reason or 'no TLS'}")
    return broken(error)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Trust in the system's authorities, certifi's and the operator's own; TLS 1.2 or later (RFC 8996)."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise UsageError(f"{settings.ca_file}: expected certificates in PEM form: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
