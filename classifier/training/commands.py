"""Do what the commands do, from folder to folder: read seeds, train or measure, and write the model with its figures."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from classifier.child_process import Progress, compute
from classifier.errors import BadCall, BadSeeds
from classifier.label_set import DEFAULT, LabelSet
from classifier.model import artifact
from classifier.model.manifest import About, DataSummary, Manifest
from classifier.model.model import Model
from classifier.model.outlets import read_outlets
from classifier.predict import predict
from classifier.regular_file import read_text
from classifier.seeds.dataset import FILE_LIMIT, Seed, parse_seed
from classifier.text.document import parse_text
from classifier.training.corpus import Material, read_material, targets_of
from classifier.training.evaluate import evaluate
from classifier.training.figures import Evaluation
from classifier.training.held_out import arrays_of
from classifier.training.real_figures import real_figures
from classifier.training.reference import reference
from classifier.training.train import Trained, train

LIBRARIES = ("numpy", "scipy", "scikit-learn")
"""Those whose version can change the last bits of a model."""
MEASURING = "measuring process to return figures"
"""What a child process was to do, in the message where it was ended from outside."""


def rebuild_here(seeds_folder: Path, out: Path, name: str | None, progress: Progress) -> Manifest:
    """Trains on the seeds and replaces the model in `out`, whole or not at all; returns its manifest. Raises BadCall, BadSeeds.

    The last bits depend on the process that it runs in: `classifier.child_process` starts one where they do not.
    """
    _refuse_other_files(out)
    material = read_material(seeds_folder)
    seeds, rows, topics = material.seeds, material.rows, material.label_set.topics
    trained = train(seeds, progress, label_set=material.label_set, rows=rows.teaching() if rows else None)
    data = _data_summary(material)
    model = replace(trained.model, outlets=read_outlets(seeds_folder), id=name or f"seeds-{data['sha256'][:12]}")
    about: About = {
        "data": data,
        "libraries": _versions(),
        "held_out": _evaluate_held_out(material, trained).to_dict(),
        "reference": reference(seeds, trained.seeds, model.thresholds, topics).to_dict(),
    }
    if rows is not None and (figures := real_figures(model, rows.testing())):
        about["real"] = figures.to_dict()
    with tempfile.TemporaryDirectory(dir=_parent(out)) as beside:
        fresh = Path(beside) / "model"
        artifact.save(model, fresh, about, arrays_of(seeds, trained.seeds))
        _swap(fresh, out)
    return artifact.read_manifest(out)


def _evaluate_held_out(material: Material, trained: Trained) -> Evaluation:
    """Figures for the seeds by models that had not seen them."""
    targets = targets_of(material.seeds, material.label_set)
    return evaluate(targets, trained.seeds, trained.model.thresholds, material.label_set.topics)


def _parent(out: Path) -> Path:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadCall(f"{out}: expected a folder that can be written, got {error.strerror}") from error
    return out.parent


def _refuse_other_files(out: Path) -> None:
    if out.exists() and not (out / artifact.MANIFEST).exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadCall(f"{out}: expected a model folder or an empty one, found other files")


def _swap(fresh: Path, out: Path) -> None:
    if out.exists():
        shutil.rmtree(out)
    fresh.rename(out)


def _data_summary(material: Material) -> DataSummary:
    seeds, rows = material.seeds, material.rows
    summary: DataSummary = {
        "sha256": material.digest,
        "articles": len(seeds),
        "languages": dict(sorted(Counter(seed.language for seed in seeds).items())),
        "origins": dict(sorted(Counter(seed.origin for seed in seeds).items())),
    }
    if rows is not None:
        teaching = rows.teaching()
        summary["real"] = {"articles": len(teaching), "outlets": len(set(teaching.notes.outlet.tolist()))}
    return summary


def _versions() -> dict[str, str]:
    return {library: metadata.version(library) for library in LIBRARIES} | {"python": platform.python_version()}


def cross_validate(seeds_folder: Path, progress: Progress) -> Evaluation:
    """Figures of grouped cross-validation on the seeds, the same in every environment. Raises BadCall, BadSeeds."""
    return Evaluation.from_dict(compute(cross_validate_here, [str(seeds_folder)], progress, MEASURING))


def cross_validate_here(seeds_folder: str, progress: Progress) -> dict[str, object]:
    """The same in this process, as JSON has it."""
    material = read_material(Path(seeds_folder))
    rows = material.rows.teaching() if material.rows else None
    return _evaluate_held_out(material, train(material.seeds, progress, label_set=material.label_set, rows=rows)).to_dict()


def evaluate_file(path: Path, model_folder: Path) -> Evaluation:
    """Figures of a model on the labelled articles of a file (`read_articles`), the same in every environment.

    Raises BadCall, BadSeeds, BadModel.
    """
    return Evaluation.from_dict(compute(evaluate_file_here, [str(path), str(model_folder)], lambda *_: None, MEASURING))


def evaluate_file_here(path: str, model_folder: str, progress: Progress) -> dict[str, object]:
    """The same in this process, as JSON has it; it is one step, of which no progress is told."""
    del progress
    model = artifact.load(Path(model_folder))
    return evaluate_model(model, read_articles(Path(path), model.label_set)).to_dict()


def evaluate_model(model: Model, articles: Sequence[Seed]) -> Evaluation:
    """Figures of a model on labelled articles."""
    predictions = predict(model, [parse_text(article.title, article.text) for article in articles])
    return evaluate(targets_of(articles, model.label_set), predictions, model.thresholds, model.label_set.topics)


def read_articles(path: Path, label_set: LabelSet = DEFAULT) -> list[Seed]:
    """Labelled articles, a JSON line each, that need not be seeds: title, language and origin may be missing.

    Raises BadCall, BadSeeds.
    """
    try:
        lines = read_text(path, FILE_LIMIT).splitlines()
    except BadSeeds as error:  # what is handed over is the call's fault, not the seeds'
        raise BadCall(str(error)) from error
    found = [_article(line, f"{path}:{number}", label_set) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise BadCall(f"{path}: expected labelled articles, a line each, found none")
    return found


def _article(line: str, where: str, label_set: LabelSet) -> Seed:
    return parse_seed(line, where, label_set, title="", language="und", origin="imported")
