"""Measure who speaks in an article: the share of its sentences in which an office, an outsider or the outlet itself speaks.

The source type needs these shares: an article that only relays an office is official, one with another speaker in it is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon.lexicon import Lexicon
from classifier.text.document import ParsedText, Sentence
from classifier.text.scripts import QUOTATION_MARKS


class SentenceSpeakers(NamedTuple):
    """What one sentence is, several at once; the fields are the columns, in the order that models are fitted to."""

    outsider: bool  # an analyst, a villager, an institute speaks
    office: bool  # an office speaks
    other_speaker: bool  # somebody else speaks
    pronoun: bool  # "he said": the speaker was named before
    praise: bool  # the outlet itself praises
    plain_praise: bool  # and does nothing else
    doubt: bool  # the outlet doubts or contrasts
    background: bool  # figures and years that nobody is quoted for
    quote: bool  # has a quotation mark
    unattributed: bool  # no speaker, no praise
    relay: bool  # reads out a meeting: "expressed", "reaffirmed"


NAMES = SentenceSpeakers._fields
SCALE = 3.0
"""Makes shares, mostly under a third, as large as the logarithms of rates that stand beside them."""

_QUOTE = re.compile(f"[{QUOTATION_MARKS}]")
_FIRST_PERSON = frozenset({"we", "our", "us", "i", "my"})
_PRONOUNS = frozenset({"he", "she", "they"})


def speakers(texts: Sequence[ParsedText], lexicon: Lexicon) -> NDArray[np.float32]:
    """The share of each article's sentences with each of NAMES, times SCALE, (articles, len(NAMES)); `lexicon` is the speaker lexicon."""
    shares = [_shares(parsed, lexicon) for parsed in texts]
    return np.array(shares, np.float32).reshape(len(texts), len(NAMES)) * SCALE


def _shares(parsed: ParsedText, lexicon: Lexicon) -> NDArray[np.float64]:
    rows = [_classify(sentence, _QUOTE.search(parsed.quote(sentence)) is not None, lexicon) for sentence in parsed.sentences]
    return np.mean(rows, axis=0) if rows else np.zeros(len(NAMES))


def _classify(sentence: Sentence, has_quote: bool, lexicon: Lexicon) -> SentenceSpeakers:
    words = sentence.words
    groups = [lexicon.groups[match.group] for match in lexicon.find(words)]
    outsider, office, relay = "voice.outsider" in groups, "voice.office" in groups, "voice.relay" in groups
    praises, verb = groups.count("voice.praise"), "voice.said" in groups
    says = verb or has_quote
    pronoun = verb and not _PRONOUNS.isdisjoint(words[:2])
    own_praise = praises > 0 and not says and _FIRST_PERSON.isdisjoint(words)
    unattributed = not (says or relay or praises)
    return SentenceSpeakers(
        outsider=outsider and says,
        office=office and (verb or relay),
        other_speaker=says and not (office or outsider or pronoun),
        pronoun=pronoun,
        praise=own_praise,
        plain_praise=own_praise and praises > 1 and not relay,
        doubt="voice.doubt" in groups and not relay,
        background=unattributed and any(word[0] == "#" for word in words),
        quote=has_quote,
        unattributed=unattributed,
        relay=relay,
    )
