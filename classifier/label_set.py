"""Name the topics that a model tells apart: the four of the program, or those of a `labels.toml` beside the seeds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from classifier.errors import BadSeeds
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.regular_file import read_text

FILE = "labels.toml"
FILE_LIMIT = 1024 * 1024
"""Bytes: a hundred topics with a page of words each."""
MOST_TOPICS = 64
"""Every topic is fitted and asked for each article; a longer list is no list of topics."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DESCRIPTIONS = {
    "border_dispute": "territory or a line contested between states, and what the dispute causes",
    "trade": "commerce between countries or with the world",
    "demining": "clearance of mines and other remnants of war, their victims, their contamination",
    "culture": "heritage, arts, ritual, cuisine, language, crafts",
}


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """One topic: what it means, and words that speak for it; a word that ends in `*` stands for all that begin with it."""

    name: str
    description: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The topics of a model, in the order of its columns."""

    entries: tuple[TopicEntry, ...] = field(default_factory=lambda: tuple(TopicEntry(str(t), _DESCRIPTIONS[t]) for t in TOPICS))

    @property
    def topics(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(entry.name for entry in self.entries)

    @property
    def is_default(self) -> bool:
        """Whether these are the program's own topics, in their order."""
        return self.topics == tuple(map(str, TOPICS))

    def to_dict(self) -> dict[str, dict[str, object]]:
        """As `labels.toml` has it, and the manifest of a model."""
        return {entry.name: {"description": entry.description, "words": list(entry.words)} for entry in self.entries}


DEFAULT = LabelSet()


def read_label_set(folder: Path) -> LabelSet:
    """The topics that `labels.toml` in a folder of seeds names, the program's own where there is none; raises BadCall, BadSeeds.

    The file has a table for each topic: `[topics.fisheries]` with `description` and, if wanted, `words`.
    """
    path = folder / FILE
    if not path.exists():
        return DEFAULT
    try:
        content = tomllib.loads(read_text(path, FILE_LIMIT))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadSeeds(f"{path}: expected TOML, got {error}") from error
    return label_set_of(content.get("topics"), str(path))


def label_set_of(topics: object, where: str) -> LabelSet:
    """The label set in an object of topics; raises BadSeeds naming `where` and the topic."""
    if not isinstance(topics, Mapping) or not 1 <= len(topics) <= MOST_TOPICS:
        raise BadSeeds(f"{where}: expected 1 to {MOST_TOPICS} tables [topics.NAME], got {_short(topics)}")
    return LabelSet(tuple(_entry(name, value, where) for name, value in topics.items()))


def _entry(name: object, value: object, where: str) -> TopicEntry:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in tuple(SOURCE_TYPES):
        raise BadSeeds(f"{where}: expected a topic's name of a to z, 0 to 9 and _, got {_short(name)}")
    record = value if isinstance(value, Mapping) else {}
    description, words = record.get("description", ""), record.get("words", [])
    if not isinstance(value, Mapping) or not isinstance(description, str):
        raise BadSeeds(f"{where}: {name}: expected `description` to be a text, got {_short(value)}")
    if not isinstance(words, list) or not all(isinstance(word, str) and not set(word) & set("[]#,\n") for word in words):
        raise BadSeeds(f"{where}: {name}: expected `words` to be a list of words, got {_short(words)}")
    return TopicEntry(name, description or _DESCRIPTIONS.get(name, ""), tuple(words))


def _short(value: object) -> str:
    return f"{value!r:.80}"
