"""Where a sentence ends, and what begins an item of a list."""

from __future__ import annotations

import pytest

from worker.extract.lines.paragraphs import is_list_item
from worker.extract.words.sentences import ends_sentence


@pytest.mark.parametrize(
    "text", ["Rice is up.", 'He said: "Rice is up." ', "Rice (and maize!)", "稻米涨价。」"[:-1], "ស្រូវឡើងថ្លៃ។", "Wait…”)"]
)
def test_a_mark_ends_a_sentence_also_within_quotation_marks(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["", "Rice is up", "Rice is up. )", "Rice, maize,", '"'])
def test_without_a_mark_no_sentence_ends(text: str) -> None:
    assert not ends_sentence(text)


@pytest.mark.parametrize("line", ["- rice", "•\tmaize", "* beans", "1. rice", "(a) maize", "iii) beans", "12. peas"])
def test_a_bullet_or_a_number_begins_an_item(line: str) -> None:
    assert is_list_item(line)


@pytest.mark.parametrize("line", ["", "-", "-rice", "1.", "(a)", "Rice. It is up", "2024. It was", "() rice"])
def test_other_lines_are_no_items(line: str) -> None:
    assert not is_list_item(line)
