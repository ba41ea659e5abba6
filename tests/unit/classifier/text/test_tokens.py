from __future__ import annotations

from classifier.text.tokens import terms, tokens


def test_words_are_lower_cased_numbers_named_and_possessives_dropped() -> None:
    assert tokens("Cambodia’s 1,200 De-miners since 1992") == ["cambodia", "#num", "de", "miners", "since", "#year"]


def test_scripts_without_spaces_give_runs_of_letters() -> None:
    assert tokens("ส่งออก") == ["ส่งอ", "่งออ", "งออก"]


def test_terms_are_words_pairs_and_beginnings_of_long_words() -> None:
    assert terms(["rice", "exporters"]) == ["rice", "exporters", "rice exporters", "export*"]
