"""The guard: no URL, redirect, DNS answer or server chooses a place to connect to that is not a public web server.

One parser for the judgement and for the connection (`parse`), one look-up whose every answer must
be permitted (`resolve`), and a dial of exactly those addresses with the peer looked at again (`dial`).
All of the program's connections to strangers begin here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

import dns.exception
import dns.resolver
import idna

from worker.config import Settings
from worker.errors import ItemFailed
from worker.reasons import Reason

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL = 8000
"""Characters; RFC 9110 section 4.1 asks for at least 8,000, and no article needs more."""
MAX_DIALS = 4
"""Addresses tried of one answer: more would only spread the connect budget thin."""

SECOND_LOOK_UP = 1.5
"""Seconds for AAAA where A has answered: some servers never answer it, and would cost every fetch its whole budget."""

# fmt: off
_NET4 = tuple(map(ipaddress.IPv4Network, (
    # IANA IPv4 Special-Purpose Address Registry, and what is not unicast
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # the host agent of a cloud, on an address that looks public
)))
_PUBLIC6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given to the public Internet; the rest, mapped and translated forms too, is refused unseen."""
_NET6 = tuple(map(ipaddress.IPv6Network, (
    "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID
    "2001:db8::/32", "3fff::/20",  # documentation
    "2002::/16",  # 6to4: an IPv4 address in disguise
    "2620:4f:8000::/48",  # AS112, the sink of private reverse look-ups
    "3ffe::/16",  # the 6bone, given back in 2006
)))
# fmt: on
_ISATAP = {0x00005EFE, 0x02005EFE}
"""Interface identifiers of RFC 5214: an IPv4 address in the last 32 bits of any prefix."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{0,5}")
_SAFE = "!$%&'()*+,-./:;=@_~"
"""RFC 3986 `pchar` and the slash; `%` was looked at before."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart, once and for all; what is dialled, sent and judged is read from here."""

    scheme: str
    host: str
    """ASCII, lower case, without a final dot or brackets."""
    port: int
    target: str
    """Path and query as they are sent."""

    @property
    def netloc(self) -> str:
        """Host, and the port where it is not the scheme's own, as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and netloc: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def place(self) -> str:
        """Host and port, as in `example.org:443`: what one pace is kept for."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its one spelling."""
        return self.origin + self.target

    @property
    def literal(self) -> IPAddress | None:
        """The address that stands in the URL in place of a name."""
        return _literal(self.host)


def parse(url: str, settings: Settings) -> Address:
    """The parts of `url`, judged as far as a URL alone can be judged.

    Raises ItemFailed: BAD_URL, SCHEME, CREDENTIALS, PORT, or PRIVATE_ADDRESS for a literal address
    or `localhost` that is not opened by `allow_private`.
    """
    scheme, rest = _scheme(url)
    authority, target = _authority(rest)
    host, port_text = _host_and_port(authority)
    port = int(port_text) if port_text else _default_port(scheme)
    if not 1 <= port <= 65535:
        raise ItemFailed(Reason.BAD_URL, f"expected a port from 1 to 65535, came {port_text}")
    address = Address(scheme, host, port, target)
    _judge_port(address, settings)
    if address.literal is not None:
        judge(address.literal, address, settings)
    elif _is_localhost(host) and not _opened_by_name(address, settings):
        raise ItemFailed(Reason.PRIVATE_ADDRESS, f"{host} is this machine")
    return address


def judge(ip: IPAddress, address: Address, settings: Settings) -> None:
    """Raises ItemFailed(PRIVATE_ADDRESS or PORT) unless `ip` may be dialled for `address`."""
    if _opened_by_name(address, settings) or _opened_by_network(ip, address.port, settings):
        return
    if not is_public(ip):
        raise ItemFailed(Reason.PRIVATE_ADDRESS, f"{address.host} is at {ip}, which is not a public address")
    if address.port not in settings.allow_ports:
        raise ItemFailed(Reason.PORT, f"port {address.port} is not among {sorted(settings.allow_ports)}")


