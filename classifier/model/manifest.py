"""Describe a model's manifest: what it says of the model, its making and its topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from classifier.errors import BadSeeds
from classifier.label_set import DEFAULT, LabelSet, label_set_of


class About(TypedDict, total=False):
    """What a manifest says of a model's making; a model without it can be used all the same."""

    data: DataSummary
    libraries: dict[str, str]
    """Versions, with `python` among them."""
    held_out: dict[str, object]
    """classifier.training.evaluate.Evaluation as JSON."""
    reference: dict[str, object]
    """classifier.training.reference.Reference as JSON."""
    real: dict[str, object]
    """classifier.training.real_figures.RealFigures as JSON."""


class RealSummary(TypedDict):
    """The feature rows of real texts that taught a model."""

    articles: int
    outlets: int


class DataSummary(TypedDict):
    """The seeds that a model was trained on."""

    sha256: str
    articles: int
    languages: dict[str, int]
    origins: dict[str, int]
    real: NotRequired[RealSummary]


class Manifest(About):
    """The JSON object in MANIFEST."""

    format: str
    major: int
    topics: list[str]
    label_set: dict[str, dict[str, object]]
    """What each topic means, and words of its own; missing in models of the program's own topics before it was written."""
    source_types: list[str]
    id: str
    cuts: list[list[float]]
    """Value, low and high of the threshold of each topic."""
    source_sure: float
    outlets: dict[str, str]
    """Missing in the first models."""
    least_near: float
    usual_near: float
    languages: dict[str, list[str]]
    resources: dict[str, str]
    """SHA-256 of each of the package's RESOURCES."""
    parts: dict[str, str]
    """SHA-256 of each array's file."""
    sha256: str
    """Of the manifest without this entry; the digests of the parts are in it."""


def stated_label_set(manifest: Mapping[str, object]) -> LabelSet:
    """The topics of a manifest; raises ValueError where they are none."""
    topics, described = manifest.get("topics"), manifest.get("label_set")
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise ValueError(f"`topics`: expected names, got {topics!r:.200}")
    try:
        found = DEFAULT if described is None else label_set_of(_in_order(topics, described), "`label_set`")
    except BadSeeds as error:
        raise ValueError(error) from error
    if tuple(topics) != found.topics:
        raise ValueError(f"`topics`: expected {', '.join(found.topics)}, got {topics!r:.200}")
    return found


def _in_order(topics: list[str], described: object) -> object:
    """The object of topics in the order of the columns, which JSON with sorted keys does not keep."""
    return {topic: described[topic] for topic in topics} if isinstance(described, dict) and set(described) == set(topics) else described
