"""Read what each label means from the guide that comes with the classifier, for whoever labels by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import classifier
from classifier.label_set import DEFAULT, LabelSet
from classifier.labels import SOURCE_TYPES
from worker.dashboard.view import words
from worker.operations.models import assigned

GUIDE = Path(classifier.__file__).parent / "LABEL_GUIDE.md"
TAKEN = set("su?/0123456789")
"""Keys of a review that are no label's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One label: its key, what counts, and what does not."""

    name: str
    label: str
    key: str
    counts: str
    excluded: str = ""


@cache
def topics(labels: LabelSet = DEFAULT) -> tuple[Entry, ...]:
    """Every topic in the order of the label set: the program's own as the guide has them, others as their `labels.toml` describes them."""
    rows = {name: (counts, excluded) for name, counts, excluded in _rows(3)} if labels.is_default else {}
    keys = assigned([*labels.topics, *map(str, SOURCE_TYPES)] if labels.is_default else labels.topics, _taken(labels))
    return tuple(
        _entry(entry.name, key, *rows.get(entry.name, (entry.description,))) for entry, key in zip(labels.entries, keys, strict=False)
    )


@cache
def source_types() -> tuple[Entry, ...]:
    """Every source type."""
    rows = {name: counts for name, counts in _rows(2)}  # noqa: C416 - a dict of pairs, for mypy
    keys = assigned([*DEFAULT.topics, *map(str, SOURCE_TYPES)], TAKEN)[len(DEFAULT.topics) :]
    return tuple(_entry(str(kind), key, rows[str(kind)]) for kind, key in zip(SOURCE_TYPES, keys, strict=True))


def _entry(name: str, key: str, counts: str, excluded: str = "") -> Entry:
    return Entry(name, words.label(name), key, counts, excluded)


def _rows(columns: int) -> Iterator[tuple[str, ...]]:
    """The rows of the guide's table with so many columns, whose first is a label."""
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|")) if line.startswith("| `") else ()
        if len(cells) == columns:
            yield (cells[0].strip("`"), *(cell.replace("`", "") for cell in cells[1:]))


def _taken(labels: LabelSet) -> set[str]:
    """Keys that no topic may have; those of source types stay what they are, whatever the topics are called."""
    return TAKEN if labels.is_default else TAKEN | {entry.key for entry in source_types()}
