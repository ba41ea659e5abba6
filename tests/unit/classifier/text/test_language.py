from __future__ import annotations

import pytest

from classifier.text.document import parse_text
from classifier.text.language import profiles, supported

ENGLISH = (
    "The ministry said that the two sides had agreed on the price of rice and that it was to be paid by the end of the year in three parts."
)
GERMAN = "Das Ministerium sagte, dass die Seiten sich über den Preis geeinigt hätten und er bis Ende des Jahres zu zahlen sei."
KHMER = "ក្រសួងបាននិយាយថាភាគីទាំងពីរបានយល់ព្រមលើតម្លៃអង្ករ"
SEEN = profiles(["en", "km"], [parse_text("", ENGLISH), parse_text("", KHMER)])


@pytest.mark.parametrize(("text", "expected"), [(ENGLISH, True), (GERMAN, False), (KHMER, True), ("กระทรวงกล่าวว่าทั้งสองฝ่ายตกลงกันแล้ว", False)])
def test_a_language_is_recognised_by_its_script_or_its_commonest_words(text: str, expected: bool) -> None:
    assert supported(parse_text("", text), 0.0, SEEN) is expected


def test_a_short_text_is_supported_where_enough_of_its_words_are_known() -> None:
    assert supported(parse_text("", "Exports rose."), 1.0, SEEN)
    assert not supported(parse_text("", "Zölle sinken."), 0.0, SEEN)
