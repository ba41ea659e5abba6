"""Read what each label means from the guide that comes with the classifier, for whoever labels by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import classifier
from classifier.labels import SOURCE_TYPES, TOPICS
from worker.dashboard.view import words

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
def topics() -> tuple[Entry, ...]:
    """Every topic in the order of the label set."""
    rows = {name: (counts, excluded) for name, counts, excluded in _rows(3)}
    return tuple(_entry(str(topic), key, *rows[str(topic)]) for topic, key in zip(TOPICS, _keys([*TOPICS, *SOURCE_TYPES]), strict=False))


@cache
def source_types() -> tuple[Entry, ...]:
    """Every source type."""
    rows = {name: counts for name, counts in _rows(2)}  # noqa: C416 - a dict of pairs, for mypy
    keys = _keys([*TOPICS, *SOURCE_TYPES])[len(TOPICS) :]
    return tuple(_entry(str(kind), key, rows[str(kind)]) for kind, key in zip(SOURCE_TYPES, keys, strict=True))


def _entry(name: str, key: str, counts: str, excluded: str = "") -> Entry:
    return Entry(name, words.label(name), key, counts, excluded)


def _rows(columns: int) -> Iterator[tuple[str, ...]]:
    """The rows of the guide's table with so many columns, whose first is a label."""
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|")) if line.startswith("| `") else ()
        if len(cells) == columns:
            yield (cells[0].strip("`"), *(cell.replace("`", "") for cell in cells[1:]))


def _keys(names: list[str]) -> list[str]:
    """The first free letter of each name."""
    taken = set(TAKEN)
    keys = []
    for name in names:
        key = next(letter for letter in re.findall(r"[a-z]", name) + list("abcdefghijklmnopqrstuvwxyz") if letter not in taken)
        taken.add(key)
        keys.append(key)
    return keys
