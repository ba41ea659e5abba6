"""Train in a child process (`classifier.child_process`), and write the model: the same seeds give the same bytes."""

from __future__ import annotations

from pathlib import Path

from classifier.child_process import Progress, compute
from classifier.model import artifact
from classifier.model.manifest import Manifest
from classifier.training.commands import rebuild_here


def rebuild(seeds_folder: Path, out: Path, name: str | None, progress: Progress) -> Manifest:
    """Trains on the seeds in a child process and replaces the model in `out`, whole or not at all; returns its manifest.

    Raises BadCall, BadSeeds, and ClassifierError where the process was ended from outside.
    """
    compute(train_and_write, [str(seeds_folder), str(out), name], progress, "training process to write a model")
    return artifact.read_manifest(out)


def train_and_write(seeds_folder: str, out: str, name: str | None, progress: Progress) -> None:
    """Trains as `rebuild` asked."""
    rebuild_here(Path(seeds_folder), Path(out), name, progress)
