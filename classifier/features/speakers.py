"""Voices heard: who speaks in each sentence, so that a relay with one other voice is told from a relay, and praise from both."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon.lexicon import Lexicon
from classifier.text.document import ParsedText, Sentence

NAMES = ("outsider", "office", "someone", "pronoun", "praise", "plain_praise", "doubt", "background", "quote", "own", "relay")
"""What a sentence can be, several at once: an outsider speaks (analyst, villager, institute), an office does, someone else, *he*; the
outlet praises, or does nothing but praise; doubts; gives figures and years of its own; quotes; speaks unsupported; reads out a meeting."""
SCALE = 3.0
"""Brings shares, mostly under a third, level with the heads' log-odds beside them."""

_QUOTE = re.compile('[“”"«»]')
_OURS = frozenset({"we", "our", "us", "i", "my"})
_PRONOUNS = frozenset({"he", "she", "they"})


def speakers(texts: Sequence[ParsedText], book: Lexicon) -> NDArray[np.float32]:
    """The share of each article's sentences that are so, (articles, len(NAMES)), times SCALE."""
    shares = [_share(parsed, book) for parsed in texts]
    return np.array(shares, np.float32).reshape(len(texts), len(NAMES)) * SCALE


def _share(parsed: ParsedText, book: Lexicon) -> NDArray[np.float64]:
    heard = [_heard(sentence, _QUOTE.search(parsed.quote(sentence)) is not None, book) for sentence in parsed.sentences]
    return np.mean(heard, axis=0) if heard else np.zeros(len(NAMES))


def _heard(sentence: Sentence, quotes: bool, book: Lexicon) -> tuple[bool, ...]:
    """One sentence, in the order of NAMES."""
    words = sentence.words
    cues = [book.groups[group] for group, _, _ in book.find(words)]
    outsider, office, relay = "voice.outsider" in cues, "voice.office" in cues, "voice.relay" in cues
    praise, verb = cues.count("voice.praise"), "voice.said" in cues
    says = verb or quotes
    pronoun = verb and not _PRONOUNS.isdisjoint(words[:2])
    own_praise = praise > 0 and not says and _OURS.isdisjoint(words)
    return (
        outsider and says,
        office and (verb or relay),
        says and not (office or outsider or pronoun),
        pronoun,
        own_praise,
        own_praise and praise > 1 and not relay,
        "voice.doubt" in cues and not relay,
        not (says or relay or praise) and any(word[0] == "#" for word in words),
        quotes,
        not (says or relay or praise),
        relay,
    )
