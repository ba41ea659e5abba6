"""Characters of many texts are counted at once, with the results of counting text by text."""

import re

from worker.extract.lines.character_classes import CharacterClass, CharacterCounts

TEXTS = [
    "He said: “No.” Then, in 2024, he left… Why?",
    "ក្រសួងបានប្រកាស។ ថ្ងៃនេះ",
    "部长说了。然后他走了！",
    "v1.2 is out",
    "“Yes!”) \nand a line",
    '"',
    "İstanbul 😀",
]


def test_words_are_those_of_a_regular_expression() -> None:
    assert list(CharacterCounts(TEXTS).words()) == [len(re.findall(r"\w+", text)) for text in TEXTS]


def test_a_sentence_ends_at_a_mark_before_a_blank_or_at_a_stop_of_its_own() -> None:
    # Quotation marks may follow the mark, and a decimal point does not end a sentence
    assert list(CharacterCounts(TEXTS).sentences()) == [3, 1, 2, 0, 1, 0, 0]


def test_characters_are_counted_by_class_and_text() -> None:
    counts = CharacterCounts(TEXTS)
    assert list(counts.count(CharacterClass.COMMA)) == [2, 0, 0, 0, 0, 0, 0]
    assert list(counts.count(CharacterClass.BREAK)) == [0, 0, 0, 0, 1, 0, 0]
    assert list(counts.count(CharacterClass.SPACELESS) > 0) == [False, True, True, False, False, False, False]


def test_characters_can_be_counted_in_the_beginning_of_each_text() -> None:
    counts = CharacterCounts(["a1b2c3", "1", "22 22"])
    assert list(counts.count_first(CharacterClass.DIGIT, 3)) == [1, 1, 2]


def test_the_first_and_last_characters_have_classes() -> None:
    counts = CharacterCounts(TEXTS)
    assert list(counts.begin(CharacterClass.QUOTE)) == [False, False, False, False, True, True, False]
    assert list(counts.begin(CharacterClass.UPPER)) == [True, False, False, False, False, False, True]
    assert list(counts.end(CharacterClass.END)) == [True, False, False, False, False, True, False]
