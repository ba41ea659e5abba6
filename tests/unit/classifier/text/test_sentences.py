from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.sentences import _STOP, LONGEST, _stops, sentences


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


def test_stops_are_those_of_one_search_for_all_their_forms() -> None:
    parts = ["Mr.", "He", "...", "…", "!?", ".”", "3.5", "។", "。", "\n", "\n\n", " ", '."', ".)x", "a.b", "U.S.", "?!\n", "។៕ "]
    for first in parts:
        for second in parts:
            for third in parts:
                text = f"{first}{second} {third}{first}"
                assert [stop.span() for stop in _stops(text)] == [stop.span() for stop in _STOP.finditer(text)], text


@pytest.mark.parametrize("text", ["(Mr. Smith", "“Dr. No", "at 5 p.m. today", "of Acme Inc. and", "J. Smith", "the\tGen. Lee"])
def test_an_abbreviation_behind_a_bracket_a_line_or_a_space_ends_no_sentence(text: str) -> None:
    assert cut(text) == [text]
