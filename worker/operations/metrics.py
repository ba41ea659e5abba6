"""Metrics written: the figures of `status` in Prometheus' text format, for a collector that reads files or the output of commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float | None]
"""A name, its labels, and the value; None where it is not known now."""


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The document of `status --json` as samples, one family after another; what is unknown is left out, as Prometheus asks."""
    told: str | None = None
    for name, labels, value in _samples(document):
        if value is None:
            continue
        if name != told:
            yield f"# TYPE pressmark_{name} gauge"
            told = name
        marks = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        yield f"pressmark_{name}{{{marks}}} {value:g}" if marks else f"pressmark_{name} {value:g}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _samples(document: Mapping[str, Any]) -> Iterator[Sample]:
    yield "ok", {}, float(document["ok"])
    yield "balanced", {}, float(document["balanced"])
    for state, count in document["ledger"].items():
        yield "urls", {"state": state}, count
    for figure in ("waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min"):
        for queue in document["queues"]:
            yield f"queue_{figure}", {"queue": queue["name"]}, queue[figure]
    for dead in document["dead"]:
        yield "dead", {"reason": dead["reason"]}, dead["count"]
    yield from _drift(document["drift"])


def _drift(drift: Mapping[str, Any]) -> Iterator[Sample]:
    stretches = {name: drift[name] for name in ("week", "weeks_before", "training") if drift[name]}
    for stretch, told in stretches.items():
        for language, words in told["unknown_words"].items():
            yield "drift_unknown_words", {"stretch": stretch, "language": language}, words["mean"]
    for figure in ("yes", "unsure", "mean_probability"):
        for stretch, told in stretches.items():
            for label, shares in told["topics"].items():
                yield f"drift_{figure}", {"stretch": stretch, "label": label}, shares[figure]
    for against, shifts in drift["score_shift"].items():
        for label, shift in (shifts or {}).items():
            yield "drift_score_shift", {"against": against, "label": label}, shift
    yield "drift_warnings", {}, len(drift["warnings"])
