"""Show the figures of the last hour, day or month, as they were sampled by the minute; they survive a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.document import Document
from worker.operations.times import midnights, rfc3339
from worker.storage import time_series
from worker.storage.time_series import DAY, MINUTE, QUARTER, Point

Range = Literal["hour", "day", "month"]
RANGES = get_args(Range)
SHAPES: Mapping[str, tuple[int, int]] = {"hour": (MINUTE, 60), "day": (QUARTER, 96), "month": (DAY, 31)}
"""Seconds of a step, and how many steps, by range."""
ALWAYS = ("stored", "duplicate", "refused", "dead", "waiting", "running", "oldest_s")
"""Series that are always given, even where nothing of them was sampled."""
ENDED, AGAIN = "ended.", "again."
"""Prefixes of the series by outcome and reason, which are given in `outcomes`."""

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class OutcomeCount(Document):
    """How often items ended in one way in the range; `again` is a failure that will be tried again."""

    outcome: str
    """stored, duplicate, refused, dead or again."""
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Gap(Document):
    """A stretch of time in which nothing was sampled: RFC 3339, UTC."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class History(Document):
    """Equal steps in time: flows (`stored`, `duplicate`, `refused`, `dead`) are sums over a step, `waiting` and `running` means,
    `oldest_s` the longest that anything waited in a queue; `waiting.fetch` and `oldest_s.fetch` are of one queue."""

    range: Range
    step_s: int
    begins_at: str
    """Beginning of the first step: RFC 3339, UTC; `from` in JSON."""
    series: Mapping[str, Values]
    """By name, a value for each step, the oldest first; None where nothing was sampled."""
    outcomes: tuple[OutcomeCount, ...]
    """Over the whole range, the most frequent first."""
    gaps: tuple[Gap, ...]
    """Stretches without a sample since the first one of the range."""
    begins: tuple[str, ...]
    """When each step begins; a day of the readers' zone is an hour shorter or longer where its clocks are changed."""

    def to_dict(self) -> dict[str, object]:
        """With `from`, which is no name in Python."""
        shown = Document.to_dict(self)
        return {("from" if name == "begins_at" else name): value for name, value in shown.items()}


def history(services: Services, of: str = "hour", now: Callable[[], float] = time.time) -> History:
    """The figures of the last hour (60 minutes), day (96 quarters) or month (31 days of the readers' zone).

    Raises UsageError, Unavailable.
    """
    edges = _edges(of, now(), services.settings.timezone)
    *begins, end = edges
    step = SHAPES[of][0]
    points = services.viewer_ledger.points(step, begins[0], end)
    found = time_series.together(points, begins) if step == DAY else points
    return History(
        range=of,  # type: ignore[arg-type]
        step_s=step,
        begins_at=rfc3339(begins[0]),
        series=_series(found, begins),
        outcomes=_outcomes(found),
        gaps=_gaps(found, edges),
        begins=tuple(map(rfc3339, begins)),
    )


class Histories:
    """The histories of one installation, each read again only when a minute was sampled, or a step of it has ended."""

    def __init__(self, services: Services, now: Callable[[], float] = time.time) -> None:
        self._services, self._now = services, now
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[tuple[int, ...], int | None, History]] = {}

    def __call__(self, of: str = "hour") -> History:
        """As `history`; while nothing new was sampled, the same object. Raises UsageError, Unavailable."""
        now = self._now()
        edges = _edges(of, now, self._services.settings.timezone)
        newest = self._services.viewer_ledger.newest_sample()
        with self._lock:
            if of not in self._kept or self._kept[of][:2] != (edges, newest):
                self._kept[of] = (edges, newest, history(self._services, of, lambda: now))
            return self._kept[of][2]


def _edges(of: str, now: float, zone: str) -> tuple[int, ...]:
    """Where each step begins, and where the last one ends: the last full minute or quarter, or the end of this day. Raises UsageError."""
    if of not in SHAPES:
        raise UsageError(f"expected one of {', '.join(RANGES)}, got {of[:60]!r}")
    step, number = SHAPES[of]
    if step == DAY:
        return midnights(now, zone, number)
    end = int(now // step + 1) * step if step > MINUTE else int(now // step) * step
    return tuple(range(end - step * number, end + step, step))


def _series(points: Sequence[Point], begins: Sequence[int]) -> dict[str, Values]:
    values: dict[str, dict[int, float]] = {name: {} for name in ALWAYS}
    for point in points:
        if not point.series.startswith((ENDED, AGAIN)):
            values.setdefault(point.series, {})[point.at] = round(point.value, 1)
    return {name: tuple(of_one.get(at) for at in begins) for name, of_one in values.items()}


def _outcomes(points: Sequence[Point]) -> tuple[OutcomeCount, ...]:
    counts: dict[tuple[str, str | None], float] = {}
    for point in points:
        if point.series.startswith((ENDED, AGAIN)):
            outcome, _, reason = point.series.removeprefix(ENDED).partition(".")
            key = outcome, reason or None
            counts[key] = counts.get(key, 0.0) + point.value
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0][0], pair[0][1] or ""))
    return tuple(OutcomeCount(outcome, reason, round(count)) for (outcome, reason), count in ordered)


def _gaps(points: Sequence[Point], edges: Sequence[int]) -> tuple[Gap, ...]:
    """Steps without any sample, neighbouring ones joined; the time before the first sample is not a gap."""
    sampled = {point.at for point in points}
    first = min(sampled, default=edges[-1])
    gaps: list[tuple[int, int]] = []
    for begin, end in pairwise(edges):
        if begin in sampled or begin < first:
            continue
        if gaps and gaps[-1][1] == begin:
            gaps[-1] = (gaps[-1][0], end)
        else:
            gaps.append((begin, end))
    return tuple(Gap(rfc3339(since), rfc3339(until)) for since, until in gaps)
