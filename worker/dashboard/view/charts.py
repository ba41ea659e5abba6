"""Compute the charts that a page shows without script: bars and lines as SVG paths, with round numbers on the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 28.0, 300.0, 8.0, 94.0
"""Of the plot in a chart of 300 by 112."""
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line with its number."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths of a chart, with the rules behind it."""

    paths: tuple[str, ...]
    rules: tuple[Rule, ...]


def top_of(most: float) -> float:
    """The round number at the top of an axis: 1, 2 or 5 times a power of ten, twice a whole number."""
    if most <= 2:
        return 2.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= most)


def _rules(top: float) -> tuple[Rule, ...]:
    return tuple(
        Rule(round(_y(value, top), 1), f"{value:,.0f}" if value >= 1 or not value else f"{value:g}") for value in (0, top / 2, top)
    )


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top


def stacked(series: Sequence[Values]) -> Chart:
    """Bars on top of one another, the first series lowest; a step without a sample has none."""
    steps = len(series[0]) if series else 0
    totals = [sum(values[step] or 0 for values in series) for step in range(steps)]
    top, width = top_of(max(totals, default=0)), (RIGHT - LEFT) / max(steps, 1)
    below, paths = [0.0] * steps, []
    for values in series:
        path = []
        for step, value in enumerate(values):
            if value:
                x, y, y0 = LEFT + step * width, _y(below[step] + value, top), _y(below[step], top)
                path.append(f"M{x:.1f} {y0:.1f}V{y:.1f}h{max(width - 0.6, 0.6):.1f}V{y0:.1f}z")
                below[step] += value
        paths.append("".join(path))
    return Chart(tuple(paths), _rules(top))


def line(values: Values) -> Chart:
    """One line; where nothing was sampled there is a gap."""
    top, width = top_of(max((value for value in values if value is not None), default=0)), (RIGHT - LEFT) / max(len(values) - 1, 1)
    path, pen = [], "M"
    for step, value in enumerate(values):
        if value is None:
            pen = "M"
        else:
            path.append(f"{pen}{LEFT + step * width:.1f} {_y(value, top):.1f}")
            pen = "L"
    return Chart(("".join(path),), _rules(top))


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a wide chart that is a link."""

    x: float
    y: float
    width: float
    height: float
    key: str
    count: int
    text: str
    """Below it; empty for most, since names need room."""


def bars(buckets: Sequence[tuple[str, int]], names: Sequence[str]) -> tuple[tuple[Bar, ...], tuple[Rule, ...]]:
    """Bars of a chart of 1,000 by 104, and its rules; `names` are written below, as many as have room."""
    top = top_of(max((count for _, count in buckets), default=0))
    room = 976 / max(len(buckets), 1)
    every = max(1, math.ceil(84 / room))
    height = 71.0
    found = tuple(
        Bar(
            round(24 + number * room + room * 0.08, 1),
            round(84 - height * count / top, 1),
            round(min(room * 0.84, 60), 1),
            round(height * count / top, 1),
            key,
            count,
            names[number] if number % every == 0 else "",
        )
        for number, (key, count) in enumerate(buckets)
    )
    rules = tuple(Rule(round(84 - height * value / top, 1), f"{value:g}") for value in (0, top / 2, top))
    return found, rules
