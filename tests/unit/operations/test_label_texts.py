"""Texts to be labelled: in NFC, and never without a word."""

from __future__ import annotations

import pytest

from worker.errors import ItemFailed
from worker.operations.label_texts import document
from worker.reasons import Reason


def test_title_and_text_are_composed_since_offsets_count_code_points() -> None:
    given = document("cafe\u0301", "e\u0301te\u0301", "https://x.example/", "The Courier")
    assert (given.text, given.title, given.url, given.site_name) == ("café", "été", "https://x.example/", "The Courier")


@pytest.mark.parametrize("text", ["", " \n", "… – !"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(ItemFailed) as failed:
        document(text)
    assert failed.value.reason is Reason.NO_TEXT
