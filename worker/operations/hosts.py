"""Read a host as people write it: its canonical name, and the ports that it may mean."""

from __future__ import annotations

import re

from worker.config import Settings


def canonical_host(host: str) -> str:
    """As in a canonical URL; a bare IPv6 address gets its brackets."""
    name = host.strip().lower().rstrip(".")
    return f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name


def places(host: str, settings: Settings) -> list[str]:
    """Host and port, as in `example.org:443`, as the ledger paces them; without a port, every one that a page may have."""
    name = canonical_host(host)
    if re.search(r":\d+$", name):
        return [name]
    opened = {place.port for place in settings.allow_private if place.port}
    return [f"{name}:{port}" for port in sorted({80, 443} | settings.allow_ports | opened)]
