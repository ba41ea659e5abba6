"""Decide how a host is paced, from its row and a report: its interval and its breaker; pure rules, without a connection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from worker.config import Settings
from worker.reasons import Reason

if TYPE_CHECKING:
    from worker.messages import HostReport

CRAWL_DELAY_CAP = 300.0
"""Seconds of a robots.txt's crawl-delay that are honoured at most: a longer one means a ban, for which there is `pause`."""
SLOWER, QUICKER, SLOWEST = 2.0, 0.7, 16.0
"""Factors of the interval: a host that fails is asked half as often, at least every 32 s by default, and recovers over ten answers."""
BREAK_AFTER = 10
"""Failures in a row that open the breaker: more than a few bad pages next to each other in a list."""
OPEN_LONGEST = 600.0
"""Seconds that the breaker stays open at most; it begins with one back-off, doubled each time. Ten minutes after a host is up again
it should be used."""
TRAVEL = 10.0
"""Seconds of a host's pace that its items may travel together: the way to a worker and back (1.3 s) then costs little, and an urgent
item waits no longer than this."""
RECENT = 15
"""Times of answers that are kept for the median: enough to be steady, few enough for a short row."""


@dataclass(frozen=True, slots=True)
class Host:
    """One row of the table `hosts`."""

    host: str
    look_at: float | None = None
    free_at: float = 0.0
    slowdown: float = 1.0
    crawl_delay: float | None = None
    failures: int = 0
    open_until: float = 0.0
    paused: bool = False
    answers: int = 0
    errors: int = 0
    last_at: float | None = None
    asked_at: float | None = None
    """When the host asked for a wait (`Retry-After`), until when, and with which answer: a word of `worker.reasons`."""
    asked_until: float = 0.0
    asked_reason: str | None = None
    robots: Literal["read", "unavailable"] | None = None
    """Whether its robots.txt could be read (or is missing, which allows everything), and since when; None before the first answer."""
    robots_at: float | None = None
    recent_ms: tuple[int, ...] | None = None
    """Milliseconds of its last answers, the newest last."""

    def interval(self, settings: Settings) -> float:
        """Seconds from the end of an answer to the next request; 0 means no pace at all."""
        return max(settings.host_interval, min(self.crawl_delay or 0.0, CRAWL_DELAY_CAP)) * self.slowdown

    def breaker(self, now: float) -> Literal["closed", "open", "half-open"]:
        """Open lets no request through; half-open lets one, as a test."""
        if self.failures < BREAK_AFTER:
            return "closed"
        return "open" if self.open_until > now else "half-open"


def together(host: Host, settings: Settings) -> int:
    """How many items of a paced host travel to one worker, which keeps the pace between them.

    One where its answer decides about the rest, and where workers keep no pace of their own.
    """
    if host.failures or settings.host_interval <= 0:
        return 1
    return max(1, min(int(TRAVEL / host.interval(settings)), settings.chunk_size))


def reported(host: Host, report: HostReport | None, settings: Settings, now: float, reason: str | None = None) -> Host:
    """The host after an answer, or after a request without a report (None); `reason` is the word of a failure."""
    if report is not None:
        host = _better(host, report) if report.ok else _worse(host, report, settings, now, reason)
        host = replace(_with_robots(host, report, reason, now), answers=host.answers + 1, last_at=now)
    return replace(host, free_at=max(host.free_at, now + host.interval(settings)))


def _with_robots(host: Host, report: HostReport, reason: str | None, now: float) -> Host:
    """What the answer shows of its robots.txt, which is asked for before every page; a host that cannot be reached shows nothing."""
    state: Literal["read", "unavailable"] | None = (
        "unavailable" if reason == Reason.ROBOTS_UNAVAILABLE.word else "read" if report.ok else None
    )
    return host if state is None or state == host.robots else replace(host, robots=state, robots_at=now)


def _better(host: Host, report: HostReport) -> Host:
    delay = report.crawl_delay if report.crawl_delay is not None else host.crawl_delay
    recent = (*(host.recent_ms or ()), report.ms)[-RECENT:]
    healthy = replace(host, failures=0, open_until=0.0, slowdown=max(host.slowdown * QUICKER, 1.0), crawl_delay=delay)
    return replace(healthy, recent_ms=recent, asked_at=None, asked_until=0.0, asked_reason=None)


def _worse(host: Host, report: HostReport, settings: Settings, now: float, reason: str | None) -> Host:
    failures = host.failures + 1
    asked_until = now + min(max(report.retry_after or 0.0, 0.0), settings.retry_after_cap)
    free_at = max(host.free_at, asked_until)
    if asked_until > max(now, host.asked_until):
        host = replace(host, asked_at=now, asked_until=asked_until, asked_reason=reason)
    opens = min(settings.backoff * 2.0 ** min(failures - BREAK_AFTER, 60), OPEN_LONGEST)
    open_until = now + opens if failures >= BREAK_AFTER and now >= host.open_until else host.open_until
    return replace(
        host,
        failures=failures,
        errors=host.errors + 1,
        slowdown=min(host.slowdown * SLOWER, SLOWEST),
        free_at=free_at,
        open_until=open_until,
    )


def lifted(host: Host, now: float) -> Host:
    """The host after a person lifted its wait: one request is let through as a test, and its answer decides how it goes on."""
    waited = max(host.asked_until, host.open_until) > now
    failures = max(host.failures, BREAK_AFTER) if waited else host.failures
    return replace(
        host, free_at=min(host.free_at, now), open_until=0.0, failures=failures, asked_at=None, asked_until=0.0, asked_reason=None
    )
