"""Save and load a model: a folder with a manifest and one file for each array; every byte is checked, nothing is executed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadModel, OutdatedModel
from classifier.features.encoder import STYLE_COLUMNS, Encoder, Vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.label_set import LabelSet
from classifier.labels import SOURCE_TYPES
from classifier.lexicon.lexicon import FEATURE_LISTS, LOOKUP_LISTS, read_feature_lexicon
from classifier.model.array_files import npy, read_array
from classifier.model.checks import expect_manifest, letters, numbers
from classifier.model.first_level import SOURCE_COLUMNS, TOPIC_COLUMNS, FirstLevel
from classifier.model.linear import LinearModel
from classifier.model.manifest import About, Manifest, stated_label_set
from classifier.model.model import Model, TrainingDistribution
from classifier.model.stacking import PRIMARY_COLUMNS, Stacking
from classifier.model.thresholds import Threshold
from classifier.regular_file import read_regular

FORMAT = "pressmark-model"
MAJOR = 1
"""Raised when an older program could not read the file."""
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 4 * 1024 * 1024
"""Bytes: the manifest that ships has 14 KB; a registry of 50,000 outlets fits."""

# Files keep the names that the first models had, so that every model made since can be loaded: the manifest's `cuts`, `source_sure`
# and `least_near`, the arrays `familiar` and `*form*`, and the resources `cues/…` are thresholds, source threshold, smallest cosine,
# training vectors, style and lexicon in the code.
RESOURCE_FOLDERS = {"vectors": "features/vectors", "cues": "lexicon"}
"""Where the package keeps what a manifest names `vectors/…` and `cues/…`."""
RESOURCES = ("vectors/vectors.npy", "vectors/words.txt", *(f"cues/{name}.txt" for name in (*FEATURE_LISTS, *LOOKUP_LISTS)))
"""Package data that a model is fitted to; beside other data it is refused."""
_LINEAR_MODELS = {
    "sentence": "sentence",
    "article": "article",
    "terms": "terms",
    "source_terms": "source_terms",
    "source_dense": "source_dense",
    "source_style": "source_form",
}
"""Linear models of the first level: field of FirstLevel, and the beginning of its arrays' names."""

Arrays = Mapping[str, NDArray[np.generic]]


def default_folder() -> Path:
    """The model that ships with the package."""
    return Path(str(resources.files("classifier") / "shipped"))


def save(model: Model, folder: Path, about: About, other_arrays: Arrays | None = None) -> str:
    """Writes the model into `folder`, with `other_arrays` beside its own and `about` in its manifest; returns the digest."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, array in sorted({**_arrays(model), **(other_arrays or {})}.items()):
        data = npy(array)
        (folder / f"{name}.npy").write_bytes(data)
        parts[name] = hashlib.sha256(data).hexdigest()
    manifest = _manifest(model, parts, about)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest["sha256"]


def _manifest(model: Model, parts: dict[str, str], about: About) -> Manifest:
    distribution = model.training_distribution
    manifest: Manifest = {
        "format": FORMAT,
        "major": MAJOR,
        "topics": list(model.label_set.topics),
        "label_set": model.label_set.to_dict(),
        "source_types": [source_type.value for source_type in SOURCE_TYPES],
        "id": model.id,
        "cuts": [[threshold.value, threshold.low, threshold.high] for threshold in model.thresholds],
        "source_sure": model.source_threshold,
        "outlets": dict(model.outlets),
        "least_near": distribution.min_cosine,
        "usual_near": distribution.usual_cosine,
        "languages": {language: list(words) for language, words in distribution.languages.items()},
        "resources": resource_digests(),
        "parts": parts,
        "sha256": "",
        **about,
    }
    manifest["sha256"] = _digest(manifest)
    return manifest


def _digest(manifest: Mapping[str, object]) -> str:
    """SHA-256 of the manifest without its own digest."""
    digested = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(digested, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def resource_digests() -> dict[str, str]:
    """SHA-256 of each of RESOURCES."""
    return {name: _resource_digest(name) for name in RESOURCES}


def _resource_digest(name: str) -> str:
    folder, _, file = name.partition("/")
    return hashlib.sha256((resources.files("classifier") / RESOURCE_FOLDERS[folder] / file).read_bytes()).hexdigest()


def _arrays(model: Model) -> Arrays:
    """Every array of the model by its name in files."""
    first, stacking, vocabulary = model.first_level, model.stacking, model.first_level.encoder.vocabulary
    linear = {name: getattr(first, field) for field, name in _LINEAR_MODELS.items()}
    linear |= {f"stack_{topic}": topic_model for topic, topic_model in zip(model.label_set.topics, stacking.topics, strict=True)}
    linear |= {"stack_source": stacking.source, "stack_primary": stacking.primary}
    return {
        "vocabulary": np.frombuffer("\n".join(vocabulary.terms).encode(), np.uint8),
        "idf": vocabulary.idf,
        "form_mean": first.style_mean,
        "form_spread": first.style_spread,
        "familiar": model.training_distribution.vectors,
        **{f"{name}_weights": linear_model.weights for name, linear_model in linear.items()},
        **{f"{name}_bias": linear_model.bias for name, linear_model in linear.items()},
    }


def load(folder: Path) -> Model:
    """The model in `folder`, checked; arrays are mapped, so that processes share them. Raises BadModel."""
    manifest = read_manifest(folder)
    arrays = {name: read_array(folder, name, digest) for name, digest in manifest["parts"].items()}
    try:
        return _model(manifest, arrays)
    except (KeyError, ValueError, TypeError) as error:
        raise BadModel(f"{folder}: expected a complete model, got {type(error).__name__}: {error}") from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest, after its format, version, label set, digest, entries and resources are checked. Raises BadModel."""
    manifest = _read_json(folder)
    if manifest.get("major") != MAJOR:
        raise OutdatedModel(f"{folder}: expected model format {MAJOR}, got {manifest.get('major')!r:.80}; train again with this version")
    if manifest.get("source_types") != list(SOURCE_TYPES):
        raise BadModel(f"{folder}: expected the source types {', '.join(SOURCE_TYPES)}, got {manifest.get('source_types')!r:.200}")
    try:
        if manifest.get("sha256") != _digest(manifest):
            raise BadModel(f"{folder / MANIFEST}: damaged, its SHA-256 is not the one in it")
        if "usual_near" not in manifest:
            raise OutdatedModel(f"{folder}: made before models had `usual_near`; train again with this version")
        expect_manifest(manifest)
    except (ValueError, RecursionError) as error:  # ValueError: half a surrogate pair, which has no UTF-8, too
        raise BadModel(f"{folder / MANIFEST}: {error}") from error
    _check_resources(folder, manifest["resources"])
    return manifest


