"""Connect to a checked address, directly or through the operator's proxy, with TLS for https."""

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
    """Makes connections as the settings say; one TLS context for all, since reading the authorities costs 20 ms."""

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
        """The target in the request line: for http through a proxy the whole URL."""
        return address.url if self._proxy and address.scheme == "http" else address.target

    def extra_headers(self, address: Address) -> dict[str, str]:
        """The proxy's credentials, for http."""
        return self._proxy.headers if self._proxy and address.scheme == "http" else {}

    def _dial(self, address: Address, deadline: Deadline) -> socket.socket:
        settings = self._settings
        lookup = deadline.within(settings.dns_timeout, f"no answer from DNS within {settings.dns_timeout:g} s")
        ips = resolve(address, settings, lookup.remaining())
        return dial(ips, address, settings, self._step(deadline, "connection").remaining())

    def _tunnel(self, address: Address, deadline: Deadline) -> socket.socket:
        assert self._proxy  # noqa: S101 - only called with one
        connection = self._proxy.dial(self._step(deadline, "proxy"))
        if address.scheme == "https":
            self._proxy.open_tunnel(connection, address, self._settings, self._step(deadline, "tunnel"))
        return connection

    def _step(self, deadline: Deadline, what: str) -> Deadline:
        seconds = self._settings.connect_timeout
        return deadline.within(seconds, f"no {what} within {seconds:g} s")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The operator's proxy. It resolves names and connects by itself, so only the URL itself is checked."""

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
            raise UsageError("PRESSMARK_PROXY: expected http://[user:password@]host[:port], got another form")
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        secret = base64.b64encode(user.encode()).decode()
        return cls(host, port, {"Proxy-Authorization": f"Basic {secret}"} if parts.username else {})

    def dial(self, deadline: Deadline) -> socket.socket:
        """A connection to the proxy itself; raises ItemFailed(CONNECT or TIMEOUT)."""
        try:
            return socket.create_connection((self.host, self.port), deadline.remaining())
        except TimeoutError as error:
            raise deadline.missed() from error
        except OSError as error:
            raise ItemFailed(Reason.CONNECT, f"the proxy cannot be reached: {error.strerror or error}") from error

    def open_tunnel(self, connection: socket.socket, address: Address, settings: Settings, deadline: Deadline) -> None:
        """Asks for a tunnel to `address`; raises ItemFailed(CONNECT) where the proxy refuses it."""
        wire = TimedSocket(connection, deadline)
        host = address.place
        lines = [f"CONNECT {host} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in self.headers.items())]
        wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
        status = read_head(wire, settings).status
        if status != 200:
            raise ItemFailed(Reason.CONNECT, f"the proxy answered {status}")


def secure(connection: socket.socket, host: str, context: ssl.SSLContext, deadline: Deadline) -> ssl.SSLSocket:
    """TLS over `connection` with `host` as SNI and as the name that the certificate must bear.

    An end without close_notify raises ssl.SSLEOFError where it is read: whoever can cut a connection could fake any other end.
    Raises ItemFailed: TLS for an invalid certificate or an unusable protocol, CONNECT where the handshake breaks off, TIMEOUT.
    """
    try:
        connection.settimeout(deadline.remaining())
        return context.wrap_socket(connection, server_hostname=host, suppress_ragged_eofs=False)
    except OSError as error:
        connection.close()
        raise _tls_failure(error, deadline) from error


def _tls_failure(error: OSError, deadline: Deadline) -> ItemFailed:
    if isinstance(error, TimeoutError):
        return deadline.missed()
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return ItemFailed(Reason.CONNECT, "the TLS handshake broke off")
    if isinstance(error, ssl.SSLCertVerificationError):
        return ItemFailed(Reason.TLS, f"certificate: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return ItemFailed(Reason.TLS, f"protocol: {error.reason or 'no TLS'}")
    return broken(error)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Trusts the authorities of the system, of certifi and of the operator; TLS 1.2 or later (RFC 8996). Raises UsageError."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise UsageError(f"{settings.ca_file}: expected certificates in PEM form, got: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
