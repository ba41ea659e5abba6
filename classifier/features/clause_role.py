"""Classify each lexicon match by its role: main clause, pair, list item, participle, after "including", or fragment of a sentence.

A topic that an article reports on has words in main clauses. One that is only mentioned has them in lists and afterthoughts.
The rules are for English; in other languages nearly every match is in a main clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from classifier.labels import TOPICS, Topic
from classifier.lexicon.lexicon import Lexicon, Match
from classifier.text.document import Sentence


class Role(StrEnum):
    """How a word takes part in its sentence."""

    MAIN = "main_clause"  # the only subject of its clause
    PAIRED = "paired"  # beside one other subject: "the cultural and educational spheres"
    LISTED = "list_item"  # one item of a list
    PARTICIPLE = "participle"  # in a participle clause: ", aiming to expand trade"
    ADDED = "after_including"  # after "including" and phrases like it
    FRAGMENT = "fragment"  # in a line that is no sentence: a subheading, page boilerplate


def column(topic: Topic, role: Role) -> str:
    """The name of a column of clause roles."""
    return f"{topic.value}.{role.value}"


NAMES = tuple(column(topic, role) for topic in TOPICS for role in Role)
"""The columns, in the order that models are fitted to."""

ITEM = 5
"""Words; an inner item of a list is rarely longer ("human resources development"), a clause rarely shorter."""
FIRST_ITEM, LAST_ITEM = 3, 2
"""Words; of a list's first item only the last, of its last item only the first belong to it ("and address the impact" does not)."""
LONG_LIST = 4
"""Items that make a list of subjects even where only one of the other items is a known subject."""

_OWN_SUBJECT = {Topic.TRADE: "trade", Topic.DEMINING: "demining", Topic.CULTURE: "culture"}
"""The subject that is the topic itself: beside it the topic's words are no list."""
_CONJUNCTIONS = frozenset({"and", "or", "as", "well", "&"})
_VERBS = """
is are was were be been has have had will would can could should may might must do does did said says say told tells rose fell grew
reached signed agreed met held opened began made found cleared killed paid sold bought exported imported announced warned added noted
asked took gave sent came went stood remains remain became becomes shows showed face faces need needs want wants accused claimed claims
"""
"""The commonest finite verbs: words around one are a clause, not an item or a participle."""
_REPORTS = "saying adding noting warning telling claiming arguing accusing calling citing stressing insisting recalling"
"""Participles that report: the labelling guide counts what follows them as a clause."""
_OPENERS = "particularly especially notably thus thereby while also further mainly mostly in particular respectively and"
"""Words that may stand between a comma and its participle."""
_NOT_PARTICIPLES = """
during nothing something anything everything morning evening beijing including mining farming banking shipping weaving manufacturing
processing engineering planning funding financing cooking painting carving trading thing spring building meeting wing string
"""
"""Words in -ing that are no participles."""
_FINITE, _REPORTING, _BEFORE, _NOUNS = (frozenset(words.split()) for words in (_VERBS, _REPORTS, _OPENERS, _NOT_PARTICIPLES))
_ADDING = (
    "including",
    "such as",
    "as well as",
    "namely",
    "ranging from",
    "notably",
    "areas of",
    "fields of",
    "areas like",
    "inter alia",
    "e g",
)
_ADDING_PHRASES = tuple(tuple(phrase.split()) for phrase in _ADDING)
_ADDING_FIRST = frozenset(phrase[0] for phrase in _ADDING_PHRASES)


