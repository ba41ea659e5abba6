"""Plots of the card, as SVG that reads in black and white: every line has its own dashes and marks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadCall
from classifier.training.learning_curve import Point

BINS = 10
_STYLES = ("-", "--", "-.", ":")
_MARKS = ("o", "s", "^", "D", "v", "x", "+")


def reliability(names: Sequence[str], probability: NDArray[Any], truth: NDArray[np.bool_]) -> str:
    """How often a label was true among the articles given each probability; `probability` and `truth` are (rows, labels)."""
    figure, axes = _figure("Reliability, out of fold", "probability", "share that carry the label")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for place, name in enumerate(names):
        bins = np.minimum((probability[:, place] * BINS).astype(int), BINS - 1)
        used = [b for b in np.unique(bins) if (bins == b).sum() >= 5]  # fewer say nothing
        x = [probability[bins == b, place].mean() for b in used]
        y = [truth[bins == b, place].mean() for b in used]
        axes.plot(x, y, label=name, **_style(place))
    return _svg(figure, axes)


def precision_recall(names: Sequence[str], probability: NDArray[Any], truth: NDArray[np.bool_]) -> str:
    """Precision against recall for every threshold."""
    figure, axes = _figure("Precision and recall, out of fold", "recall", "precision")
    for place, name in enumerate(names):
        order = np.argsort(-probability[:, place], kind="stable")
        hits = np.cumsum(truth[order, place])
        precision, recall = hits / np.arange(1, len(order) + 1), hits / max(1, hits[-1])
        axes.plot(recall, precision, label=name, markevery=max(1, len(order) // 8), **_style(place))
    return _svg(figure, axes)


def learning(points: Sequence[Point]) -> str:
    """Macro-F1 against the number of seeds, topics in black and source types in grey, a mark for each origin of the judged texts."""
    figure, axes = _figure("Learning curve, by origin of the judged texts", "seeds that taught", "macro-F1")
    for place, origin in enumerate(dict.fromkeys(point.origin for point in points)):
        line = [point for point in points if point.origin == origin]
        x = [point.seeds for point in line]
        for what, shade, y in (("topics", "0.0", [p.topics for p in line]), ("source type", "0.5", [p.source_type for p in line])):
            axes.plot(x, y, label=f"{what}, {origin} ({line[-1].articles})", **_style(place) | {"color": shade})
    sizes = sorted({point.seeds for point in points})
    axes.set(xscale="log", xlim=(sizes[0] / 1.2, sizes[-1] * 1.2), ylim=(0.5, 1.0), xticks=sizes, xticklabels=map(str, sizes))
    axes.minorticks_off()
    return _svg(figure, axes)


def _style(place: int) -> dict[str, Any]:
    shade = ("0.0", "0.35")[place % 2]
    return {
        "color": shade,
        "linestyle": _STYLES[place % len(_STYLES)],
        "marker": _MARKS[place % len(_MARKS)],
        "markersize": 4,
        "linewidth": 1.2,
    }


def expect_matplotlib() -> None:
    """Raises BadCall where there is none."""
    try:
        import matplotlib  # noqa: F401 - only asked for
    except ImportError as error:
        raise BadCall("a card needs matplotlib: install pressmark[card]") from error


def _figure(title: str, x: str, y: str) -> tuple[Any, Any]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "pressmark"  # else the ids in the file are random
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y, xlim=(0, 1.01), ylim=(0, 1.03))
    return figure, axes


def _svg(figure: Any, axes: Any) -> str:
    axes.legend(fontsize="small", frameon=False)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().partition("?>")[2].partition("<svg")[1] + buffer.getvalue().partition("<svg")[2]