def is_public(ip: IPAddress) -> bool:
    """Whether a public web server can live at `ip`; transition forms of IPv6 never count as public."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _NET4)
    isatap = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
    return ip in _PUBLIC6 and not isatap and not any(ip in net for net in _NET6) and ip.scope_id is None


def resolve(address: Address, settings: Settings, timeout: float) -> tuple[IPAddress, ...]:
    """The addresses of `address`, every one permitted, in the order to be tried; looked up once.

    The table `resolve` of the settings goes before DNS; the hosts file is not read. `timeout` in seconds.
    Raises ItemFailed: DNS, PRIVATE_ADDRESS, PORT.
    """
    found = _known(address, settings) or _look_up(address.host, timeout)
    for ip in found:
        judge(ip, address, settings)
    return found


def dial(ips: Sequence[IPAddress], address: Address, settings: Settings, timeout: float) -> socket.socket:
    """A connection to the first of the checked `ips` that answers; its peer is judged again.

    `timeout` in seconds covers all tries. Raises ItemFailed: CONNECT, TIMEOUT, PRIVATE_ADDRESS.
    """
    end = time.monotonic() + timeout
    tried = ips[:MAX_DIALS]
    failure: OSError = OSError("no address")
    for place, ip in enumerate(tried):
        share = (end - time.monotonic()) / (len(tried) - place)
        try:
            connection = socket.create_connection((str(ip), address.port), max(share, 0.01))
        except OSError as error:
            failure = error
            continue
        return _checked_peer(connection, address, settings)
    reason = Reason.TIMEOUT if isinstance(failure, TimeoutError) else Reason.CONNECT
    raise ItemFailed(reason, f"{address.place}: {failure.strerror or failure}") from failure


def _checked_peer(connection: socket.socket, address: Address, settings: Settings) -> socket.socket:
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        judge(ipaddress.ip_address(connection.getpeername()[0]), address, settings)
    except OSError as error:
        connection.close()
        raise ItemFailed(Reason.CONNECT, f"{address.place}: {error.strerror}") from error
    except ItemFailed:
        connection.close()
        raise
    return connection


# Parsing ---------------------------------------------------------------------------------------


def _scheme(url: str) -> tuple[str, str]:
    if len(url) > MAX_URL:
        raise ItemFailed(Reason.BAD_URL, f"expected at most {MAX_URL} characters, came {len(url)}")
    if any(ch.isspace() or ch < " " or "\x7f" <= ch < "\xa0" or "\ud800" <= ch <= "\udfff" for ch in url):
        raise ItemFailed(Reason.BAD_URL, "expected no blanks or control characters")
    match = _URL.fullmatch(url)
    if match is None:
        raise ItemFailed(Reason.BAD_URL, "expected http:// or https://")
    scheme, rest = match[1].lower(), match[2]
    if scheme not in {"http", "https"}:
        raise ItemFailed(Reason.SCHEME, f"expected http or https, came {scheme[:40]}")
    if not rest.startswith("//"):
        raise ItemFailed(Reason.BAD_URL, f"expected // after {scheme}:")
    return scheme, rest[2:]


def _authority(rest: str) -> tuple[str, str]:
    """Authority and target; the fragment stays behind."""
    match = re.match(r"[^/?#]*", rest)
    authority = match[0] if match else ""
    path, _, query = rest[len(authority) :].partition("#")[0].partition("?")
    if "\\" in authority or "\\" in path:
        raise ItemFailed(Reason.BAD_URL, "expected no backslash: browsers and servers read it differently")
    if "@" in authority:
        raise ItemFailed(Reason.CREDENTIALS, "expected no user name or password before the host")
    mark = "?" if "?" in rest.partition("#")[0] else ""
    return authority, _without_dots(_quoted(path, _SAFE)) + mark + _quoted(query, _SAFE + "?[]|{}^")


def _quoted(part: str, safe: str) -> str:
    """`part` in ASCII: what may not stand there as it is goes as percent-encoded UTF-8."""
    if part.isascii() and part.isalnum():
        return part
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part), safe=safe)


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, so that what robots.txt judges is what the server will read."""
    if "/." not in path and "/%2" not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
            continue
        if place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        inside, bracket, tail = authority[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise ItemFailed(Reason.BAD_URL, "expected an IPv6 address in brackets")
        host, port = _host6(inside), tail[1:]
    else:
        name, _, port = authority.partition(":")
        host = _host(name)
    if not port.isascii() or _PORT.fullmatch(port) is None:
        raise ItemFailed(Reason.BAD_URL, f"expected a port of digits, came {port[:20]!a}")
    return host, port


def _host6(inside: str) -> str:
    try:
        ip = ipaddress.IPv6Address(inside)
    except ValueError:
        raise ItemFailed(Reason.BAD_URL, f"expected an IPv6 address in brackets, came {inside[:60]!a}") from None
    if ip.scope_id is not None:
        raise ItemFailed(Reason.BAD_URL, "expected an IPv6 address without a zone")
    return str(ip)


@lru_cache(maxsize=4096)  # hosts repeat, and IDNA costs 30 µs a name
def _host(name: str) -> str:
    """The host in ASCII; raises ItemFailed(BAD_URL) for what is neither a name nor a plain IPv4 address."""
    if not name or len(name) > 253 + 1:
        raise ItemFailed(Reason.BAD_URL, "expected a host of at most 253 characters")
    host = (name if name.isascii() else _idna(name)).lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ItemFailed(Reason.BAD_URL, f"expected a host name, came {name[:60]!a}")
    if _NUMERIC.fullmatch(labels[-1]) and (_literal(host) is None or host != name):
        raise ItemFailed(Reason.BAD_URL, f"expected an IPv4 address of four plain numbers, came {name[:60]!a}")
    if not all(map(_is_decodable, labels)):
        raise ItemFailed(Reason.BAD_URL, f"expected valid punycode, came {name[:60]!a}")
    return host


def _idna(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ItemFailed(Reason.BAD_URL, f"expected an internationalised host name, came {name[:60]!a}") from None


def _is_decodable(label: str) -> bool:
    """Whether a label that says it is punycode is: a decoder downstream must not meet it first."""
    if not label.startswith("xn--"):
        return True
    try:
        label[4:].encode("ascii").decode("punycode").encode("utf-8")
    except (UnicodeError, OverflowError, ValueError):
        return False
    return True


def _literal(host: str) -> IPAddress | None:
    if ":" not in host and not host[-1].isdigit():
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


# Policy ----------------------------------------------------------------------------------------


def _judge_port(address: Address, settings: Settings) -> None:
    """A name may yet turn out to lie in a network that is opened with this port: `judge` has the last word."""
    port = address.port
    opened = any(
        place.port in (None, port) and (place.network is not None or place.host == address.host) for place in settings.allow_private
    )
    if port not in settings.allow_ports and not opened:
        raise ItemFailed(Reason.PORT, f"port {port} is not among {sorted(settings.allow_ports)}")


def _opened_by_name(address: Address, settings: Settings) -> bool:
    return any(place.host == address.host and place.port in (None, address.port) for place in settings.allow_private)


def _opened_by_network(ip: IPAddress, port: int, settings: Settings) -> bool:
    """Mixed versions compare as not contained."""
    return any(place.network is not None and ip in place.network and place.port in (None, port) for place in settings.allow_private)


def _is_localhost(host: str) -> bool:
    """RFC 6761 section 6.3: these names are this machine, whatever a resolver says."""
    return host == "localhost" or host.endswith(".localhost")


# Look-up ---------------------------------------------------------------------------------------


def _known(address: Address, settings: Settings) -> tuple[IPAddress, ...]:
    if address.literal is not None:
        return (address.literal,)
    table = settings.resolve.get(address.host, ())
    if not table and _is_localhost(address.host):
        table = ("127.0.0.1",)
    return tuple(map(ipaddress.ip_address, table))


@lru_cache(maxsize=1)
def _resolver() -> dns.resolver.Resolver:
    """The system's resolvers, read once a process; names are taken as absolute, search lists are for people."""
    resolver = dns.resolver.Resolver()
    resolver.use_search_by_default = False
    resolver.cache = None
    return resolver


def _look_up(host: str, timeout: float) -> tuple[IPAddress, ...]:
    """A and AAAA records; one kind may fail where the other answers, since only what is known is dialled."""
    end = time.monotonic() + timeout
    found: list[IPAddress] = []
    failure: Exception | None = None
    for kind in ("A", "AAAA"):
        left = min(end - time.monotonic(), SECOND_LOOK_UP if found else timeout)
        try:
            answer = _resolver().resolve(host + ".", kind, lifetime=max(left, 0.01), raise_on_no_answer=False)
            found += [ipaddress.ip_address(record.address) for record in answer.rrset or ()]
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN) as error:
            failure = error
            break
        except (dns.exception.DNSException, OSError, ValueError) as error:
            failure = error
    if not found:
        raise ItemFailed(Reason.DNS, f"{host}: {_why(failure)}") from failure
    return tuple(found)


def _why(failure: Exception | None) -> str:
    if failure is None:
        return "no address"
    return "no such name" if isinstance(failure, dns.resolver.NXDOMAIN) else type(failure).__name__


def join(base: Address, location: str, settings: Settings) -> Address:
    """Where a `Location` header leads from `base`; raises ItemFailed as `parse` does, with BAD_RESPONSE for BAD_URL."""
    try:
        return parse(_joined(base, location), settings)
    except ItemFailed as error:
        if error.reason is not Reason.BAD_URL:
            raise
        raise ItemFailed(Reason.BAD_RESPONSE, f"redirect to no valid URL: {error.detail}") from error


def _joined(base: Address, location: str) -> str:
    """RFC 3986 section 5.2.2 for the forms that a redirect may take; blanks are mended as browsers do."""
    location = location.strip(" \t").replace(" ", "%20")
    if not location:
        raise ItemFailed(Reason.BAD_URL, "an empty Location")
    if _URL.fullmatch(location.partition("/")[0].partition("?")[0].partition("#")[0]):
        return location
    if location.startswith("//"):
        return f"{base.scheme}:{location}"
    if location.startswith("/"):
        return base.origin + location
    path = urlsplit(base.url).path
    if location.startswith(("?", "#")):
        return base.origin + (path if location.startswith("?") else base.target) + location
    return base.origin + path.rpartition("/")[0] + "/" + location
