"""Measure who speaks in an article: the share of its sentences in which an office, an outsider or the outlet itself speaks.

The source type needs these shares: an article that only relays an office is official, one with another speaker in it is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.features.word_table import Reading
from classifier.text.document import ParsedText
from classifier.text.scripts import QUOTATION_MARKS
from classifier.text.tokens import NUMBERS

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

FIRST_WORDS = 2
"""Of a sentence, one of which is the pronoun: "And he said"."""
_QUOTE = re.compile(f"[{QUOTATION_MARKS}]")
_FIRST_PERSON = frozenset({"we", "our", "us", "i", "my"})
_PRONOUNS = frozenset({"he", "she", "they"})


def shares(texts: Sequence[ParsedText], reading: Reading, counts: NDArray[np.float32], groups: Sequence[str]) -> NDArray[np.float32]:
    """The share of each article's sentences with each of NAMES, times SCALE, (articles, len(NAMES)).

    `reading` has the sentences of all texts, `counts` the matches of the speaker lexicon: a row for each of these sentences, a column
    for each of `groups`.
    """
    column = {name: counts[:, position] for position, name in enumerate(groups)}
    pronoun = reading.have(_PRONOUNS, within=FIRST_WORDS)
    found = _classify(column, _quotes(texts), pronoun, reading.have(_FIRST_PERSON), reading.have(NUMBERS))
    lengths = np.array([len(parsed.sentences) for parsed in texts], np.int64)
    before = np.concatenate([np.zeros((1, len(NAMES)), np.int64), np.cumsum(np.stack(found, axis=1), axis=0)])
    ends = np.cumsum(lengths)
    means = (before[ends] - before[ends - lengths]) / np.maximum(lengths, 1)[:, None]
    return np.asarray(means.astype(np.float32) * SCALE, np.float32)


def _quotes(texts: Sequence[ParsedText]) -> Flags:
    """Whether each sentence has a quotation mark."""
    found: list[bool] = []
    for parsed in texts:
        if any(mark in parsed.text or mark in parsed.title for mark in QUOTATION_MARKS):
            found += [_QUOTE.search(sentence.text) is not None for sentence in parsed.sentences]
        else:
            found += [False] * len(parsed.sentences)
    return np.array(found, bool)


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
