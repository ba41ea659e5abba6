"""Model stored and loaded: a manifest and one array a file, every byte checked, nothing executed."""

from __future__ import annotations

import hashlib
import io
import json
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadModel
from classifier.features.encoder import Encoder, Vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.lexicon.lexicon import CONSULTED, COUNTED, read_book
from classifier.model.first_level import FirstLevel
from classifier.model.linear import LinearModel
from classifier.model.model import Model, TrainingDistribution
from classifier.model.stacking import Stacking
from classifier.model.thresholds import Threshold

FORMAT = "pressmark-model"
MAJOR = 1
"""Raised when an older program could not read the file."""
MANIFEST = "manifest.json"
RESOURCE_FOLDERS = {"vectors": "features/vectors", "cues": "lexicon"}
"""Where the package keeps what a manifest calls `vectors/…` and `cues/…`: names in manifests outlive a folder's name."""
RESOURCES = ("vectors/vectors.npy", "vectors/words.txt", *(f"cues/{name}.txt" for name in (*COUNTED, *CONSULTED)))
"""Package data that the weights were fitted to; a model is refused beside other ones."""
_HEADS = ("sentence", "article", "terms", "source_terms", "source_dense", "source_form")

Arrays = dict[str, NDArray[Any]]


def default_folder() -> Path:
    """The model that ships with the package."""
    return Path(str(resources.files("classifier") / "shipped"))


def save(model: Model, folder: Path, about: dict[str, Any], beside: Arrays | None = None) -> str:
    """Writes the model into `folder`, with the arrays `beside` it, and `about` (data, versions, figures) into its manifest.

    Returns the digest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, array in sorted((_arrays(model) | (beside or {})).items()):
        data = _npy(array)
        (folder / f"{name}.npy").write_bytes(data)
        parts[name] = hashlib.sha256(data).hexdigest()
    manifest = {
        "format": FORMAT,
        "major": MAJOR,
        "topics": list(TOPICS),
        "source_types": list(SOURCE_TYPES),
        "id": model.id,
        "cuts": [[cut.threshold, cut.low, cut.high] for cut in model.cuts],
        "source_sure": model.source_sure,
        "outlets": dict(model.outlets),
        "least_near": model.familiar.least_near,
        "languages": {language: list(words) for language, words in model.familiar.languages.items()},
        "resources": {name: _resource_digest(name) for name in RESOURCES},
        "parts": parts,
        **about,
    }
    manifest["sha256"] = _digest(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return str(manifest["sha256"])


def _digest(manifest: dict[str, Any]) -> str:
    """SHA-256 of the manifest without its own digest; the parts' digests are in it."""
    told = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _resource_digest(name: str) -> str:
    folder, _, file = name.partition("/")
    return hashlib.sha256((resources.files("classifier") / RESOURCE_FOLDERS[folder] / file).read_bytes()).hexdigest()


def _arrays(model: Model) -> Arrays:
    base, stack = model.base, model.stack
    vocabulary = base.encoder.vocabulary
    arrays: Arrays = {
        "vocabulary": np.frombuffer("\n".join(vocabulary.terms).encode(), np.uint8),
        "idf": vocabulary.idf,
        "form_mean": base.form_mean,
        "form_spread": base.form_spread,
        "familiar": model.familiar.vectors,
    }
    heads = {name: getattr(base, name) for name in _HEADS}
    heads |= {f"stack_{topic}": head for topic, head in zip(TOPICS, stack.topics, strict=True)}
    heads |= {"stack_source": stack.source, "stack_primary": stack.primary}
    for name, head in heads.items():
        arrays |= {f"{name}_weights": head.weights, f"{name}_bias": head.bias}
    return arrays


def load(folder: Path) -> Model:
    """The model in `folder`, checked; arrays are mapped, so that processes share them. Raises BadModel."""
    manifest = read_manifest(folder)
    arrays = {name: _part(folder, name, digest) for name, digest in manifest["parts"].items()}
    try:
        return _model(manifest, arrays)
    except (KeyError, ValueError, TypeError, UnicodeDecodeError) as error:
        raise BadModel(f"{folder}: expected a complete model, {type(error).__name__} over {error}") from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, once its format, version, label set and digest are found right. Raises BadModel."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadModel(f"{folder}: expected a model folder with {MANIFEST}, found none") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadModel(f"{folder / MANIFEST}: expected JSON, {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadModel(f"{folder / MANIFEST}: expected a {FORMAT} manifest, found another kind of file")
    if manifest.get("major") != MAJOR:
        raise BadModel(f"{folder}: expected model format {MAJOR}, the file has {manifest.get('major')!r}; train again with this version")
    if manifest.get("topics") != list(TOPICS) or manifest.get("source_types") != list(SOURCE_TYPES):
        raise BadModel(f"{folder}: expected the labels {', '.join(TOPICS)}; the file has {manifest.get('topics')!r}")
    if manifest.get("sha256") != _digest(manifest):
        raise BadModel(f"{folder / MANIFEST}: damaged, its SHA-256 is not the one it names")
    _check_resources(folder, manifest)
    return manifest


def _check_resources(folder: Path, manifest: dict[str, Any]) -> None:
    told = manifest["resources"]
    for name in (*RESOURCES, *told):
        if name not in RESOURCES or told.get(name) != _resource_digest(name):
            raise BadModel(f"{folder}: fitted to another classifier/{name} than the installed one; train again with this version")


def _part(folder: Path, name: str, digest: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadModel(f"{path}: expected an array of the model, {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadModel(f"{path}: damaged, its SHA-256 is not the manifest's")
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _model(manifest: dict[str, Any], arrays: Arrays) -> Model:
    terms = bytes(arrays["vocabulary"]).decode().split("\n")
    encoder = Encoder(Vocabulary.of(terms, arrays["idf"]), read_vectors(), read_book())
    heads = {name: _head(arrays, name) for name in _HEADS}
    base = FirstLevel(encoder, **heads, form_mean=arrays["form_mean"], form_spread=arrays["form_spread"])
    stack = Stacking([_head(arrays, f"stack_{topic}") for topic in TOPICS], _head(arrays, "stack_source"), _head(arrays, "stack_primary"))
    return Model(
        base,
        stack,
        [Threshold(*cut) for cut in manifest["cuts"]],
        manifest["source_sure"],
        TrainingDistribution(
            arrays["familiar"], manifest["least_near"], {language: tuple(words) for language, words in manifest["languages"].items()}
        ),
        manifest.get("outlets", {}),  # the first models had none
        manifest["id"],
        manifest["sha256"],
    )


def _head(arrays: Arrays, name: str) -> LinearModel:
    return LinearModel(arrays[f"{name}_weights"], arrays[f"{name}_bias"])
