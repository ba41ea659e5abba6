"""Split a URL into the parts that are checked, connected to and sent; give every URL one spelling."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

import idna

from worker.errors import ItemFailed
from worker.reasons import Reason

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL = 8000
"""Characters; RFC 9110 section 4.1 asks for at least 8,000, and no article needs more."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{0,5}")
_SAFE = "!$%&'()*+,-./:;=@_~"
"""RFC 3986 `pchar` and the slash; stray `%` are escaped before."""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL. It is parsed once, and what is checked, connected to and sent is taken from here."""

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
        """Scheme and netloc: what one robots.txt is for."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def place(self) -> str:
        """Host and port, as in `example.org:443`: what has a pace."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its one spelling."""
        return self.origin + self.target

    @property
    def literal(self) -> IPAddress | None:
        """The IP address in the URL; None where it has a name."""
        return _literal(self.host)


def written_host(url: str) -> str:
    """Host and port as a URL has them, perhaps with a user, to tell what belongs together: of a malformed one the whole. Never raises."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url


def split(url: str) -> Address:
    """The parts of `url`; raises ItemFailed: BAD_URL, SCHEME or CREDENTIALS."""
    scheme, rest = _scheme(url)
    authority, target = _authority(rest)
    host, port_text = _host_and_port(authority)
    port = int(port_text) if port_text else _default_port(scheme)
    if not 1 <= port <= 65535:
        raise ItemFailed(Reason.BAD_URL, f"expected a port from 1 to 65535, got {port_text}")
    return Address(scheme, host, port, target)


def joined(base: Address, location: str) -> str:
    """The URL that `location` means at `base` (RFC 3986 section 5.2.2); blanks are escaped, as browsers do."""
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


def _scheme(url: str) -> tuple[str, str]:
    if len(url) > MAX_URL:
        raise ItemFailed(Reason.BAD_URL, f"expected at most {MAX_URL} characters, got {len(url)}")
    if any(ch.isspace() or ch < " " or "\x7f" <= ch < "\xa0" or "\ud800" <= ch <= "\udfff" for ch in url):
        raise ItemFailed(Reason.BAD_URL, "expected no blanks or control characters")
    match = _URL.fullmatch(url)
    if match is None:
        raise ItemFailed(Reason.BAD_URL, "expected http:// or https://")
    scheme, rest = match[1].lower(), match[2]
    if scheme not in {"http", "https"}:
        raise ItemFailed(Reason.SCHEME, f"expected http or https, got {scheme[:40]}")
    if not rest.startswith("//"):
        raise ItemFailed(Reason.BAD_URL, f"expected // after {scheme}:")
    return scheme, rest[2:]


def _authority(rest: str) -> tuple[str, str]:
    """Authority and target; the fragment is dropped."""
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
    """`part` in ASCII: characters that are not allowed there become percent-encoded UTF-8."""
    if part.isascii() and part.isalnum():
        return part
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part), safe=safe)


def _without_dots(path: str) -> str:
    """The path without dot segments (RFC 3986 section 5.2.4), so that robots.txt is matched with the path that the server reads."""
    if "/." not in path and "/%2" not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
            continue
        if number == len(segments) - 1:
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
        raise ItemFailed(Reason.BAD_URL, f"expected a port of digits, got {port[:20]!a}")
    return host, port


def _host6(inside: str) -> str:
    try:
        ip = ipaddress.IPv6Address(inside)
    except ValueError:
        raise ItemFailed(Reason.BAD_URL, f"expected an IPv6 address in brackets, got {inside[:60]!a}") from None
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
        raise ItemFailed(Reason.BAD_URL, f"expected a host name, got {name[:60]!a}")
    if _NUMERIC.fullmatch(labels[-1]) and (_literal(host) is None or host != name):
        raise ItemFailed(Reason.BAD_URL, f"expected an IPv4 address of four plain numbers, got {name[:60]!a}")
    if not all(map(_is_decodable, labels)):
        raise ItemFailed(Reason.BAD_URL, f"expected valid punycode, got {name[:60]!a}")
    return host


def _idna(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ItemFailed(Reason.BAD_URL, f"expected an internationalised host name, got {name[:60]!a}") from None


def _is_decodable(label: str) -> bool:
    """Whether a label with the prefix of punycode can be decoded: later decoders must not fail on it."""
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
