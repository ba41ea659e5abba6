"""Hold the figures of an evaluation, and write them as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
"""A JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFigures:
    """How well one label is predicted; shares are rounded to three decimals."""

    precision: float
    recall: float
    f1: float
    support: int
    """Articles that carry the label."""
    threshold: float | None = None
    """None for a source type: there the likeliest is predicted."""
    ece: float
    """Expected calibration error."""
    unsure: float | None = None
    """Share of the articles whose decision is `unsure`; None for a source type."""

    def to_dict(self) -> dict[str, object]:
        """As JSON has it, without what a source type lacks."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """The figures of each topic."""

    labels: dict[str, LabelFigures]
    macro_f1: float

    def to_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {"labels": _labels_to_dict(self.labels), "macro_f1": self.macro_f1}


@dataclass(frozen=True, slots=True)
class SourceTypeFigures:
    """The figures of each source type."""

    labels: dict[str, LabelFigures]
    macro_f1: float
    confusion: list[list[int]]
    """Number of articles by source type, in the order of SOURCE_TYPES: a row for each true one, a column for each predicted one."""

    def to_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {"labels": _labels_to_dict(self.labels), "macro_f1": self.macro_f1, "confusion": self.confusion}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a model does on some labelled articles."""

    articles: int
    topics: TopicFigures
    source_type: SourceTypeFigures
    primary_right: float
    """Share of the articles whose main topic is predicted, none included."""

    def to_dict(self) -> dict[str, object]:
        """As JSON has it, in manifests too."""
        return {
            "articles": self.articles,
            "topics": self.topics.to_dict(),
            "source_type": self.source_type.to_dict(),
            "primary_right": self.primary_right,
        }

    @classmethod
    def from_dict(cls, record: Record) -> Evaluation:
        """What `to_dict` wrote; raises KeyError or TypeError where a field is missing or unknown."""
        topics, source_type = record["topics"], record["source_type"]
        return cls(
            record["articles"],
            TopicFigures(_labels_from_dict(topics["labels"]), topics["macro_f1"]),
            SourceTypeFigures(_labels_from_dict(source_type["labels"]), source_type["macro_f1"], source_type["confusion"]),
            record["primary_right"],
        )


def _labels_to_dict(labels: Mapping[str, LabelFigures]) -> dict[str, object]:
    return {name: figures.to_dict() for name, figures in labels.items()}


def _labels_from_dict(record: Mapping[str, Mapping[str, Any]]) -> dict[str, LabelFigures]:
    return {name: LabelFigures(**figures) for name, figures in record.items()}


def table(evaluation: Evaluation) -> str:
    """The figures as lines for people, a label in each."""
    lines = [f"{'label':<16}{'precision':>10}{'recall':>8}{'F1':>7}{'support':>9}{'threshold':>11}{'ECE':>7}{'unsure':>8}"]
    lines += [_row(name, figures) for name, figures in (*evaluation.topics.labels.items(), *evaluation.source_type.labels.items())]
    lines.append(
        f"macro-F1: topics {evaluation.topics.macro_f1:.3f}, source type {evaluation.source_type.macro_f1:.3f}; "
        f"primary topic right in {evaluation.primary_right:.3f}; {evaluation.articles} articles"
    )
    return "\n".join(lines)


def _row(name: str, figures: LabelFigures) -> str:
    row = f"{name:<16}{figures.precision:>10.3f}{figures.recall:>8.3f}{figures.f1:>7.3f}{figures.support:>9}"
    threshold = "" if figures.threshold is None else f"{figures.threshold:.2f}"
    unsure = "" if figures.unsure is None else f"{figures.unsure:>8.3f}"
    return f"{row}{threshold:>11}{figures.ece:>7.3f}{unsure}"
