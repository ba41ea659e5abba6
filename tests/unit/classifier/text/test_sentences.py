from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.sentences import LONGEST, sentences


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mines were cleared. Rice was sold.", ["Mines were cleared.", "Rice was sold."]),
        ("H.E. Dr. Chem met Mr. Sok in the U.S. capital. They left.", ["H.E. Dr. Chem met Mr. Sok in the U.S. capital.", "They left."]),
        ("“We go.” He went.", ["“We go.”", "He went."]),
        ("A headline\n\nA body", ["A headline", "A body"]),
        ("ភាសាខ្មែរ។ប្រយោគទីពីរ។", ["ភាសាខ្មែរ។", "ប្រយោគទីពីរ។"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_text_without_punctuation_is_cut_at_words() -> None:
    pieces = cut("word " * 300)
    assert len(pieces) > 3
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert " ".join(pieces).split() == ["word"] * 300


@given(st.text(max_size=900))
def test_spans_are_in_order_and_leave_out_only_white_space(text: str) -> None:
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(text[s.start : s.end] for s in spans).split()) == "".join(text.split())
