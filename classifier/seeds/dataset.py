"""Read labelled articles from JSON lines, checking each line against the contract's format of seeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import BadCall, BadSeeds
from classifier.label_set import DEFAULT, LabelSet, read_label_set
from classifier.labels import SOURCE_TYPES
from classifier.regular_file import read_text

ORIGINS = ("authored", "reviewed", "imported")

FILE_LIMIT = 256 * 1024 * 1024
"""Bytes of one file of labelled articles: 50,000 articles of 5 KB, twenty times the seeds that ship."""

Record = Mapping[str, Any]
"""A JSON object."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and its topics; None where only the whole article is labelled."""

    text: str
    topics: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Seed:
    """One labelled article."""

    id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    topics: frozenset[str]
    primary: str | None
    source_type: str
    language: str
    origin: str
    url: str | None = None
    site_name: str | None = None
    where: str = ""
    """File and line, for messages."""

    @property
    def text(self) -> str:
        """The body, paragraphs separated by one blank line."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)


def read_seeds(folder: Path) -> list[Seed]:
    """Every seed of every `*.jsonl` in `folder`, by id, with topics of its `labels.toml`; raises BadCall, BadSeeds."""
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        raise BadCall(f"{folder}: expected a folder with *.jsonl files, found none")
    label_set = read_label_set(folder)
    seeds = [seed for file in files for seed in read_file(file, label_set)]
    _refuse_repeated_ids(seeds)
    return sorted(seeds, key=lambda seed: seed.id)


def read_file(file: Path, label_set: LabelSet = DEFAULT) -> Iterator[Seed]:
    """The seeds of one file; raises BadCall for what is no file, BadSeeds at the first line that cannot be used."""
    for number, line in enumerate(read_text(file, FILE_LIMIT).split("\n"), start=1):
        if line.strip():
            yield parse_seed(line, f"{file}:{number}", label_set)


def parse_seed(line: str, where: str, label_set: LabelSet = DEFAULT, **defaults: str) -> Seed:
    """The seed in one JSON line, with `defaults` for the keys that it lacks; raises BadSeeds naming `where`."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadSeeds(f"{where}: expected one JSON object a line, got {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits
        raise BadSeeds(f"{where}: expected one JSON object a line, got one nested too deep or with too long a number") from error
    if not isinstance(record, dict):
        raise BadSeeds(f"{where}: expected a JSON object, got {type(record).__name__}")
    return _seed(defaults | record, where, label_set.topics)


def _seed(record: Record, where: str, names: Sequence[str]) -> Seed:
    topics = _topics(record.get("topics"), where, names)
    return Seed(
        id=_string(record, "id", where),
        title=_string(record, "title", where, may_be_empty=True),
        paragraphs=_paragraphs(record, topics, where, names),
        topics=topics,
        primary=_primary(record.get("primary"), topics, where),
        source_type=_one_of(record, "source_type", SOURCE_TYPES, where),
        language=_language(record, where),
        origin=_one_of(record, "origin", ORIGINS, where),
        url=record.get("url"),
        site_name=record.get("site_name"),
        where=where,
    )


def _primary(value: str | None, topics: frozenset[str], where: str) -> str | None:
    if value is not None and value not in topics:
        raise BadSeeds(f"{where}: expected `primary` null or one of the topics {sorted(topics)}, got {value!r}")
    return value


def _paragraphs(record: Record, topics: frozenset[str], where: str, names: Sequence[str]) -> tuple[Paragraph, ...]:
    if isinstance(record.get("text"), str):
        parts = [part.strip() for part in _string(record, "text", where).split("\n\n")]
        return tuple(Paragraph(part, None) for part in parts if part)
    entries = record.get("paragraphs")
    if not isinstance(entries, list) or not entries:
        raise BadSeeds(f"{where}: expected `text` or a list `paragraphs`, got neither")
    paragraphs = tuple(_paragraph(entry, where, names) for entry in entries)
    beyond = frozenset[str]().union(*(paragraph.topics or frozenset() for paragraph in paragraphs)) - topics
    if beyond:
        raise BadSeeds(f"{where}: expected paragraph topics within the article's, got {sorted(beyond)} beyond them")
    return paragraphs


def _paragraph(entry: object, where: str, names: Sequence[str]) -> Paragraph:
    record: Record = entry if isinstance(entry, dict) else {}
    return Paragraph(_string(record, "text", where), _topics(record.get("topics"), where, names))


def _topics(value: object, where: str, names: Sequence[str]) -> frozenset[str]:
    if not isinstance(value, list) or any(item not in names for item in value):
        raise BadSeeds(f"{where}: expected `topics` to be a list of {', '.join(names)}, got {value!r}")
    return frozenset(value)


def _string(record: Record, key: str, where: str, *, may_be_empty: bool = False) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        raise BadSeeds(f"{where}: expected `{key}` to be a text, got {value!r}")
    return value


def _language(record: Record, where: str) -> str:
    language = _string(record, "language", where)
    if not (language.isalpha() and language.islower() and len(language) in (2, 3)):
        raise BadSeeds(f"{where}: expected `language` as an ISO 639 code like en or km, got {language!r}")
    return language


def _one_of(record: Record, key: str, allowed: Iterable[str], where: str) -> str:
    value = record.get(key)
    if value not in tuple(allowed):
        raise BadSeeds(f"{where}: expected `{key}` to be one of {', '.join(allowed)}, got {value!r}")
    return str(value)


def _refuse_repeated_ids(seeds: list[Seed]) -> None:
    first: dict[str, str] = {}
    for seed in seeds:
        if seed.id in first:
            raise BadSeeds(f"{seed.where}: expected a new id, got {seed.id!r} of {first[seed.id]}")
        first[seed.id] = seed.where


def digest(seeds: Iterable[Seed], rows: str = "") -> str:
    """SHA-256 over what training reads of the seeds, independent of file names and line order.

    `rows` names the feature rows beside them.
    """
    parts = sorted(repr(_read_by_training(seed)) for seed in seeds) + [rows] * bool(rows)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read_by_training(seed: Seed) -> tuple[object, ...]:
    paragraphs = [(p.text, None if p.topics is None else sorted(p.topics)) for p in seed.paragraphs]
    return (seed.id, seed.title, paragraphs, sorted(seed.topics), seed.primary, seed.source_type, seed.language)
