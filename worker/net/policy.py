"""Decide which addresses and ports may be connected to: those of public web servers, and what `allow_private` names."""

from __future__ import annotations

import ipaddress

from worker.config import Settings
from worker.errors import ItemFailed
from worker.net.url import Address, IPAddress, joined, split
from worker.reasons import Reason

# fmt: off
_NET4 = tuple(map(ipaddress.IPv4Network, (
    # IANA IPv4 Special-Purpose Address Registry, and what is not unicast
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # the host agent of a cloud provider, on an address that looks public
)))
_PUBLIC6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given to the public Internet; the rest is refused, IPv4-mapped and translated addresses included."""
_NET6 = tuple(map(ipaddress.IPv6Network, (
    "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID
    "2001:db8::/32", "3fff::/20",  # documentation
    "2002::/16",  # 6to4: contains an IPv4 address
    "2620:4f:8000::/48",  # AS112, which answers reverse look-ups of private addresses
    "3ffe::/16",  # the 6bone test network, returned in 2006
)))
# fmt: on
_ISATAP = {0x00005EFE, 0x02005EFE}
"""Interface identifiers of RFC 5214: an IPv4 address in the last 32 bits of any prefix."""


def parse(url: str, settings: Settings) -> Address:
    """The parts of `url`, checked as far as a URL alone can be.

    Raises ItemFailed: BAD_URL, SCHEME, CREDENTIALS, PORT, or PRIVATE_ADDRESS for a literal address
    or `localhost` that `allow_private` does not name.
    """
    address = split(url)
    _check_port(address, settings)
    if address.literal is not None:
        check(address.literal, address, settings)
    elif is_localhost(address.host) and not _allowed_by_name(address, settings):
        raise ItemFailed(Reason.PRIVATE_ADDRESS, f"{address.host} is this machine")
    return address


def join(base: Address, location: str, settings: Settings) -> Address:
    """Where a `Location` header leads from `base`; raises ItemFailed as `parse` does, with BAD_RESPONSE for BAD_URL."""
    try:
        return parse(joined(base, location), settings)
    except ItemFailed as error:
        if error.reason is not Reason.BAD_URL:
            raise
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected a valid URL in a redirect: {error.detail}") from error


def check(ip: IPAddress, address: Address, settings: Settings) -> None:
    """Raises ItemFailed(PRIVATE_ADDRESS or PORT) unless `ip` may be connected to for `address`."""
    if _allowed_by_name(address, settings) or _allowed_by_network(ip, address.port, settings):
        return
    if not is_public(ip):
        raise ItemFailed(Reason.PRIVATE_ADDRESS, f"{address.host} is at {ip}, which is not a public address")
    if address.port not in settings.allow_ports:
        raise ItemFailed(Reason.PORT, f"expected a port of {sorted(settings.allow_ports)}, got {address.port}")


def is_public(ip: IPAddress) -> bool:
    """Whether a public web server can have the address `ip`; transition forms of IPv6 never count as public."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _NET4)
    isatap = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
    return ip in _PUBLIC6 and not isatap and not any(ip in net for net in _NET6) and ip.scope_id is None


def _check_port(address: Address, settings: Settings) -> None:
    """A name may turn out to be in a network that is allowed with this port: `check` decides then."""
    port = address.port
    allowed = any(
        place.port in (None, port) and (place.network is not None or place.host == address.host) for place in settings.allow_private
    )
    if port not in settings.allow_ports and not allowed:
        raise ItemFailed(Reason.PORT, f"expected a port of {sorted(settings.allow_ports)}, got {port}")


def _allowed_by_name(address: Address, settings: Settings) -> bool:
    return any(place.host == address.host and place.port in (None, address.port) for place in settings.allow_private)


def _allowed_by_network(ip: IPAddress, port: int, settings: Settings) -> bool:
    """An address of one IP version is never contained in a network of the other."""
    return any(place.network is not None and ip in place.network and place.port in (None, port) for place in settings.allow_private)


def is_localhost(host: str) -> bool:
    """RFC 6761 section 6.3: these names mean this machine, whatever DNS answers."""
    return host == "localhost" or host.endswith(".localhost")
