"""Model measured: precision, recall, F1 and calibration per label, out of fold and on texts of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import SOURCE_TYPES, TOPICS, SourceType
from classifier.model.thresholds import Threshold, f1
from classifier.seeds.dataset import Seed
from classifier.training.train import HeldOut

BINS = 10
"""Of the calibration error, as in Guo et al. 2017."""


def calibration_error(probability: NDArray[Any], truth: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between probability and frequency over BINS equal bins, weighted by their size."""
    return float(calibration_errors(probability[:, None], truth[:, None], np.ones((1, len(truth))))[0, 0])


def calibration_errors(probability: NDArray[Any], truth: NDArray[np.bool_], times: NDArray[Any]) -> NDArray[Any]:
    """The same of several labels (rows, labels) in many samples: `times` (samples, rows) says how often a row is in one."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    gap = (probability - truth).astype(times.dtype)
    gaps = sum(np.abs(times @ np.where(place == number, gap, 0)) for number in range(BINS))
    return np.asarray(gaps / times.sum(axis=1, keepdims=True))


def label_figures(probability: NDArray[Any], truth: NDArray[np.bool_], cut: Threshold) -> dict[str, Any]:
    """Precision, recall, F1, support, threshold, calibration and the share in doubt of one topic."""
    said = probability >= cut.threshold
    hits = int((said & truth).sum())
    doubt = (probability > cut.low) & (probability < cut.high)
    return {
        "precision": _share(hits, int(said.sum())),
        "recall": _share(hits, int(truth.sum())),
        "f1": round(f1(truth, said), 3),
        "support": int(truth.sum()),
        "threshold": cut.threshold,
        "ece": round(calibration_error(probability, truth), 3),
        "unsure": round(float(doubt.mean()), 3),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def source_figures(probability: NDArray[Any], truth: NDArray[np.int64]) -> dict[str, Any]:
    """The same for the source types, where the likeliest is said; with the confusion (rows: truth)."""
    said = probability.argmax(axis=1)
    figures: dict[str, Any] = {}
    for place, kind in enumerate(SOURCE_TYPES):
        is_so, is_said = truth == place, said == place
        hits = int((is_so & is_said).sum())
        figures[kind.value] = {
            "precision": _share(hits, int(is_said.sum())),
            "recall": _share(hits, int(is_so.sum())),
            "f1": round(f1(is_so, is_said), 3),
            "support": int(is_so.sum()),
            "ece": round(calibration_error(probability[:, place], is_so), 3),
        }
    confusion = [
        [int(((truth == row) & (said == column)).sum()) for column in range(len(SOURCE_TYPES))] for row in range(len(SOURCE_TYPES))
    ]
    return {"labels": figures, "macro_f1": mean_f1(figures), "confusion": confusion}


def mean_f1(figures: dict[str, Any]) -> float:
    """Macro-F1 of a table of labels."""
    return round(float(np.mean([row["f1"] for row in figures.values()])), 3)


def held_out_figures(seeds: Sequence[Seed], held: HeldOut, cuts: Sequence[Threshold]) -> dict[str, Any]:
    """Figures for the seeds by models that had not seen them."""
    return figures(seeds, held.topics, held.source, _primaries(held, cuts), cuts)


def figures(
    seeds: Sequence[Seed], topics: NDArray[Any], source: NDArray[Any], primary: Sequence[str | None], cuts: Sequence[Threshold]
) -> dict[str, Any]:
    """Figures of predictions against the labels of `seeds`."""
    table = {}
    for place, (topic, cut) in enumerate(zip(TOPICS, cuts, strict=True)):
        table[topic.value] = label_figures(topics[:, place], np.array([topic in seed.topics for seed in seeds]), cut)
    kinds = np.array([SOURCE_TYPES.index(SourceType(seed.source_type)) for seed in seeds])
    right = sum(said == seed.primary for said, seed in zip(primary, seeds, strict=True))
    return {
        "articles": len(seeds),
        "topics": {"labels": table, "macro_f1": mean_f1(table)},
        "source_type": source_figures(source, kinds),
        "primary_right": round(right / max(1, len(seeds)), 3),
    }


def _primaries(held: HeldOut, cuts: Sequence[Threshold]) -> list[str | None]:
    thresholds = np.array([cut.threshold for cut in cuts])
    likely = np.where(held.topics >= thresholds, held.primary, 0)
    return [TOPICS[int(row.argmax())].value if row.max() >= 0.5 else None for row in likely]


def table(found: dict[str, Any]) -> str:
    """The figures as lines for a person."""
    lines = [f"{'label':<16}{'precision':>10}{'recall':>8}{'F1':>7}{'support':>9}{'threshold':>11}{'ECE':>7}{'unsure':>8}"]
    for name, row in found["topics"]["labels"].items():
        lines.append(_row(name, row) + f"{row['threshold']:>11.2f}{row['ece']:>7.3f}{row['unsure']:>8.3f}")
    for name, row in found["source_type"]["labels"].items():
        lines.append(_row(name, row) + f"{'':>11}{row['ece']:>7.3f}")
    lines.append(
        f"macro-F1: topics {found['topics']['macro_f1']:.3f}, source type {found['source_type']['macro_f1']:.3f}; "
        f"primary topic right in {found['primary_right']:.3f}; {found['articles']} articles"
    )
    return "\n".join(lines)


def _row(name: str, row: dict[str, Any]) -> str:
    return f"{name:<16}{row['precision']:>10.3f}{row['recall']:>8.3f}{row['f1']:>7.3f}{row['support']:>9}"