def _read_json(folder: Path) -> Manifest:
    try:
        manifest: Manifest = json.loads(read_regular(folder / MANIFEST, MANIFEST_LIMIT).decode("utf-8"))
    except FileNotFoundError as error:
        raise BadModel(f"{folder}: expected a model folder with {MANIFEST}, found none") from error
    except (OSError, ValueError, RecursionError) as error:  # ValueError: no file, no UTF-8, no JSON, or a number of thousands of digits
        raise BadModel(f"{folder / MANIFEST}: expected JSON, got {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadModel(f"{folder / MANIFEST}: expected a {FORMAT} manifest, got another kind of file")
    return manifest


def _check_resources(folder: Path, digests: dict[str, str]) -> None:
    for name in (*RESOURCES, *digests):
        if name not in RESOURCES or digests.get(name) != _resource_digest(name):
            raise OutdatedModel(f"{folder}: fitted to another classifier/{name:.80} than the installed one; train again with this version")


def _model(manifest: Manifest, arrays: Arrays) -> Model:
    label_set = stated_label_set(manifest)
    first = _first_level(arrays, label_set)
    return Model(
        first,
        _stacking(arrays, label_set),
        [Threshold(*cut) for cut in manifest["cuts"]],
        manifest["source_sure"],
        TrainingDistribution(
            numbers(arrays, "familiar", None, first.encoder.vectors.size),
            manifest["least_near"],
            manifest["usual_near"],
            {language: tuple(words) for language, words in manifest["languages"].items()},
        ),
        manifest.get("outlets", {}),
        label_set,
        manifest["id"],
        manifest["sha256"],
    )


def _first_level(arrays: Arrays, label_set: LabelSet) -> FirstLevel:
    terms = letters(arrays, "vocabulary").split("\n")
    encoder = Encoder(Vocabulary.of(terms, numbers(arrays, "idf", len(terms))), read_vectors(), read_feature_lexicon(label_set))
    dense, styles = len(encoder.dense_columns), len(STYLE_COLUMNS)
    spread = numbers(arrays, "form_spread", styles)
    if not (spread > 0).all():
        raise ValueError("form_spread.npy: expected numbers above 0, since they divide")
    features = {
        "sentence": dense,
        "article": dense,
        "terms": len(terms),
        "source_terms": len(terms),
        "source_dense": dense,
        "source_style": styles + sum(name.startswith("source.") for name in encoder.lexicon.groups),
    }
    return FirstLevel(
        encoder,
        **{field: _linear(arrays, name, features[field], _labels(field, label_set)) for field, name in _LINEAR_MODELS.items()},
        style_mean=numbers(arrays, "form_mean", styles),
        style_spread=spread,
    )


def _labels(field: str, label_set: LabelSet) -> int:
    return len(SOURCE_TYPES if field.startswith("source") else label_set.topics)


def _stacking(arrays: Arrays, label_set: LabelSet) -> Stacking:
    return Stacking(
        [_linear(arrays, f"stack_{topic}", len(TOPIC_COLUMNS), 1) for topic in label_set.topics],
        _linear(arrays, "stack_source", len(SOURCE_COLUMNS), len(SOURCE_TYPES)),
        _linear(arrays, "stack_primary", len(PRIMARY_COLUMNS), 1),
    )


def _linear(arrays: Arrays, name: str, features: int, labels: int) -> LinearModel:
    return LinearModel(numbers(arrays, f"{name}_weights", features, labels), numbers(arrays, f"{name}_bias", labels))
