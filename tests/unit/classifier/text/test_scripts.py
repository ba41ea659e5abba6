from __future__ import annotations

import pytest

from classifier.text.document import parse_text
from classifier.text.language import supported
from classifier.text.scripts import UNSPACED_SCRIPTS
from classifier.text.tokens import GRAM, tokens

SAMPLES = {
    "th": "กระทรวงพาณิชย์",
    "lo": "ກະຊວງອຸດສາຫະກຳ",
    "my": "ဝန်ကြီးဌာန",
    "km": "ក្រសួងពាណិជ្ជកម្ម",
    "ja": "すしをたべる",
    "zh": "外交部發言人",
}


def test_every_script_without_spaces_has_a_sample() -> None:
    assert list(SAMPLES) == [script.language for script in UNSPACED_SCRIPTS]


@pytest.mark.parametrize("language", SAMPLES)
def test_a_script_without_spaces_gives_runs_of_letters_and_identifies_its_language(language: str) -> None:
    text = SAMPLES[language]
    assert {len(run) for run in tokens(text)} == {GRAM}
    assert supported(parse_text("", text), 0.0, {language: ()})
    assert not supported(parse_text("", text), 1.0, {"en": ("the",)})
