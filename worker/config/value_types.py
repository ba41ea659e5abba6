"""Parse the text of a setting into its value, or raise ValueError with what was expected."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

N = TypeVar("N", int, float)

HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllowedPlace:
    """One entry of `PRESSMARK_ALLOW_PRIVATE`: a host name or a network, with one port or all (None)."""

    host: str | None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    port: int | None


def parse_text(value: str) -> str:
    """Any text without control characters."""
    if not value.isprintable():
        raise ValueError("text without control characters")
    return value


def parse_word(value: str) -> str:
    """Text without control characters that is neither empty nor blank."""
    if not parse_text(value).strip():
        raise ValueError("some text")
    return value


def parse_path(value: str) -> Path:
    """A path; `~` is the home folder."""
    if not value or "\0" in value:
        raise ValueError("a path")
    return Path(value).expanduser().absolute()


def parse_flag(value: str) -> bool:
    """`1`, `true`, `yes` or `on`, or their opposites."""
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.strip().lower() not in known:
        raise ValueError("true or false")
    return known[value.strip().lower()]


def number(kind: type[N], low: float, high: float) -> Callable[[str], N]:
    """A parser of numbers of type `kind` from `low` to `high`, both included."""
    expected = f"{'a whole number' if kind is int else 'a number'} from {low:g} to {high:g}"

    def parse(value: str) -> N:
        try:
            result = kind(value)
        except ValueError:
            raise ValueError(expected) from None
        if not low <= result <= high:
            raise ValueError(expected)
        return result

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    """A parser of a closed list of words."""

    def parse(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError("one of " + ", ".join(words))
        return value.strip().lower()

    return parse


def url_of(*schemes: str) -> Callable[[str], str]:
    """A parser of URLs with one of `schemes`."""

    def parse(value: str) -> str:
        if not value.isprintable() or not value.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            raise ValueError("a URL that starts with " + " or ".join(f"{scheme}:" for scheme in schemes))
        _judge_port(value)
        return value

    return parse


def _judge_port(url: str) -> None:
    """Raises ValueError for a malformed host and a port that is no number from 0 to 65535; the messages of urlsplit are for programmers."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("a URL with a well-formed host, whose port is a number from 1 to 65535") from None


def _entries(value: str) -> list[str]:
    return [entry.strip() for entry in value.split(",") if entry.strip()]


def parse_ports(value: str) -> frozenset[int]:
    """Port numbers, comma-separated."""
    port = number(int, 1, 65535)
    return frozenset(port(entry) for entry in _entries(value))


def _split_port(entry: str) -> tuple[str, int | None]:
    """`host:port`, `[v6]:port` or either without a port; a bare IPv6 address has many colons."""
    match = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?|([^:]+)(?::(\d+))?|([0-9a-fA-F:./]+)", entry)
    if match is None:
        raise ValueError(_ALLOW_EXPECTED)
    v6, v6_port, host, port, bare = match.groups()
    text = v6_port or port
    return v6 or host or bare, number(int, 1, 65535)(text) if text else None


_ALLOW_EXPECTED = "host, address or network, each with an optional :port, comma-separated"


WIDEST = {4: 8, 6: 7}
"""Shortest prefix by version of IP: no private network is wider than 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193)."""
IPV4_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
"""Every IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2)."""


