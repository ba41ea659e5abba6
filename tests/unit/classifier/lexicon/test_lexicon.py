from __future__ import annotations

from classifier.labels import TOPICS
from classifier.lexicon.lexicon import parse, read_feature_lexicon


def test_phrases_match_whole_words_and_those_with_a_star_match_beginnings() -> None:
    lexicon = parse("[trade]\nfree trade, tariff*  # comment\n[border]\nline of control")
    found = lexicon.find(["the", "tariffs", "of", "free", "trade", "on", "the", "line", "of", "control"])
    assert found == [(0, 1, 2), (0, 3, 5), (1, 7, 10)]


def test_a_phrase_cut_off_by_the_end_of_the_sentence_does_not_match() -> None:
    assert parse("[x]\nline of control").find(["line", "of"]) == []


def test_the_lexicon_that_ships_has_phrases_for_every_topic_and_for_the_source() -> None:
    groups = read_feature_lexicon().groups
    assert {group.split(".")[0] for group in groups} == {"border", "source", *TOPICS[1:]}
