from __future__ import annotations

import numpy as np

from classifier.features.speakers import NAMES, SCALE, shares
from classifier.features.word_table import WordTable
from classifier.lexicon.lexicon import Lexicon, read_speaker_lexicon
from classifier.text.document import ParsedText, parse_text

OFFICE = "The ministry said in a statement that both sides reaffirmed their commitment."
OUTSIDER = "Sok Touch, an analyst in Phnom Penh, said that little would come of it."
PRAISE = "This milestone is a testament to the enduring friendship."


def speakers(texts: list[ParsedText], lexicon: Lexicon) -> np.ndarray:
    """Counted as the encoder counts them."""
    reading = WordTable({}, lambda _: (), [lexicon]).read([sentence for parsed in texts for sentence in parsed.sentences])
    counts, _ = reading.matches(0, np.zeros(len(lexicon.groups), bool))
    return shares(texts, reading, counts, lexicon.groups)


def shares_of(text: str) -> dict[str, float]:
    found = speakers([parse_text("", text)], read_speaker_lexicon())[0] / SCALE
    return {name: round(float(share), 2) for name, share in zip(NAMES, found, strict=True)}


def test_an_outsider_is_distinguished_from_an_office() -> None:
    assert shares_of(OFFICE)["office"] == 1.0
    assert shares_of(OFFICE)["outsider"] == 0.0
    assert shares_of(f"{OFFICE} {OUTSIDER}")["outsider"] == 0.5


def test_praise_by_the_outlet_is_distinguished_from_praise_that_somebody_speaks() -> None:
    assert shares_of(PRAISE)["praise"] == 1.0
    assert shares_of(f"“{PRAISE.removesuffix('.')},” said the governor.")["praise"] == 0.0


def test_bare_figures_of_the_past_are_background() -> None:
    assert shares_of("In 2017 there were 40 of them.")["background"] == 1.0


def test_an_article_without_sentences_has_no_speakers() -> None:
    assert np.array_equal(speakers([parse_text("", "")], read_speaker_lexicon()), np.zeros((1, len(NAMES)), np.float32))
    assert speakers([], read_speaker_lexicon()).shape == (0, len(NAMES))
