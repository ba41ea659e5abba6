"""Measure who speaks in an article: the share of its sentences in which an office, an outsider or the outlet itself speaks.

The source type needs these shares: an article that only relays an office is official, one with another speaker in it is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.text.document import ParsedText, Sentence
from classifier.text.scripts import QUOTATION_MARKS

Flags = NDArray[np.bool_]
"""Whether something holds for each sentence, (sentences,)."""


class SentenceSpeakers(NamedTuple):
    """What sentences are, several at once; the fields are the columns, in the order that models are fitted to."""

    outsider: Flags  # an analyst, a villager, an institute speaks
    office: Flags  # an office speaks
    other_speaker: Flags  # somebody else speaks
    pronoun: Flags  # "he said": the speaker was named before
    praise: Flags  # the outlet itself praises
    plain_praise: Flags  # and does nothing else
    doubt: Flags  # the outlet doubts or contrasts
    background: Flags  # figures and years that nobody is quoted for
    quote: Flags  # has a quotation mark
    unattributed: Flags  # no speaker, no praise
    relay: Flags  # reads out a meeting: "expressed", "reaffirmed"


NAMES = SentenceSpeakers._fields
SCALE = 3.0
"""Makes shares, mostly under a third, as large as the logarithms of rates that stand beside them."""

_QUOTE = re.compile(f"[{QUOTATION_MARKS}]")
_FIRST_PERSON = frozenset({"we", "our", "us", "i", "my"})
_PRONOUNS = frozenset({"he", "she", "they"})
_NUMBERS = frozenset({"#num", "#year"})


def shares(texts: Sequence[ParsedText], counts: NDArray[np.float32], groups: Sequence[str]) -> NDArray[np.float32]:
    """The share of each article's sentences with each of NAMES, times SCALE, (articles, len(NAMES)).

    `counts` are those of the speaker lexicon's matches: a row for each sentence of all texts, a column for each of `groups`.
    """
    column = {name: counts[:, position] for position, name in enumerate(groups)}
    marks = np.array([_marks(parsed, sentence) for parsed in texts for sentence in parsed.sentences], bool).reshape(-1, 4)
    found = np.stack(_classify(column, *marks.T), axis=1).astype(np.float64)
    ends = np.cumsum([len(parsed.sentences) for parsed in texts], dtype=np.int64)
    rows = [found[end - len(parsed.sentences) : end] for parsed, end in zip(texts, ends.tolist(), strict=True)]
    means = [row.mean(axis=0) if len(row) else np.zeros(len(NAMES)) for row in rows]
    return np.array(means, np.float32).reshape(len(texts), len(NAMES)) * SCALE


def _marks(parsed: ParsedText, sentence: Sentence) -> tuple[bool, bool, bool, bool]:
    """Whether a sentence has a quotation mark, begins with a pronoun, has a first person, has a number."""
    words = sentence.words
    return (
        _QUOTE.search(parsed.quote(sentence)) is not None,
        not _PRONOUNS.isdisjoint(words[:2]),
        not _FIRST_PERSON.isdisjoint(words),
        not _NUMBERS.isdisjoint(words),
    )


def _classify(
    column: Mapping[str, NDArray[np.float32]], quote: Flags, pronoun: Flags, first_person: Flags, number: Flags
) -> SentenceSpeakers:
    """What each sentence is, (sentences,) in every field."""
    outsider, office, relay = (column[f"voice.{name}"] > 0 for name in ("outsider", "office", "relay"))
    praises, verb = column["voice.praise"], column["voice.said"] > 0
    says = verb | quote
    own_praise = (praises > 0) & ~says & ~first_person
    unattributed = ~(says | relay | (praises > 0))
    return SentenceSpeakers(
        outsider=outsider & says,
        office=office & (verb | relay),
        other_speaker=says & ~(office | outsider | (verb & pronoun)),
        pronoun=verb & pronoun,
        praise=own_praise,
        plain_praise=own_praise & (praises > 1) & ~relay,
        doubt=(column["voice.doubt"] > 0) & ~relay,
        background=unattributed & number,
        quote=quote,
        unattributed=unattributed,
        relay=relay,
    )