@dataclass(frozen=True, slots=True)
class _Structure:
    """The parts of a sentence that are no main clause, as positions of words."""

    participles: set[int]
    additions: set[int]
    lists: list[tuple[set[int], int]]
    """Each list, with the number of its items."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """A subject that a sentence names: its group in the subject lexicon, and where its phrase starts."""

    group: int
    start: int


class ClauseRoles:
    """Finds the roles of a lexicon's matches, with the help of a lexicon of subjects that diplomatic sentences list (`fields.txt`)."""

    def __init__(self, lexicon: Lexicon, subjects: Lexicon) -> None:
        self.subjects = subjects
        self.topics = [_topic(group) for group in lexicon.groups]

    def classify(self, sentence: Sentence, matches: Sequence[Match], named: Sequence[Match] | None = None) -> list[tuple[int, str]]:
        """The role of each match of a topic's group, as (position in `matches`, name in NAMES); the other matches have none.

        `named` are the matches of the subject lexicon, which are looked for where they are not given.
        """
        topical = [(row, topic, match.start) for row, match in enumerate(matches) if (topic := self.topics[match.group])]
        if not topical:
            return []
        if sentence.fragment:
            return [(row, column(topic, Role.FRAGMENT)) for row, topic, _ in topical]
        subjects = [_Subject(match.group, match.start) for match in (self.subjects.find(sentence.words) if named is None else named)]
        structure = _structure(sentence, subjects)
        return [(row, column(topic, self._role(topic, start, subjects, structure))) for row, topic, start in topical]

    def _role(self, topic: Topic, position: int, subjects: list[_Subject], structure: _Structure) -> Role:
        others, items = self._others(topic, position, subjects, structure)
        if others > 1 or (others and items >= LONG_LIST):
            return Role.LISTED
        if position in structure.participles:
            return Role.PARTICIPLE
        if position in structure.additions:
            return Role.ADDED
        return Role.PAIRED if others else Role.MAIN

    def _others(self, topic: Topic, position: int, subjects: list[_Subject], structure: _Structure) -> tuple[int, int]:
        """How many other subjects the lists around a word name, and how many items the longest of these lists has."""
        around = [(positions, items) for positions, items in structure.lists if position in positions]
        own = f"field.{_OWN_SUBJECT.get(topic, '')}"
        same = {subject.group for subject in subjects if subject.start == position or self.subjects.groups[subject.group] == own}
        others = {subject.group for subject in subjects if any(subject.start in positions for positions, _ in around)} - same
        return len(others), max((items for _, items in around), default=0)


def _topic(group: str) -> Topic | None:
    """The topic that a lexicon group speaks for; None for groups of a source, and for those that speak against a topic."""
    name, _, kind = group.partition(".")
    topic = Topic.BORDER_DISPUTE.value if name == "border" else name
    return None if kind == "not" or topic not in list(TOPICS) else Topic(topic)


def _structure(sentence: Sentence, subjects: list[_Subject]) -> _Structure:
    words, pauses = sentence.words, sentence.pauses
    finite = {position for position, word in enumerate(words) if word in _FINITE}
    lists = list(_lists(words, pauses, finite)) if subjects else []
    starts = {subject.start for subject in subjects}
    return _Structure(_participles(words, pauses, finite, starts), _additions(words, finite), lists)


def _lists(words: list[str], pauses: list[int], finite: set[int]) -> Iterator[tuple[set[int], int]]:
    """Chains of short items between commas and "and": the positions of their words, and the number of items."""
    items = list(_items(words, pauses))
    first = 0
    while first < len(items) - 1:
        last = first + 1
        while last < len(items) - 1 and len(items[last]) <= ITEM and finite.isdisjoint(items[last]):
            last += 1
        inner = [position for item in items[first + 1 : last] for position in item]
        yield {*items[first][-FIRST_ITEM:], *inner, *items[last][:LAST_ITEM]}, last - first + 1
        first = last


def _items(words: list[str], pauses: list[int]) -> Iterator[list[int]]:
    """The positions of the words between one comma or conjunction and the next."""
    bounds = sorted({0, *pauses, *(position for position, word in enumerate(words) if word in _CONJUNCTIONS), len(words)})
    for start, end in pairwise(bounds):
        item = [position for position in range(start, end) if words[position] not in _CONJUNCTIONS]
        if item:
            yield item


def _participles(words: list[str], pauses: list[int], finite: set[int], subjects: set[int]) -> set[int]:
    """Positions in participle clauses: from a participle after a pause, or at the start, to the next part with a finite verb."""
    inside: set[int] = set()
    in_participle = False
    parts = [range(start, end) for start, end in pairwise([0, *pauses, len(words)])]
    firsts = [_first(words, part) for part in parts]
    if not any(first is not None and _is_participle(words[first]) for first in firsts):
        return inside
    for part, first in zip(parts, firsts, strict=True):
        if not finite.isdisjoint(part):
            in_participle = False
        elif first is not None and first not in subjects and _is_participle(words[first]):
            in_participle = words[first] not in _REPORTING
        if in_participle:
            inside.update(part)
    return inside


def _first(words: list[str], part: range) -> int | None:
    """The position of the first word of a part that is no opener."""
    for position in part:
        if words[position] not in _BEFORE:
            return position
    return None


def _is_participle(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in _NOUNS


def _additions(words: list[str], finite: set[int]) -> set[int]:
    """Positions from a phrase like "including" up to the next finite verb."""
    inside: set[int] = set()
    if _ADDING_FIRST.isdisjoint(words):
        return inside
    for phrase in _ADDING_PHRASES:
        if phrase[0] in words:
            for start in (p for p, word in enumerate(words) if word == phrase[0] and tuple(words[p : p + len(phrase)]) == phrase):
                inside.update(range(start, min((verb for verb in finite if verb > start), default=len(words))))
    return inside
