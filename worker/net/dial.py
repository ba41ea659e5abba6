"""Connect to one of the permitted addresses and check the peer that answered."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence

from worker.config import Settings
from worker.errors import ItemFailed
from worker.net.policy import check
from worker.net.url import Address, IPAddress
from worker.reasons import Reason

MAX_DIALS = 4
"""Addresses tried of one DNS answer: more would leave too little time for each."""


def dial(ips: Sequence[IPAddress], address: Address, settings: Settings, timeout: float) -> socket.socket:
    """A connection to the first of the checked `ips` that answers; its peer is checked again.

    `timeout` in seconds covers all tries. Raises ItemFailed: CONNECT, TIMEOUT, PRIVATE_ADDRESS.
    """
    end = time.monotonic() + timeout
    tried = ips[:MAX_DIALS]
    failure: OSError = OSError("no address")
    for number, ip in enumerate(tried):
        share = (end - time.monotonic()) / (len(tried) - number)
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
        check(ipaddress.ip_address(connection.getpeername()[0]), address, settings)
    except OSError as error:
        connection.close()
        raise ItemFailed(Reason.CONNECT, f"{address.place}: {error.strerror}") from error
    except ItemFailed:
        connection.close()
        raise
    return connection
