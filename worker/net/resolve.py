"""Look up a host in DNS, once, and require that every answer is permitted."""

from __future__ import annotations

import ipaddress
import time
from functools import lru_cache

import dns.exception
import dns.resolver

from worker.config import Settings
from worker.errors import ItemFailed
from worker.net.policy import check, is_localhost
from worker.net.url import Address, IPAddress
from worker.reasons import Reason

SECOND_LOOK_UP = 1.5
"""Seconds for AAAA where A was answered: some servers never answer AAAA, and would cost every fetch its whole time."""


def resolve(address: Address, settings: Settings, timeout: float) -> tuple[IPAddress, ...]:
    """The addresses of `address`, every one permitted, in the order to be tried; looked up once.

    The setting `resolve` comes before DNS; the hosts file is not read. `timeout` in seconds.
    Raises ItemFailed: DNS, PRIVATE_ADDRESS, PORT.
    """
    found = _known(address, settings) or _look_up(address.host, timeout)
    for ip in found:
        check(ip, address, settings)
    return found


def _known(address: Address, settings: Settings) -> tuple[IPAddress, ...]:
    if address.literal is not None:
        return (address.literal,)
    table = settings.resolve.get(address.host, ())
    if not table and is_localhost(address.host):
        table = ("127.0.0.1",)
    return tuple(map(ipaddress.ip_address, table))


@lru_cache(maxsize=1)
def _resolver() -> dns.resolver.Resolver:
    """The system's resolvers, read once a process; names are absolute, search lists are not used."""
    resolver = dns.resolver.Resolver()
    resolver.use_search_by_default = False
    resolver.cache = None
    return resolver


def _look_up(host: str, timeout: float) -> tuple[IPAddress, ...]:
    """A and AAAA records; one kind may fail where the other is answered, since only known addresses are connected to."""
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
