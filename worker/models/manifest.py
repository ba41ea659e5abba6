"""Read what a model's manifest says of it, without the libraries that load the model itself: they take 0.3 s of CPU."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from classifier.errors import BadSeeds
from classifier.label_set import DEFAULT, LabelSet, label_set_of
from worker.errors import UsageError

ManifestJson = dict[str, Any]
"""A part of a model's manifest, as `classifier.training` wrote it: figures by name, nested."""


@dataclass(frozen=True, slots=True)
class ModelNote:
    """A model's name, its digest, and its figures on seeds that it was not trained on (None where an early version trained it)."""

    id: str
    sha256: str
    reference: ManifestJson | None
    label_set: LabelSet = DEFAULT
    """Its topics, in their order."""


def read(folder: Path | None) -> ModelNote:
    """Of the model in a folder, None for the one that ships; whoever labels with it checks it. Raises UsageError."""
    file = (folder or _shipped()) / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        return ModelNote(str(manifest["id"]), str(manifest["sha256"]), manifest.get("reference"), label_set(manifest))
    except (BadSeeds, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{file}: expected a model's manifest, got {type(error).__name__}: {error}") from error


def label_set(manifest: ManifestJson) -> LabelSet:
    """The topics that a manifest names, in the order of its labels; the program's own where an early version wrote it. Raises BadSeeds."""
    described = manifest.get("label_set")
    if described is None:
        return DEFAULT
    return label_set_of({name: described.get(name, {}) for name in manifest["topics"]}, "the manifest")


def shipped_name() -> str:
    """The name of the model that ships; what its labels carry."""
    return read(None).id


def _shipped() -> Path:
    return Path(str(resources.files("classifier") / "shipped"))
