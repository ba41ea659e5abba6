"""Show what waits in the ledger, for which host, why and until when; lift a host's wait, and try failed pages now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations import audit, cursors
from worker.operations.document import Document
from worker.operations.hosts import canonical_host, places
from worker.operations.times import duration, rfc3339
from worker.reasons import Fate, Reason
from worker.storage.due import WHYS, DueFilter, DueItem, Share, Wait, why
from worker.storage.for_viewer import DueCounts, Waiting

Why = Literal["host", "paused", "robots", "again", "pace"]
PAGE = 50
"""Items of a page."""
GROUPS = 200
"""Groups shown at most, the largest first: each host that asks for a wait is a group of its own, and a crawl has thousands."""
REASONS = (*WHYS, *sorted(reason.word for reason in Reason if reason.fate in (Fate.AGAIN, Fate.WAITS, Fate.STRIKE)))
"""What `reason` may be: why items wait, or the reason of their last failure."""
UNTIL_RESUMED = "until somebody resumes it"
"""What is said of a pause without a reason."""
SHARED = ("again", "pace")
"""Causes that do not depend on the host: all their items are one group."""


@dataclass(frozen=True, slots=True)
class DueFigures(Document):
    """How much can go out now, how much waits for a host or another try, and when the next goes out."""

    now: int
    later: int
    next_at: str | None
    """RFC 3339, UTC; None where nothing waits, or all of it is paused."""


@dataclass(frozen=True, slots=True)
class DueGroup(Document):
    """What waits for one cause; for `host`, `paused` and `robots`, each host is a group of its own."""

    why: Why
    host: str | None
    """Name and port; None for several hosts, and for a pause of the whole stage."""
    hosts: int
    count: int
    until: str | None
    """When the wait ends, for `again` the last of the tries: RFC 3339, UTC; None for a pause, and for what goes out at its host's pace."""
    detail: str
    """For people, in words."""
    reasons: tuple[tuple[str, int], ...]
    """Reasons of the last failures, the most frequent first, with how many items each has."""
    since: str | None
    """When the host asked, or somebody paused."""
    by: str | None
    """Who paused it."""
    next_at: str | None
    """When the first of them is due."""


@dataclass(frozen=True, slots=True)
class DueEntry(Document):
    """One item that waits."""

    item_id: int
    url: str
    host: str
    why: Why
    reason: str | None
    """Of its last failure."""
    next_try_at: str | None
    """When it is due and its host may be asked: RFC 3339, UTC; None while it is paused."""
    tries: int
    """Failures so far, of those kinds that may pass."""
    of: int
    """Failures after which it is dead."""
    lane: str


@dataclass(frozen=True, slots=True)
class Due(Document):
    """The groups, the figures over all of them, and a page of the items, the next one first."""

    groups: tuple[DueGroup, ...]
    now: int
    later: int
    next_at: str | None
    items: tuple[DueEntry, ...]
    next: str | None
    """The cursor of the page after this one."""


@dataclass(frozen=True, slots=True)
class Lifted(Document):
    """A host whose wait was lifted."""

    host: str
    lifted: bool
    """False where it did not wait."""
    waiting: int
    """Items of it that wait: one is tried first, and its answer decides about the others."""


@dataclass(frozen=True, slots=True)
class TriedNow(Document):
    """How many items that waited for another try are due now."""

    count: int


def figures(services: Services) -> DueFigures:
    """The figures alone; quick with a million items waiting. Raises Unavailable."""
    return _figures(services.viewer_ledger.due_counts())


def _figures(counts: DueCounts) -> DueFigures:
    return DueFigures(counts.now, counts.later, rfc3339(counts.next_at))


def due(services: Services, host: str | None = None, reason: str | None = None, limit: int = PAGE, cursor: str | None = None) -> Due:
    """What waits: of one host, for one reason of REASONS. Raises UsageError for another reason or a foreign cursor, Unavailable."""
    which = _filter(host, reason)
    place = cursors.asked(cursor, (float, int)).at("older")
    after = (float(cast(float, place[0])), int(cast(int, place[1]))) if place and None not in place else None
    found = services.viewer_ledger.due(which, limit + 1, after)
    waiting = services.viewer_ledger.waiting(which)
    grouped = _groups(waiting, services)
    ready = sum(group.count for group in grouped if group.why == "pace") - _put_off(waiting)
    shown = found[:limit]
    return Due(
        groups=tuple(grouped[:GROUPS]),
        now=ready,
        later=sum(group.count for group in grouped) - ready,
        next_at=rfc3339(waiting.next_at) if host is None and reason is None else _first_of(grouped, waiting.at),
        items=tuple(_entry(item, services) for item in shown),
        next=cursors.written("older", (shown[-1].due, shown[-1].item_id)) if shown and len(found) > limit else None,
    )


def _first_of(groups: Sequence[DueGroup], now: float) -> str | None:
    """When the first item of these groups can go out: none that is paused, none before its host may be asked."""
    times = (max(group.next_at or "", (group.until or "") if group.why == "host" else "") for group in groups if group.why != "paused")
    first = min(filter(None, times), default=None)
    return max(first, rfc3339(now)) if first else None


def _filter(host: str | None, reason: str | None) -> DueFilter:
    if reason is not None and reason not in REASONS:
        raise UsageError(f"expected one of {', '.join(REASONS)}, got {reason[:60]!r}")
    return DueFilter(canonical_host(host) if host else None, reason)


