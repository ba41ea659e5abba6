"""Read and write feature rows: figures of real articles that teach and test like seeds, though their texts are not in the project.

The folder `real/` beside the seeds holds a manifest and one array a file. A row has counts of terms that many texts have, each
sentence's word vector in four bits a number, counts of lexicon matches, clause roles and style, the labels, the outlet, and the
SHA-256 of the text. The order of words is not in it, nor a word that only a few outlets have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifier.errors import BadModel, BadSeeds
from classifier.features import clause_role
from classifier.features.counts import CountedArticles, Floats, Indices, SentenceCounts
from classifier.features.encoder import STYLE_COLUMNS, Vocabulary
from classifier.label_set import DEFAULT, LabelSet
from classifier.model.array_files import npy, read_array
from classifier.model.artifact import resource_digests
from classifier.regular_file import read_text

FOLDER = "real"
FORMAT = "pressmark-feature-rows"
MAJOR = 1
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 4 * 1024 * 1024
"""Bytes: a thousand outlets and kinds take 60 KB."""
STEP = 0.04
"""Of a sentence's vector of length one, whose 128 numbers are mostly within ±0.2: the seven steps on each side of zero reach ±0.28.
So coarse that single words cannot be told apart, and fine enough that no figure of the model moves by more than chance."""
STEPS = 7
COUNT_LIMIT = 255
"""A byte holds a count; a longer sentence or a commoner term says no more."""

Array = NDArray[np.generic]
Arrays = Mapping[str, Array]


class RowsManifest(TypedDict):
    """The JSON object in MANIFEST."""

    format: str
    major: int
    features: str
    """What `features_digest` returned when the rows were made."""
    topics: list[str]
    outlet: list[str]
    kind: list[str]
    language: list[str]
    parts: dict[str, str]
    """SHA-256 of each array's file."""


UNKNOWN = -1
"""Stands where a row's labels do not say whether it carries a topic."""


class OtherFeatures(BadSeeds):
    """The rows were counted with other features than this program has."""


@dataclass(frozen=True)
class RowNotes:
    """What is known of each row besides its figures."""

    outlet: NDArray[np.str_]
    kind: NDArray[np.str_]
    language: NDArray[np.str_]
    confident: NDArray[np.bool_]
    """Whether the reader was sure of the labels."""
    test: NDArray[np.bool_]
    """Whether the row only tests: its outlet teaches nothing."""
    source_only: NDArray[np.bool_]
    """Whether the row teaches the source type alone: its topics are UNKNOWN."""
    characters: NDArray[np.int64]
    """Length of the text, code points."""
    digests: NDArray[np.uint8]
    """SHA-256 of the text, (rows, 32)."""


