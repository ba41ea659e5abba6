from __future__ import annotations

import pytest

from classifier.text import tokens as tokens_module
from classifier.text.scripts import PAUSES
from classifier.text.tokens import _TOKEN, LONGEST_WORD, _normal, pauses, terms, tokens, unspaced


def test_words_are_lower_cased_numbers_named_and_possessives_dropped() -> None:
    assert tokens("Cambodia’s 1,200 De-miners since 1992") == ["cambodia", "#num", "de", "miners", "since", "#year"]


def test_scripts_without_spaces_give_runs_of_letters() -> None:
    assert tokens("ส่งออก") == ["ส่งอ", "่งออ", "งออก"]


def test_terms_are_words_pairs_and_beginnings_of_long_words() -> None:
    assert terms(["rice", "exporters"]) == ["rice", "exporters", "rice exporters", "export*"]


def read_whole(sentence: str) -> tuple[list[str], list[int]]:
    """The words and pauses of a sentence in NFC by one search over all of it, kept nowhere."""
    words: list[str] = []
    positions: list[int] = []
    for token in _TOKEN.findall(sentence.lower()):
        if token in PAUSES:
            positions.append(len(words))
        else:
            words += _normal(token if len(token) <= LONGEST_WORD or unspaced(token) else token[:LONGEST_WORD])
    return words, positions


PARTS = ["mines", "Mines,", "(the", "U.S.", "3.5", "2,000", "1999", "don’t", "state-run", "minister's", "5km", "km5", "e@f.org", "x_y"]
PARTS += ["ΟΔΟΣ", "İstanbul", "é", "กัมพูชา", "កម្ពុជា។", "abกข", "ก" * 90, "a" * 50, "a" * 50 + ",", "a–b", "“Peace”"]
PARTS += ["—", "...", "-", "1,a", ",,", "q;", "\x1c", "\u3000", "\n"]


def test_words_are_the_same_whether_their_runs_are_new_or_known() -> None:
    # Given sentences of all kinds of runs, every run beside every other, some of them joined
    sentences = [f"{first}{between}{second}" for first in PARTS for second in PARTS for between in (" ", "", ", ")]
    for _ in range(2):  # when they are read for the first time and again
        for sentence in sentences:
            # Then words and pauses are those of one search over the whole sentence
            assert (tokens(sentence), pauses(sentence)) == read_whole(sentence), sentence


def test_more_runs_than_are_kept_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens_module, "CACHED_RUNS", 5)
    tokens_module._runs.clear()
    for name in ("Anna", "Ben", "Chea", "Dara", "Eng"):
        assert tokens(f"{name} cleared the mines.") == [name.lower(), "cleared", "the", "mines"]
        assert len(tokens_module._runs) <= 5
