"""Keep figures of every minute, rolled up to hours and days, bounded in size: the history that survives a restart."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from worker.storage import counters
from worker.storage.database import insert_into
from worker.storage.tables import history, receipts

MINUTE, QUARTER, HOUR, DAY = 60, 900, 3600, 86400
KEPT = {MINUTE: 2 * DAY, QUARTER: 2 * DAY, HOUR: 40 * DAY, DAY: 5 * 366 * DAY}
"""Seconds for which each step is kept: two days of minutes and of quarters of an hour for a chart of a day, forty days of hours for one
of a month, and five years of days. With some forty series that is 115,000 + 8,000 + 38,000 + 73,000 short rows at most, some 15 MB."""
FINER = {QUARTER: MINUTE, HOUR: MINUTE, DAY: HOUR}
"""The step of which each longer one is made."""

TOTAL = "total."
"""Beginning of the series that hold a counter as it stood at the end of a minute: the next minute's figure is the difference."""
LARGEST = ("oldest_s",)
"""Beginnings of series of which a longer step keeps the largest value; gauges keep the mean, all others the sum."""
GAUGES = ("waiting", "running", "due", TOTAL)
FLOWS = ("stored", "duplicate", "refused", "dead")
"""How many items ended in each state."""


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a series in one step, which begins `at`."""

    series: str
    at: int
    value: float


def minute_of(now: float) -> int:
    """The last full minute: its beginning, in seconds since 1970."""
    return (math.floor(now) // MINUTE - 1) * MINUTE


def write_minute(connection: Connection, minute: int, gauges: Mapping[str, float]) -> None:
    """Writes the figures of a minute that has just ended: gauges as given, and how much each counter has grown in it.

    A counter's figure is written only where the minute before was sampled too, or nothing was accepted before this one: else nobody
    knows when the rest was counted.
    """
    totals = {f"{TOTAL}{name}": float(value) for name, value in counters.outcomes(connection).items()}
    before = {point.series: point.value for point in _points(connection, MINUTE, minute - MINUTE, minute) if point.series.startswith(TOTAL)}
    sampled = bool(before) or _sampled(connection, minute - MINUTE) or _is_first(connection, minute)
    grown = {name.removeprefix(TOTAL): value - before.get(name, 0.0) for name, value in totals.items()} if sampled else {}
    known = {**_sums(grown, sampled=sampled), **gauges, **totals}
    _put(connection, MINUTE, (Point(series, minute, value) for series, value in sorted(known.items())))
    _roll_up(connection, minute + MINUTE)
    _forget(connection, minute)


def _sums(grown: Mapping[str, float], *, sampled: bool) -> dict[str, float]:
    """Each outcome that occurred, and how many items ended in each state, 0 included: a quiet minute differs from one not sampled."""
    if not sampled:
        return {}
    ended = dict.fromkeys(FLOWS, 0.0)
    for name, value in grown.items():
        kind, _, rest = name.partition(".")
        state = rest.partition(".")[0]
        if kind == counters.ENDED and state in ended:
            ended[state] += value
    return ended | {name: value for name, value in grown.items() if value}


def _sampled(connection: Connection, minute: int) -> bool:
    query = select(history.c.at).where(history.c.step == MINUTE, history.c.series == "waiting", history.c.at == minute)
    return connection.execute(query).first() is not None


def _is_first(connection: Connection, minute: int) -> bool:
    """Whether the minute is the first of an installation: nothing was sampled or accepted before it."""
    if connection.execute(select(history.c.at).limit(1)).first() is not None:
        return False
    return connection.execute(select(receipts.c.at).where(receipts.c.at < minute).limit(1)).first() is None


def _put(connection: Connection, step: int, points: Iterable[Point]) -> None:
    rows = [{"step": step, "series": point.series, "at": point.at, "value": point.value} for point in points]
    if rows:
        statement = insert_into(connection, history)
        replaced = statement.on_conflict_do_update(index_elements=["step", "at", "series"], set_={"value": statement.excluded.value})
        connection.execute(replaced, rows)


def _roll_up(connection: Connection, until: int) -> None:
    """Writes every longer step that has ended and is not written yet."""
    for step, of in FINER.items():
        end = until // step * step
        newest = connection.execute(select(func.max(history.c.at)).where(history.c.step == step)).scalar()
        begin = end - KEPT[of] if newest is None else newest + step
        if begin < end:
            points = [point for point in _points(connection, of, begin, end) if not point.series.startswith(TOTAL)]
            _put(connection, step, together(points, step))


def together(points: Iterable[Point], begins: int | Sequence[int]) -> list[Point]:
    """Points of a shorter step as points of a longer one: sums of flows, means of gauges, the largest of ages.

    `begins` is the length of the longer step, or where each begins, the first one not after any point: days of a zone are no multiples.
    """
    found: dict[tuple[str, int], list[float]] = {}
    for point in points:
        at = point.at // begins * begins if isinstance(begins, int) else begins[bisect_right(begins, point.at) - 1]
        found.setdefault((point.series, at), []).append(point.value)
    return [Point(series, at, _merged(series, values)) for (series, at), values in sorted(found.items())]


def _merged(series: str, values: list[float]) -> float:
    if series.startswith(LARGEST):
        return max(values)
    return sum(values) / len(values) if series.startswith(GAUGES) else sum(values)


def _forget(connection: Connection, minute: int) -> None:
    for step, kept in KEPT.items():
        connection.execute(delete(history).where(history.c.step == step, history.c.at < minute - kept))


def _points(connection: Connection, step: int, since: int, until: int, series: Collection[str] | None = None) -> list[Point]:
    query = select(history.c.series, history.c.at, history.c.value)
    query = query.where(history.c.step == step, history.c.at >= since, history.c.at < until).order_by(history.c.at, history.c.series)
    if series is not None:
        query = query.where(history.c.series.in_(series))
    return [Point(*row) for row in connection.execute(query)]


def points(connection: Connection, step: int, since: int, until: int, series: Collection[str] | None = None) -> list[Point]:
    """What was sampled in a stretch of time, a step each, without the totals; minutes stand in for a step that still runs.

    Of a day its hours. `series` limits it to those with these names.
    """
    step = min(step, HOUR)
    found = _points(connection, step, since, until, series)
    if step > MINUTE:
        newest = max((point.at for point in found), default=since - step)
        found += together(_points(connection, MINUTE, max(newest + step, since), until, series), step)
    return [point for point in found if not point.series.startswith(TOTAL)]


def newest(connection: Connection) -> int | None:
    """The last minute that was sampled; everything that `points` tells is as it was until there is another one."""
    return connection.execute(select(func.max(history.c.at)).where(history.c.step == MINUTE)).scalar()