@dataclass(frozen=True)
class FeatureRows:
    """Figures and labels of real articles, a row for each."""

    topic_names: tuple[str, ...]
    figures: CountedArticles
    """Terms are those of `vocabulary`."""
    vocabulary: tuple[str, ...]
    topics: NDArray[np.int8]
    """1 where an article carries a topic, 0 where not, or UNKNOWN, (rows, topics)."""
    primary: NDArray[np.int8]
    """The same for the main topic."""
    sources: NDArray[np.int64]
    """Position in SOURCE_TYPES, (rows,)."""
    notes: RowNotes
    digest: str = ""
    """SHA-256 of the manifest that all of them are from."""

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, rows: Indices) -> FeatureRows:
        notes = RowNotes(**{name: values[rows] for name, values in vars(self.notes).items()})
        figures = self.figures[rows]
        return FeatureRows(
            self.topic_names, figures, self.vocabulary, self.topics[rows], self.primary[rows], self.sources[rows], notes, self.digest
        )

    def with_topics(self, names: Sequence[str]) -> FeatureRows:
        """The rows for other topics: UNKNOWN for those that their labels do not know. They teach the source type all the same."""
        column = {name: position for position, name in enumerate(self.topic_names)}
        unknown = np.full((len(self), 1), UNKNOWN, np.int8)
        chosen = [column.get(name, len(column)) for name in names]
        topics, primary = (np.hstack([labels, unknown])[:, chosen] for labels in (self.topics, self.primary))
        return replace(self, topic_names=tuple(names), topics=topics, primary=primary)

    def teaching(self) -> FeatureRows:
        """The rows that teach."""
        return self[np.flatnonzero(~self.notes.test)]

    def testing(self) -> FeatureRows:
        """The rows that only test."""
        return self[np.flatnonzero(self.notes.test)]

    def term_counts(self) -> dict[str, int]:
        """How many of the rows have each term of `vocabulary`."""
        found = np.asarray((self.figures.terms > 0).sum(axis=0)).ravel()
        return dict(zip(self.vocabulary, found.tolist(), strict=True))

    def counted(self, vocabulary: Vocabulary, groups: int) -> CountedArticles:
        """The figures for another vocabulary and for a lexicon of `groups`: its terms and groups that these rows do not have are counted
        as 0. A label set's own words are the groups behind the shipped ones."""
        row_of = {term: row for row, term in enumerate(self.vocabulary)}
        common = [(column, row_of[term]) for term, column in vocabulary.index.items() if term in row_of]
        columns, own = np.array(common, np.int64).reshape(-1, 2).T
        move = sparse.csr_array((np.ones(len(own), np.float32), (own, columns)), shape=(len(self.vocabulary), len(vocabulary.terms)))
        figures, terms = self.figures, sparse.csr_array(self.figures.terms @ move)
        known = np.asarray(terms @ vocabulary.single_words().astype(np.float32), np.float32)
        sentences, articles = (counts.with_groups(groups) for counts in (figures.sentences, figures.articles))
        return CountedArticles(sentences, articles, terms, known, figures.styles, figures.lengths, figures.has_headline)


def features_digest() -> str:
    """Names what the figures were counted with: word vectors, lexicon, clause roles and style."""
    named = {"resources": resource_digests(), "clause_roles": clause_role.NAMES, "style": STYLE_COLUMNS.blocks, "major": MAJOR}
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()


def read_feature_rows(folder: Path, label_set: LabelSet = DEFAULT) -> FeatureRows | None:
    """The rows beside the seeds in `folder`, with the topics of `label_set`; None where there are none.

    Raises OtherFeatures where they cannot be used with this program, BadSeeds where they are damaged.
    """
    rows = folder / FOLDER
    if not (rows / MANIFEST).exists():
        return None
    manifest = _read_manifest(rows)
    try:
        arrays = {name: np.asarray(read_array(rows, name, digest)) for name, digest in manifest["parts"].items()}
        return _rows(manifest, arrays).with_topics(label_set.topics)
    except (BadModel, KeyError, ValueError, TypeError, IndexError) as error:
        raise BadSeeds(f"{rows}: expected complete feature rows, got {type(error).__name__}: {error}") from error


