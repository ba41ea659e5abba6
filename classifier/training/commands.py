"""Folders in, folders out: reads seeds, trains or measures, and writes the model with its figures."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

from classifier.errors import BadCall
from classifier.model import artifact
from classifier.model.model import Model
from classifier.model.outlets import read_outlets
from classifier.predict import Document, judge, label
from classifier.seeds.dataset import Seed, digest, parse_seed, read_seeds
from classifier.text.document import parse_text
from classifier.training.evaluate import figures, held_out_figures
from classifier.training.held_out import parts_of
from classifier.training.reference import reference
from classifier.training.train import Progress, train

LIBRARIES = ("numpy", "scipy", "scikit-learn")


def rebuild(seeds_folder: Path, out: Path, name: str | None, progress: Progress) -> dict[str, Any]:
    """Trains on the seeds and puts the model into `out` at once, whole; returns its manifest."""
    seeds = read_seeds(seeds_folder)
    _refuse_other_files(out)
    model, held = train(seeds, progress)
    told = about(seeds)
    model = replace(model, outlets=read_outlets(seeds_folder), id=name or f"seeds-{told['data']['sha256'][:12]}")
    with tempfile.TemporaryDirectory(dir=_parent(out)) as beside:
        fresh = Path(beside) / "model"
        measured = {"held_out": held_out_figures(seeds, held, model.cuts), "reference": reference(seeds, held, model.cuts)}
        artifact.save(model, fresh, told | measured, parts_of(seeds, held))
        _swap(fresh, out)
    return artifact.read_manifest(out)


def _parent(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadCall(f"{out}: expected a folder that can be written, {error.strerror}") from error
    return out.parent


def _refuse_other_files(out: Path) -> None:
    if out.exists() and not (out / artifact.MANIFEST).exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadCall(f"{out}: expected a model folder or an empty one, found other files")


def _swap(fresh: Path, out: Path) -> None:
    if out.exists():
        shutil.rmtree(out)
    fresh.rename(out)


def about(seeds: Sequence[Seed]) -> dict[str, Any]:
    """What the manifest tells of the data and the makers; nothing in it changes between two runs."""
    return {
        "data": {
            "sha256": digest(seeds),
            "articles": len(seeds),
            "languages": dict(sorted(Counter(seed.language for seed in seeds).items())),
            "origins": dict(sorted(Counter(seed.origin for seed in seeds).items())),
        },
        "libraries": {library: metadata.version(library) for library in LIBRARIES} | {"python": platform.python_version()},
    }


def cross_validate(seeds_folder: Path, progress: Progress) -> dict[str, Any]:
    """Figures of grouped cross-validation on the seeds."""
    seeds = read_seeds(seeds_folder)
    model, held = train(seeds, progress)
    return held_out_figures(seeds, held, model.cuts)


def judge_file(path: Path, model_folder: Path) -> dict[str, Any]:
    """Figures of a model on the labelled articles of a file: lines with text, topics, primary and source_type."""
    model = artifact.load(model_folder)
    articles = read_articles(path)
    return judge_articles(model, articles)


def judge_articles(model: Model, articles: Sequence[Seed]) -> dict[str, Any]:
    """Figures of a model on labelled articles."""
    judgement = judge(model, [parse_text(article.title, article.text) for article in articles])
    said = label(model, [Document(article.title, article.text) for article in articles])
    return figures(articles, judgement.topics, judgement.source, [entry.primary_topic for entry in said], model.cuts)


def read_articles(path: Path) -> list[Seed]:
    """Labelled articles that need not be seeds: title, language and origin may be missing. Raises BadCall, BadSeeds."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadCall(f"{path}: expected a readable file, {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadCall(f"{path}: expected UTF-8 text, byte {error.start} is not") from error
    found = [_article(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise BadCall(f"{path}: expected labelled articles, a line each, found none")
    return found


def _article(line: str, where: str) -> Seed:
    """One of them, as if it were a seed."""
    return parse_seed(line, where, title="", language="und", origin="imported")
