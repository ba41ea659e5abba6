"""Letters of many texts counted at once, as one would count them text by text."""

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
    # Then quotation marks may follow the mark, and a figure's point ends nothing
    assert list(CharacterCounts(TEXTS).sentences()) == [3, 1, 2, 0, 1, 0, 0]


def test_letters_are_counted_by_kind_and_text() -> None:
    letters = CharacterCounts(TEXTS)
    assert list(letters.count(CharacterClass.COMMA)) == [2, 0, 0, 0, 0, 0, 0]
    assert list(letters.count(CharacterClass.BREAK)) == [0, 0, 0, 0, 1, 0, 0]
    assert list(letters.count(CharacterClass.SPACELESS) > 0) == [False, True, True, False, False, False, False]


def test_only_the_first_letters_are_counted_where_that_is_asked() -> None:
    letters = CharacterCounts(["a1b2c3", "1", "22 22"])
    assert list(letters.count_first(CharacterClass.DIGIT, 3)) == [1, 1, 2]


def test_first_and_last_letters_are_known() -> None:
    letters = CharacterCounts(TEXTS)
    assert list(letters.begin(CharacterClass.QUOTE)) == [False, False, False, False, True, True, False]
    assert list(letters.begin(CharacterClass.UPPER)) == [True, False, False, False, False, False, True]
    assert list(letters.end(CharacterClass.END)) == [True, False, False, False, False, True, False]