def _put_off(waiting: Waiting) -> int:
    """Items that are due later without a failure: sent again at a rate, or handed back."""
    return sum(share.count for share in waiting.shares if share.later and _why(share, waiting) == "pace")


def _why(share: Share, waiting: Waiting) -> Why:
    wait = waiting.waits.get(share.host)
    paused = waiting.fetch is not None or (wait is not None and wait.paused)
    held = wait is not None and not wait.paused
    due_at = waiting.at + 1 if share.later else waiting.at
    return cast(Why, why(share.reason, due_at, waiting.at, paused=paused, held=held))


def _groups(waiting: Waiting, services: Services) -> list[DueGroup]:
    """The largest first within each cause."""
    shares: dict[tuple[Why, str | None], list[Share]] = {}
    for share in waiting.shares:
        cause = _why(share, waiting)
        alone = cause not in SHARED and not (cause == "paused" and waiting.fetch)
        shares.setdefault((cause, share.host if alone else None), []).append(share)
    groups = [_group(cause, host, of_one, waiting, services) for (cause, host), of_one in shares.items()]
    return sorted(groups, key=lambda group: (WHYS.index(group.why), -group.count, group.host or ""))


def _group(cause: Why, host: str | None, shares: Sequence[Share], waiting: Waiting, services: Services) -> DueGroup:
    wait = waiting.waits.get(host or "")
    reasons: Counter[str] = Counter()
    for share in shares:
        reasons.update({share.reason: share.count} if share.reason else {})
    later = [share for share in shares if share.later]
    until = {
        "host": wait.until if wait else None,
        "robots": min((share.first for share in later), default=None),
        "again": max((share.last for share in later), default=None),
    }.get(cause)
    since, by, note = _paused(wait, waiting) if cause == "paused" else (wait.asked_at if wait and cause == "host" else None, None, None)
    count = sum(share.count for share in shares)
    return DueGroup(
        why=cause,
        host=host,
        hosts=len({share.host for share in shares}),
        count=count,
        until=rfc3339(until),
        detail=_detail(cause, wait, reasons, note, services),
        reasons=tuple(reasons.most_common()),
        since=rfc3339(since),
        by=by,
        next_at=rfc3339(min((share.first for share in shares), default=None)) if cause != "paused" else None,
    )


def _paused(wait: Wait | None, waiting: Waiting) -> tuple[float | None, str | None, str | None]:
    if waiting.fetch is not None:
        return waiting.fetch.since, waiting.fetch.who, waiting.fetch.note
    return (wait.paused_at, wait.paused_by, wait.paused_note) if wait else (None, None, None)


def _detail(cause: Why, wait: Wait | None, reasons: Counter[str], note: str | None, services: Services) -> str:
    if cause == "host":
        return held_because(wait)
    if cause == "paused":
        return note or UNTIL_RESUMED
    if cause == "robots":
        days = services.settings.host_wait_max / 86400
        return f"robots.txt cannot be read; asked again and again, costs no try, dead after {days:g} days"
    if cause == "again":
        return ", ".join(f"{word} {count}" for word, count in reasons.most_common())
    apart = services.settings.host_interval
    return f"one page of a host at a time{f', {apart:g} s apart or more' if apart else ''}"


def held_because(wait: Wait | None) -> str:
    """Why a host is held back, for people."""
    if wait is None:
        return "its host is held back"
    if wait.asked_at is not None and wait.asked_until >= wait.open_until:
        answer = f" ({wait.asked_reason})" if wait.asked_reason else ""
        return f"the host asked us to wait {duration(wait.asked_until - wait.asked_at)} by Retry-After{answer}"
    return f"{wait.failures} requests in a row failed; the next one is a test"


def _entry(item: DueItem, services: Services) -> DueEntry:
    next_try = None if item.why == "paused" else rfc3339(max(item.due, item.free_at))
    return DueEntry(
        item.item_id, item.url, item.host, cast(Why, item.why), item.reason, next_try, item.tries, services.settings.tries, item.lane
    )


def groups_held(services: Services) -> Iterator[DueGroup]:
    """The groups that wait for something: hosts that asked, pauses, robots.txt; without what goes out by itself."""
    yield from (group for group in _groups(services.viewer_ledger.held(), services) if group.why not in SHARED)


def lift(services: Services, host: str, who: str | None = None) -> Lifted:
    """Lifts what a host asked for, or was made to wait after failures: one page is tried first, and its answer decides.

    Without a port, every port that a page may have. `who` goes into the log. Raises Unavailable.
    """
    name = canonical_host(host)
    lifted, waiting = services.operator_ledger.lift(places(host, services.settings))
    if lifted:
        audit.record(services, who, "host lift", count=waiting, which={"host": name})
    return Lifted(name, bool(lifted), waiting)


def try_now(services: Services, host: str | None = None, reason: str | None = None, who: str | None = None) -> TriedNow:
    """Makes due now what failed and waits for another try; each costs a try, and hosts keep their pace.

    Of one host, with one reason of a failure. Raises UsageError for a word that is no such reason, Unavailable.
    """
    if reason is not None and (reason in WHYS or reason not in REASONS):
        raise UsageError(f"expected one of {', '.join(REASONS[len(WHYS) :])}, got {reason[:60]!r}")
    names = places(host, services.settings) if host else []
    count = services.operator_ledger.try_now(names, [reason] if reason else None)
    audit.record(services, who, "due try", count=count, which={"host": host, "reason": reason})
    return TriedNow(count)
