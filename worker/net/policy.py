"""Decide which addresses and ports may be connected to: public web servers, and what the operator opens."""

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


def parse(url: str, settings: Settings) -> Address:
    """The parts of `url`, judged as far as a URL alone can be judged.

    Raises ItemFailed: BAD_URL, SCHEME, CREDENTIALS, PORT, or PRIVATE_ADDRESS for a literal address
    or `localhost` that `allow_private` does not open.
    """
    address = split(url)
    _judge_port(address, settings)
    if address.literal is not None:
        judge(address.literal, address, settings)
    elif is_localhost(address.host) and not _opened_by_name(address, settings):
        raise ItemFailed(Reason.PRIVATE_ADDRESS, f"{address.host} is this machine")
    return address


def join(base: Address, location: str, settings: Settings) -> Address:
    """Where a `Location` header leads from `base`; raises ItemFailed as `parse` does, with BAD_RESPONSE for BAD_URL."""
    try:
        return parse(joined(base, location), settings)
    except ItemFailed as error:
        if error.reason is not Reason.BAD_URL:
            raise
        raise ItemFailed(Reason.BAD_RESPONSE, f"redirect to no valid URL: {error.detail}") from error


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


def is_localhost(host: str) -> bool:
    """RFC 6761 section 6.3: these names are this machine, whatever a resolver says."""
    return host == "localhost" or host.endswith(".localhost")
