"""Write the figures of a status in Prometheus' text format, for a collector that reads files or the output of commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worker.models.drift import LabelShares
from worker.operations.drift import DriftReport
from worker.operations.status import Status

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float | None]
"""A name, its labels, and the value; None where it is not known now."""


def lines(status: Status) -> Iterator[str]:
    """One family of samples after another, each under its type; what is unknown is left out, as Prometheus asks."""
    family: str | None = None
    for name, labels, value in _samples(status):
        if value is None:
            continue
        if name != family:
            yield f"# TYPE pressmark_{name} gauge"
            family = name
        marks = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        yield f"pressmark_{name}{{{marks}}} {value:g}" if marks else f"pressmark_{name} {value:g}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _samples(status: Status) -> Iterator[Sample]:
    report = status.queues
    yield "ok", {}, float(status.ok)
    yield "balanced", {}, float(report.balanced)
    for state in ("accepted", "waiting", "running", "stored", "duplicate", "refused", "dead"):
        yield "urls", {"state": state}, getattr(report.ledger, state)
    for figure in ("waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min"):
        for queue in report.queues:
            yield f"queue_{figure}", {"queue": queue.name}, getattr(queue, figure)
    for cause in report.dead:
        yield "dead", {"reason": cause.reason}, cause.count
    yield from _drift(status.drift)


def _drift(drift: DriftReport) -> Iterator[Sample]:
    stretches = {"week": drift.week, "weeks_before": drift.weeks_before} | ({"training": drift.training} if drift.training else {})
    for stretch, shares in stretches.items():
        for language, words in shares.unknown_words.items():
            yield "drift_unknown_words", {"stretch": stretch, "language": language}, words.mean
    yield from _label_samples({stretch: shares.topics for stretch, shares in stretches.items()})
    for against, shifts in (("weeks_before", drift.score_shift.weeks_before), ("training", drift.score_shift.training)):
        for label, shift in (shifts or {}).items():
            yield "drift_score_shift", {"against": against, "label": label}, shift
    yield "drift_warnings", {}, len(drift.warnings)


def _label_samples(stretches: Mapping[str, Mapping[str, LabelShares]]) -> Iterator[Sample]:
    for figure in ("yes", "unsure", "mean_probability"):
        for stretch, topics in stretches.items():
            for label, shares in topics.items():
                yield f"drift_{figure}", {"stretch": stretch, "label": label}, getattr(shares, figure)
