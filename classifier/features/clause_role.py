"""Standing told: whether a topic's words carry their clause, or only stand in a list, a participle or an afterthought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classifier.labels import TOPICS, Topic
from classifier.lexicon.lexicon import Lexicon
from classifier.text.document import Sentence

KINDS = ("free", "paired", "listed", "hung", "added", "loose")
"""Alone in its clause; beside one other field; one item of a list; in a participle; after *including* and its like; in a line of no
sentence, as furniture has them."""
NAMES = tuple(f"{topic.value}.{kind}" for topic in TOPICS for kind in KINDS)
FREE, PAIRED, LISTED, HUNG, ADDED, LOOSE = range(len(KINDS))

ITEM = 5
"""Words; an inner item of a list is hardly longer ("human resources development"), a clause hardly shorter."""
LEAD, TRAIL = 3, 2
"""Words; of a list's first item only the last, of its last only the first belong to the list ("and address the impact" is none)."""
MANY = 4
"""Items that make a list of fields even where only one of the others is known as a field."""

_OWN_FIELD = {Topic.TRADE: "trade", Topic.DEMINING: "demining", Topic.CULTURE: "culture"}
"""A field that makes no list of its own topic's words."""
_JOINTS = frozenset({"and", "or", "as", "well", "&"})
_VERBS = """
is are was were be been has have had will would can could should may might must do does did said says say told tells rose fell grew
reached signed agreed met held opened began made found cleared killed paid sold bought exported imported announced warned added noted
asked took gave sent came went stood remains remain became becomes shows showed face faces need needs want wants accused claimed claims
"""
"""Commonest finite verbs: a stretch with one is a clause and no item or participle."""
_REPORTS = "saying adding noting warning telling claiming arguing accusing calling citing stressing insisting recalling"
"""Participles that report: the guide counts what follows them as a clause."""
_OPENERS = "particularly especially notably thus thereby while also further mainly mostly in particular respectively and"
"""Words that may stand between the comma and its participle."""
_NAMES_IN_ING = """
during nothing something anything everything morning evening beijing including mining farming banking shipping weaving manufacturing
processing engineering planning funding financing cooking painting carving trading thing spring building meeting wing string
"""
"""Words in -ing that are no participles."""
_FINITE, _REPORTING, _BEFORE, _NOUNS = (frozenset(words.split()) for words in (_VERBS, _REPORTS, _OPENERS, _NAMES_IN_ING))
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
_ADDERS = tuple(tuple(phrase.split()) for phrase in _ADDING)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one sentence is built: the places of its words in participles, in afterthoughts, and in each of its lists with its length."""

    hung: set[int]
    added: set[int]
    lists: list[tuple[set[int], int]]


class ClauseRoles:
    """Judges how the topical cues of a book stand, by the fields that diplomacy lists (`lexicon/fields.txt`)."""

    def __init__(self, cues: Lexicon, fields: Lexicon) -> None:
        self.fields = fields
        self.topics = [_topic(group) for group in cues.groups]
        self.own = [f"field.{_OWN_FIELD.get(topic, '')}" for topic in TOPICS]

    def judge(self, sentence: Sentence, found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
        """For each of the cues `found` (group, first word, end) its column in NAMES, as (place in `found`, column); topical ones only."""
        topical = [(row, self.topics[group], place) for row, (group, place, _) in enumerate(found) if self.topics[group] >= 0]
        if not topical:
            return []
        if sentence.fragment:
            return [(row, topic * len(KINDS) + LOOSE) for row, topic, _ in topical]
        fields = [(group, place) for group, place, _ in self.fields.find(sentence.words)]
        layout = _layout(sentence, fields)
        return [(row, topic * len(KINDS) + self._kind(topic, place, fields, layout)) for row, topic, place in topical]

    def _kind(self, topic: int, place: int, fields: list[tuple[int, int]], layout: _Layout) -> int:
        others, items = self._others(topic, place, fields, layout)
        if others > 1 or (others and items >= MANY):
            return LISTED
        if place in layout.hung:
            return HUNG
        if place in layout.added:
            return ADDED
        return PAIRED if others else FREE

    def _others(self, topic: int, place: int, fields: list[tuple[int, int]], layout: _Layout) -> tuple[int, int]:
        """How many other fields the lists around a word name, and how many items the longest has."""
        around = [(places, length) for places, length in layout.lists if place in places]
        same = {group for group, start in fields if start == place or self.fields.groups[group] == self.own[topic]}
        others = {group for group, start in fields if any(start in places for places, _ in around)} - same
        return len(others), max((length for _, length in around), default=0)


def _topic(group: str) -> int:
    """The topic of a group of cues, -1 for those of a source and those that speak against a topic."""
    name, _, kind = group.partition(".")
    topic = Topic.BORDER_DISPUTE.value if name == "border" else name
    return -1 if kind == "not" or topic not in list(TOPICS) else TOPICS.index(Topic(topic))


def _layout(sentence: Sentence, fields: list[tuple[int, int]]) -> _Layout:
    words = sentence.words
    finite = {place for place, word in enumerate(words) if word in _FINITE}
    lists = list(_lists(words, sentence.pauses, finite)) if fields else []
    return _Layout(_hung(words, sentence.pauses, finite, {place for _, place in fields}), _added(words, finite), lists)


def _lists(words: list[str], pauses: list[int], finite: set[int]) -> Iterator[tuple[set[int], int]]:
    """Chains of short items between commas and *and*: the places of their words, and how many items they have."""
    items = list(_items(words, pauses))
    first = 0
    while first < len(items) - 1:
        last = first + 1
        while last < len(items) - 1 and len(items[last]) <= ITEM and finite.isdisjoint(items[last]):
            last += 1
        inner = [place for item in items[first + 1 : last] for place in item]
        yield {*items[first][-LEAD:], *inner, *items[last][:TRAIL]}, last - first + 1
        first = last


def _items(words: list[str], pauses: list[int]) -> Iterator[list[int]]:
    """The places between one comma or *and* and the next."""
    bounds = sorted({0, *pauses, *(place for place, word in enumerate(words) if word in _JOINTS), len(words)})
    for start, end in pairwise(bounds):
        item = [place for place in range(start, end) if words[place] not in _JOINTS]
        if item:
            yield item


def _hung(words: list[str], pauses: list[int], finite: set[int], nouns: set[int]) -> set[int]:
    """Places in participles: from one that follows a pause, or begins the sentence, to the next stretch with a finite verb."""
    inside: set[int] = set()
    hanging = False
    for start, end in pairwise([0, *pauses, len(words)]):
        stretch = range(start, end)
        first = next((place for place in stretch if words[place] not in _BEFORE), None)
        if not finite.isdisjoint(stretch):
            hanging = False
        elif first is not None and first not in nouns and _participle(words[first]):
            hanging = words[first] not in _REPORTING
        if hanging:
            inside.update(stretch)
    return inside


def _participle(word: str) -> bool:
    return len(word) > 4 and word.endswith("ing") and word not in _NOUNS


def _added(words: list[str], finite: set[int]) -> set[int]:
    """Places after words like *including*, up to the next finite verb."""
    inside: set[int] = set()
    for phrase in _ADDERS:
        if phrase[0] in words:
            for place in (p for p, word in enumerate(words) if word == phrase[0] and tuple(words[p : p + len(phrase)]) == phrase):
                inside.update(range(place, min((stop for stop in finite if stop > place), default=len(words))))
    return inside
