from __future__ import annotations

import numpy as np

from classifier.features.speakers import NAMES, SCALE, speakers
from classifier.lexicon.lexicon import read_speaker_lexicon
from classifier.text.document import parse_text

OFFICE = "The ministry said in a statement that both sides reaffirmed their commitment."
OUTSIDER = "Sok Touch, an analyst in Phnom Penh, said that little would come of it."
PRAISE = "This milestone is a testament to the enduring friendship."


def shares_of(text: str) -> dict[str, float]:
    shares = speakers([parse_text("", text)], read_speaker_lexicon())[0] / SCALE
    return {name: round(float(share), 2) for name, share in zip(NAMES, shares, strict=True)}


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