def _read_manifest(rows: Path) -> RowsManifest:
    try:
        manifest: RowsManifest = json.loads(read_text(rows / MANIFEST, MANIFEST_LIMIT))
    except (ValueError, RecursionError) as error:
        raise BadSeeds(f"{rows / MANIFEST}: expected JSON, got {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not isinstance(manifest.get("parts"), dict):
        raise BadSeeds(f"{rows / MANIFEST}: expected a {FORMAT} manifest, got another kind of file")
    if manifest.get("features") != features_digest():
        got = str(manifest.get("features"))[:12]
        raise OtherFeatures(f"{rows}: expected rows of the features {features_digest()[:12]}, got {got}; rebuild them with `make rows`")
    return manifest


def _rows(manifest: RowsManifest, arrays: Arrays) -> FeatureRows:
    vocabulary = tuple(arrays["vocabulary"].tobytes().decode("utf-8").split("\n"))
    listed = {"outlet": manifest["outlet"], "kind": manifest["kind"], "language": manifest["language"]}
    names = {key: np.array(values, str)[arrays[key].astype(np.int64)] for key, values in listed.items()}
    flags = {key: arrays[key].astype(bool) for key in ("confident", "test", "source_only")}
    notes = RowNotes(**names, **flags, characters=arrays["characters"].astype(np.int64), digests=arrays["digests"].astype(np.uint8))
    topics = arrays["topics"].astype(np.int8)
    primary = (arrays["primary"].astype(np.int64)[:, None] == np.arange(topics.shape[1])).astype(np.int8)
    topics[notes.source_only] = primary[notes.source_only] = UNKNOWN
    sources = arrays["sources"].astype(np.int64)
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    figures = _figures(arrays, len(vocabulary))
    return FeatureRows(tuple(manifest["topics"]), figures, vocabulary, topics, primary, sources, notes, digest)


def _figures(arrays: Arrays, terms: int) -> CountedArticles:
    groups = arrays["article_lexicon"].shape[1]
    counts = _sparse(arrays, "sentence_counts", groups + len(clause_role.NAMES)).toarray()
    vectors = _unpacked(arrays["sentence_vectors"].astype(np.uint8))
    words = arrays["sentence_words"].astype(np.float32)
    article = (arrays[f"article_{name}"].astype(np.float32) for name in ("vectors", "lexicon", "clause_roles", "words"))
    return CountedArticles(
        sentences=SentenceCounts(vectors, counts[:, :groups], counts[:, groups:], words),
        articles=SentenceCounts(*article),
        terms=_sparse(arrays, "terms", terms),
        known=np.zeros(len(arrays["lengths"]), np.float32),
        styles=arrays["styles"].astype(np.float32),
        lengths=arrays["lengths"].astype(np.int64),
        has_headline=arrays["has_headline"].astype(bool),
    )


def _sparse(arrays: Arrays, name: str, columns: int) -> sparse.csr_array:
    data, positions, ends = (arrays[f"{name}_{part}"] for part in ("data", "columns", "ends"))
    shape = (len(ends) - 1, columns)
    return sparse.csr_array((data.astype(np.float32), positions.astype(np.int64), ends.astype(np.int64)), shape=shape)


def _unpacked(packed: NDArray[np.uint8]) -> Floats:
    """Vectors from two numbers a byte."""
    steps = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1).astype(np.float32)
    return np.asarray((steps - STEPS - 1) * STEP, np.float32)


def packed(vectors: Floats) -> NDArray[np.uint8]:
    """Vectors of length one in steps of STEP, two numbers a byte."""
    steps = (np.clip(np.rint(vectors / STEP), -STEPS, STEPS) + STEPS + 1).astype(np.uint8)
    return np.asarray(steps[:, ::2] << 4 | steps[:, 1::2], np.uint8)


def sparse_arrays(name: str, matrix: sparse.csr_array) -> dict[str, Array]:
    """A matrix of counts as three arrays."""
    columns = np.min_scalar_type(max(matrix.shape[1] - 1, 0))
    data = np.minimum(matrix.data, COUNT_LIMIT).astype(np.uint8)
    return {f"{name}_data": data, f"{name}_columns": matrix.indices.astype(columns), f"{name}_ends": matrix.indptr.astype(np.int32)}


def write_feature_rows(folder: Path, arrays: Arrays, names: Mapping[str, object]) -> None:
    """Writes the arrays and a manifest with `names` into `real/` in a folder of seeds."""
    rows = folder / FOLDER
    rows.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, array in sorted(arrays.items()):
        data = npy(array)
        (rows / f"{name}.npy").write_bytes(data)
        parts[name] = hashlib.sha256(data).hexdigest()
    manifest = {"format": FORMAT, "major": MAJOR, "features": features_digest(), **names, "parts": parts}
    (rows / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
