"""Draw the plots of a card as SVG; every line has its own dashes and marks, to be recognised in black and white."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadCall
from classifier.training.evaluate import Probabilities, bins_of
from classifier.training.learning_curve import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MIN_ARTICLES = 5
"""In a bin of the reliability plot; a share of fewer says nothing."""
MARKS_ON_A_LINE = 8
"""Of the precision-recall plot: enough to recognise a line, few enough to see it."""
_DASHES = ("-", "--", "-.", ":")
_MARKS = ("o", "s", "^", "D", "v", "x", "+")


class _LineStyle(TypedDict):
    """Keyword arguments of matplotlib's `plot`."""

    color: str
    linestyle: str
    marker: str
    markersize: int
    linewidth: float


def reliability(names: Sequence[str], probability: Probabilities, truth: NDArray[np.bool_]) -> str:
    """The share of articles that carry a label, by predicted probability; `probability` and `truth` are (articles, names)."""
    figure, axes = _figure("Reliability, out of fold", "probability", "share that carry the label")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for column, name in enumerate(names):
        bins = bins_of(probability[:, column])
        used = [number for number in np.unique(bins) if (bins == number).sum() >= MIN_ARTICLES]
        x = [probability[bins == number, column].mean() for number in used]
        y = [truth[bins == number, column].mean() for number in used]
        axes.plot(x, y, label=name, **_line_style(column))
    return _svg(figure, axes)


def precision_recall(names: Sequence[str], probability: Probabilities, truth: NDArray[np.bool_]) -> str:
    """Precision against recall for every threshold; `probability` and `truth` are (articles, names)."""
    figure, axes = _figure("Precision and recall, out of fold", "recall", "precision")
    for column, name in enumerate(names):
        order = np.argsort(-probability[:, column], kind="stable")
        hits = np.cumsum(truth[order, column])
        precision, recall = hits / np.arange(1, len(order) + 1), hits / max(1, hits[-1])
        axes.plot(recall, precision, label=name, markevery=max(1, len(order) // MARKS_ON_A_LINE), **_line_style(column))
    return _svg(figure, axes)


def learning(points: Sequence[Point]) -> str:
    """Macro-F1 against the number of outlets or seeds that taught: topics in black and source types in grey."""
    unit = points[-1].unit
    figure, axes = _figure(f"Learning curve, on {points[-1].articles} {points[-1].measured}", f"{unit} that taught", "macro-F1")
    sizes = [point.size for point in points]
    axes.plot(sizes, [point.topics for point in points], label="topics", **_line_style(0, "0.0"))
    axes.plot(sizes, [point.source_type for point in points], label="source type", **_line_style(1, "0.5"))
    axes.set(xlim=(min(sizes) - 0.03 * max(sizes), 1.03 * max(sizes)), ylim=(0.5, 1.0), xticks=sizes, xticklabels=map(str, sizes))
    axes.minorticks_off()
    return _svg(figure, axes)


def _line_style(number: int, grey: str | None = None) -> _LineStyle:
    """That of the line `number`; `grey` is from 0.0, black, to 1.0, white."""
    return {
        "color": grey or ("0.0", "0.35")[number % 2],
        "linestyle": _DASHES[number % len(_DASHES)],
        "marker": _MARKS[number % len(_MARKS)],
        "markersize": 4,
        "linewidth": 1.2,
    }


def expect_matplotlib() -> None:
    """Raises BadCall where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401 - only looked for
    except ImportError as error:
        raise BadCall("a card needs matplotlib: install pressmark[card]") from error


def _figure(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "pressmark"  # else the ids in the file are random
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y, xlim=(0, 1.01), ylim=(0, 1.03))
    return figure, axes


def _svg(figure: Figure, axes: Axes) -> str:
    """The figure as an SVG element, without the XML declaration before it."""
    axes.legend(fontsize="small", frameon=False)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "<svg" + buffer.getvalue().partition("<svg")[2]
