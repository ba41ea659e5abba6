"""Define the label set, in the contract's order, and the labels of one article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal


class Topic(StrEnum):
    """What an article reports on; any subset, possibly none."""

    BORDER_DISPUTE = "border_dispute"
    TRADE = "trade"
    DEMINING = "demining"
    CULTURE = "culture"


class SourceType(StrEnum):
    """Who speaks in an article; exactly one."""

    OFFICIAL = "official"
    PROMOTIONAL = "promotional"
    INDEPENDENT = "independent"


class Decision(StrEnum):
    """What a probability means for a topic."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


TOPICS = tuple(Topic)
SOURCE_TYPES = tuple(SourceType)


@dataclass(frozen=True, slots=True)
class TopicLabel:
    """The model's answer on one topic; `probability >= threshold` is the binary label."""

    label: str
    probability: float
    """Calibrated, from 0 to 1, four decimals."""
    threshold: float
    decision: Literal["yes", "no", "unsure"]
    """In the words of Decision."""


@dataclass(frozen=True, slots=True)
class OutletOpinion:
    """What the registry of outlets says of the source type, and whether the text alone says the same."""

    name: str
    label: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class SourceTypeLabel:
    """The likeliest source type, None for a text that is too short, and whether to trust it."""

    label: str | None
    probabilities: dict[str, float]
    """By source type, in the order of SOURCE_TYPES."""
    decision: Literal["sure", "unsure"]
    outlet: OutletOpinion | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a sentence, and what it adds to the log-odds of its label."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of the article that speaks for a label; offsets count code points in `field`."""

    label: str
    field: Literal["text", "title"]
    text: str
    start: int
    end: int
    terms: list[Term]


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model gave the labels."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All labels of one article: the contract's "Labels"."""

    topics: list[TopicLabel]
    """One for each topic, in the order of TOPICS."""
    primary_topic: str | None
    source_type: SourceTypeLabel
    evidence: list[Evidence]
    language_supported: bool
    unknown_words: float | None = None
    """Share of the article's words that the model's vocabulary lacks; None where an early version gave the labels."""
    model: ModelName

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it in JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Labels:
        """What `to_dict` wrote, or an earlier version; raises KeyError or TypeError where a field is missing or unknown."""
        return cls(
            topics=[TopicLabel(**topic) for topic in record["topics"]],
            primary_topic=record["primary_topic"],
            source_type=source_type_from_dict(record["source_type"]),
            evidence=[evidence_from_dict(entry) for entry in record["evidence"]],
            language_supported=record["language_supported"],
            unknown_words=record.get("unknown_words"),
            model=ModelName(**record["model"]),
        )


def source_type_from_dict(record: Mapping[str, Any]) -> SourceTypeLabel:
    """A contract's `source_type`; raises KeyError or TypeError where a field is missing or unknown."""
    outlet = record.get("outlet")
    return SourceTypeLabel(record["label"], record["probabilities"], record["decision"], OutletOpinion(**outlet) if outlet else None)


def evidence_from_dict(record: Mapping[str, Any]) -> Evidence:
    """One entry of a contract's `evidence`; raises KeyError or TypeError where a field is missing or unknown."""
    terms = [Term(**term) for term in record["terms"]]
    return Evidence(record["label"], record["field"], record["text"], record["start"], record["end"], terms)
