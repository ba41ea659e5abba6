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
_OTHER_MEANINGS = ("all", "any", "no", "none", "not", "primary", "primary_topic", "source", "source_type", "unsure", "yes")
RESERVED = frozenset({*map(str, SOURCE_TYPES), *_OTHER_MEANINGS})
"""Names that mean something else in searches, answers, figures or lists of words."""
LONGEST = 2000
"""Characters of a description or a word: a page."""
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
    _refuse_unknown(content, ("topics",), str(path))
    return label_set_of(content.get("topics"), str(path))


def label_set_of(topics: object, where: str) -> LabelSet:
    """The label set in an object of topics; raises BadSeeds naming `where` and the topic."""
    if not isinstance(topics, Mapping) or not 1 <= len(topics) <= MOST_TOPICS:
        raise BadSeeds(f"{where}: expected 1 to {MOST_TOPICS} tables [topics.NAME], got {_short(topics)}")
    return LabelSet(tuple(_entry(name, value, where) for name, value in topics.items()))


def is_topic_name(name: str) -> bool:
    """Whether a topic may have this name."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def _entry(name: object, value: object, where: str) -> TopicEntry:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadSeeds(f"{where}: expected a topic's name of a to z, 0 to 9 and _, got {_short(name)}")
    if name in RESERVED:
        raise BadSeeds(f"{where}: expected a topic's name that has no other meaning here, got {_short(name)}")
    record = value if isinstance(value, Mapping) else {}
    _refuse_unknown(record, ("description", "words"), f"{where}: {name}")
    description, words = record.get("description", ""), record.get("words", [])
    if not isinstance(value, Mapping) or not _is_line(description):
        raise BadSeeds(f"{where}: {name}: expected `description` to be a line of text, got {_short(value)}")
    if not isinstance(words, list) or not all(_is_line(word) and word.strip() and not set(word) & set("[]#,") for word in words):
        raise BadSeeds(f"{where}: {name}: expected `words` to be a list of words, got {_short(words)}")
    return TopicEntry(name, description or _DESCRIPTIONS.get(name, ""), tuple(words))


def _is_line(value: object) -> bool:
    """Whether this is a line of text without control characters, which would garble a terminal, a page and a list of words."""
    return isinstance(value, str) and len(value) <= LONGEST and value.isprintable()


def _refuse_unknown(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """Raises BadSeeds for a key that is none of `known`: a slip of the pen would else be taken for nothing."""
    if unknown := [key for key in table if key not in known]:
        raise BadSeeds(f"{where}: expected no keys but {', '.join(known)}, got {_short(unknown[0])}")


def _short(value: object) -> str:
    return f"{value!r:.80}"
