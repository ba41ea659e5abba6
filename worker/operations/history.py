"""Show the figures of the last hour, day or month, as they were sampled by the minute; they survive a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.storage import time_series
from worker.storage.time_series import DAY, HOUR, MINUTE, Point

Range = Literal["hour", "day", "month"]
RANGES = get_args(Range)
QUARTER = 15 * MINUTE
SHAPES: Mapping[str, tuple[int, int]] = {"hour": (MINUTE, 60), "day": (QUARTER, 96), "month": (DAY, 31)}
"""Seconds of a step, and how many steps, by range."""
ALWAYS = ("stored", "duplicate", "refused", "dead", "waiting", "running", "oldest_s")
"""Series that are there even where nothing of them was sampled."""
ENDED, AGAIN = "ended.", "again."
"""Beginnings of series by outcome and reason; they are told in `outcomes`."""

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class OutcomeCount(Document):
    """How often something came of an item in the range; `again` is a failure that will be tried again."""

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

    def to_dict(self) -> dict[str, object]:
        """With `from`, which is no name in Python."""
        shown = Document.to_dict(self)
        return {("from" if name == "begins_at" else name): value for name, value in shown.items()}


def history(services: Services, of: str = "hour", now: Callable[[], float] = time.time) -> History:
    """The figures of the last hour (60 minutes), day (96 quarters) or month (31 days). Raises UsageError, Unavailable."""
    if of not in SHAPES:
        raise UsageError(f"expected one of {', '.join(RANGES)}, got {of[:60]!r}")
    step, number = SHAPES[of]
    end = _end(now(), step)
    begin = end - step * number
    found = time_series.together(services.viewer_ledger.points(HOUR if step == DAY else MINUTE, begin, end), step)
    steps = range(begin, end, step)
    return History(
        range=of,  # type: ignore[arg-type]
        step_s=step,
        begins_at=rfc3339(begin),
        series=_series(found, steps),
        outcomes=_outcomes(found),
        gaps=_gaps(found, steps, step),
    )


def _end(now: float, step: int) -> int:
    """The end of the last step: of a day the one that still runs, else the last full minute or quarter."""
    return int(now // step + 1) * step if step > MINUTE else int(now // step) * step


def _series(points: Sequence[Point], steps: range) -> dict[str, Values]:
    values: dict[str, dict[int, float]] = {name: {} for name in ALWAYS}
    for point in points:
        if not point.series.startswith((ENDED, AGAIN)):
            values.setdefault(point.series, {})[point.at] = round(point.value, 1)
    return {name: tuple(of_one.get(at) for at in steps) for name, of_one in values.items()}


def _outcomes(points: Sequence[Point]) -> tuple[OutcomeCount, ...]:
    counts: dict[tuple[str, str | None], float] = {}
    for point in points:
        if point.series.startswith((ENDED, AGAIN)):
            outcome, _, reason = point.series.removeprefix(ENDED).partition(".")
            key = outcome, reason or None
            counts[key] = counts.get(key, 0.0) + point.value
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0][0], pair[0][1] or ""))
    return tuple(OutcomeCount(outcome, reason, round(count)) for (outcome, reason), count in ordered)


def _gaps(points: Sequence[Point], steps: range, step: int) -> tuple[Gap, ...]:
    """Steps without any sample, those next to each other as one; before the first sample there is no gap but nothing yet."""
    sampled = {point.at for point in points}
    missing = [at for at in steps if at not in sampled and at > min(sampled, default=steps.stop)]
    gaps: list[tuple[int, int]] = []
    for at in missing:
        if gaps and gaps[-1][1] == at:
            gaps[-1] = (gaps[-1][0], at + step)
        else:
            gaps.append((at, at + step))
    return tuple(Gap(rfc3339(since), rfc3339(until)) for since, until in gaps)
