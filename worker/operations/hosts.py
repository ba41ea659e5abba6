"""Read a host as people write it, list the hosts with their pace and health, and show one with its last requests."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass
from typing import Literal, cast

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import NotFound
from worker.operations import cursors
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.storage.host_list import HostRow
from worker.storage.item_list import Request

PAGE = 50
"""Hosts of a page."""
REQUESTS = 10
"""Last requests of one host."""

State = Literal["working", "slow", "waits", "failing", "robots", "paused"]


@dataclass(frozen=True, slots=True)
class RobotsSeen(Document):
    """A host's robots.txt: `read` (or there is none, which allows everything), `unavailable`, or None before the first answer."""

    state: Literal["read", "unavailable"] | None
    at: str | None
    """Since when: RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class HostStatus(Document):
    """One host: how it is read, what it asks for, and what came of it."""

    host: str
    """Name and port."""
    state: State
    """`waits`: it asked for it; `failing`: nothing is sent after failures in a row; `slow`: asked less often after failures."""
    until: str | None
    """When the wait ends: RFC 3339, UTC."""
    interval_s: float
    """Seconds from the end of an answer to the next request."""
    interval_from: Literal["settings", "robots", "slowed"]
    """Where the interval comes from: our settings, the site's robots.txt, or failures, after which it is longer than both."""
    robots: RobotsSeen
    waiting: int
    stored_7d: int
    """Items that ended so in the last seven days and are still in that state."""
    dead_7d: int
    median_ms: int | None
    """Of its last answers."""
    failures: int
    """In a row, up to now."""
    paused_by: str | None
    paused_at: str | None
    note: str | None
    """Why it is paused, as the person put it."""
    asked_at: str | None
    """When it asked for the wait."""
    asked_reason: str | None
    """With which answer: `http-429`, `http-5xx`."""


@dataclass(frozen=True, slots=True)
class HostList(Document):
    """A page of hosts, first those for which the most items wait."""

    hosts: tuple[HostStatus, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class HostRequest(Document):
    """How one request to a host ended."""

    at: str
    item_id: int
    url: str
    outcome: str
    reason: str | None
    detail: str | None
    ms: int | None

    @classmethod
    def of(cls, request: Request) -> HostRequest:
        """With its time in RFC 3339."""
        return cls(rfc3339(request.at), *(getattr(request, name) for name in ("item_id", "url", "outcome", "reason", "detail", "ms")))


@dataclass(frozen=True, slots=True)
class HostDetail(Document):
    """One host with its last requests, the newest first; its dead letters by cause are `dead.incidents` of that host."""

    host: HostStatus
    requests: tuple[HostRequest, ...]


def hosts(services: Services, limit: int = PAGE, cursor: str | None = None, like: str | None = None) -> HostList:
    """A page of the hosts whose name contains `like`. Raises UsageError for a foreign cursor, Unavailable."""
    place = cursors.asked(cursor, (int, str)).place
    after = (int(cast(int, place[0])), str(place[1])) if place and None not in place else None
    found = services.viewer_ledger.hosts(limit + 1, after, like)
    shown = found[:limit]
    more = cursors.written("older", (shown[-1].waiting, shown[-1].host.host)) if len(found) > limit else None
    return HostList(tuple(_status(row, services.settings) for row in shown), more)


def host(services: Services, name: str) -> HostDetail:
    """One host; without a port, the one of its ports that has most to do. Raises NotFound for a host that nobody asked, Unavailable."""
    found = services.viewer_ledger.host(places(name, services.settings))
    if not found:
        raise NotFound(f"expected a host of accepted URLs, got {name[:200]!r}")
    row = max(found, key=lambda one: (one.waiting, one.host.answers, one.host.host))
    return HostDetail(
        _status(row, services.settings), tuple(map(HostRequest.of, services.viewer_ledger.last_requests(row.host.host, REQUESTS)))
    )


def _status(row: HostRow, settings: Settings) -> HostStatus:
    one, now = row.host, row.now
    waits_until = max(one.asked_until, one.open_until)
    delay = min(one.crawl_delay or 0.0, row.interval_s)
    source: Literal["settings", "robots", "slowed"] = (
        "slowed" if _slowed(row) else "robots" if delay > settings.host_interval else "settings"
    )
    return HostStatus(
        host=one.host,
        state=_state(row),
        until=rfc3339(waits_until) if waits_until > now and not one.paused else None,
        interval_s=round(row.interval_s, 3),
        interval_from=source,
        robots=RobotsSeen(one.robots, rfc3339(one.robots_at)),
        waiting=row.waiting,
        stored_7d=row.stored_7d,
        dead_7d=row.dead_7d,
        median_ms=round(statistics.median(one.recent_ms)) if one.recent_ms else None,
        failures=one.failures,
        paused_by=row.paused_by,
        paused_at=rfc3339(row.paused_at),
        note=row.paused_note,
        asked_at=rfc3339(one.asked_at) if one.asked_until > now else None,
        asked_reason=one.asked_reason if one.asked_until > now else None,
    )


def _state(row: HostRow) -> State:
    one, now = row.host, row.now
    if one.paused:
        return "paused"
    if one.asked_until > now:
        return "waits"
    if one.breaker(now) == "open":
        return "failing"
    if one.robots == "unavailable":
        return "robots"
    return "slow" if _slowed(row) else "working"


def _slowed(row: HostRow) -> bool:
    """Whether it is asked less often after failures; never where no pace is kept."""
    return row.host.slowdown > 1 and row.interval_s > 0


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