def _expect_narrow(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> None:
    """Raises ValueError for a network that opens more than one private network: `0.0.0.0/0` opens them all to every page."""
    mapped = isinstance(network, ipaddress.IPv6Network) and network.supernet_of(IPV4_MAPPED)
    if mapped or network.prefixlen < WIDEST[network.version]:
        raise ValueError("no network wider than 10.0.0.0/8 or fc00::/7, since it would open every private address to pages")


def _allowed_place(entry: str) -> AllowedPlace:
    place, port = _split_port(entry)
    try:
        network = ipaddress.ip_network(place)
    except ValueError:
        if HOST_NAME.fullmatch(place) is None or "/" in place or place.replace(".", "").isdigit():
            raise ValueError(_ALLOW_EXPECTED) from None
        return AllowedPlace(place.lower().rstrip("."), None, port)
    _expect_narrow(network)
    return AllowedPlace(None, network, port)


def parse_allow_private(value: str) -> tuple[AllowedPlace, ...]:
    """Hosts, addresses and networks, each with an optional port."""
    return tuple(_allowed_place(entry) for entry in _entries(value))


def parse_resolve(value: str) -> Mapping[str, tuple[str, ...]]:
    """`name=address,…`; a name that is given several times has several addresses."""
    table: dict[str, tuple[str, ...]] = {}
    for entry in _entries(value):
        name, _, address = entry.partition("=")
        try:
            ipaddress.ip_address(address.strip())
        except ValueError:
            raise ValueError("name=address, comma-separated") from None
        name = name.strip().lower().rstrip(".")
        table[name] = (*table.get(name, ()), address.strip())
    return table


def parse_timezone(value: str) -> str:
    """The name of a time zone in the database of IANA."""
    name = value.strip()
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        raise ValueError("the IANA name of a time zone, as Asia/Phnom_Penh") from None
    return name


CODINGS = ("gzip", "deflate", "br", "zstd")


def parse_codings(value: str) -> tuple[str, ...]:
    """Content codings that a server may use, comma-separated."""
    names = tuple(dict.fromkeys(entry.lower() for entry in _entries(value)))
    if not set(names) <= set(CODINGS):
        raise ValueError("content codings, comma-separated, out of " + ", ".join(CODINGS))
    for name, library in (("br", "brotli"), ("zstd", "zstandard")):
        if name in names and find_spec(library) is None:
            raise ValueError(f"content codings that this installation can decode (`pip install 'pressmark[codings]'` adds {name})")
    return names


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:  # a name, which may mean any address
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(value: str) -> Address:
    """`host:port` or `[v6]:port`."""
    expected = "host:port, such as 127.0.0.1:8787 or [::1]:8787"
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\s\[\]]+)):(\d{1,5})", value.strip())
    if match is None or not 1 <= int(match[3]) <= 65535 or not _is_host(match[1] or match[2]):
        raise ValueError(expected)
    return Address((match[1] or match[2]).lower(), int(match[3]))


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(HOST_NAME.fullmatch(host))
    return True


def parse_names(value: str) -> tuple[str, ...]:
    """Host names without ports, comma-separated."""
    names = tuple(entry.lower().rstrip(".") for entry in _entries(value))
    if not all(HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("host names without ports, comma-separated")
    return names


ROLE_NAMES = ("viewer", "editor", "operator")
"""What a person may do in the dashboard, each including the one before it."""


@dataclass(frozen=True, slots=True)
class User:
    """A person with a token and a role."""

    name: str
    role: str
    """One of ROLE_NAMES."""
    token: str

    def __str__(self) -> str:
        return f"{self.name}:{self.role}:{self.token}"


def parse_users(value: str) -> tuple[User, ...]:
    """`name:role:token`, comma-separated; every name and every token stands once."""
    users = tuple(_user(entry) for entry in _entries(value))
    if len({user.name for user in users}) < len(users) or len({user.token for user in users}) < len(users):
        raise ValueError("each name and each token once")
    return users


def _user(entry: str) -> User:
    name, _, rest = entry.partition(":")
    role, _, token = rest.partition(":")
    if not re.fullmatch(r"[A-Za-z0-9_.@-]{1,64}", name) or role not in ROLE_NAMES or not token or not token.isprintable():
        raise ValueError(f"name:role:token, comma-separated, where role is {', '.join(ROLE_NAMES[:-1])} or {ROLE_NAMES[-1]}")
    return User(name, role, token)


def as_text(value: object) -> str:
    """The text of a setting's value that its parser reads as the same value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ",".join(f"{name}={address}" for name, addresses in value.items() for address in addresses)
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, tuple):
        return ",".join(map(as_text, value))
    return _place_text(value) if isinstance(value, AllowedPlace) else str(value)


def _place_text(allowed: AllowedPlace) -> str:
    name = allowed.host or str(allowed.network)
    if allowed.port is None:
        return name
    return f"[{name}]:{allowed.port}" if ":" in name else f"{name}:{allowed.port}"
