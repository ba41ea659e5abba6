from __future__ import annotations

import pytest

from worker.extract.page.characters import clean_line, clean_lines, clean_text, clean_url, without_lone_surrogates

UNWANTED = "\x00\x1b\x07\x08\x1f\x7f\x81\x8d\x9d\u00ad\u200b\u202a\u202e\u2066\u2069\ufeff\uffff"
SCRIPTS = {
    "Khmer": "ព័ត៌មាន\u17d2ជាតិ",
    "Thai": "ข่าวการเมืองที่เกี่ยวข้อง",
    "Persian with a non-joiner": "می\u200cخواهم",
    "Hindi with a joiner": "क्\u200dष",
    "Hebrew with marks of direction": "\u200fשלום\u200e 12",
    "a family of emoji": "\U0001f469\u200d\U0001f467",
}


@pytest.mark.parametrize("character", UNWANTED, ids=ascii)
def test_an_unwanted_character_is_gone_from_text_and_line(character):
    assert clean_text(f"Ri{character}ce\n\nRubber\t1") == "Rice\n\nRubber\t1"
    assert clean_line(f"Ri{character}ce") == "Rice"


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_what_a_script_needs_stays(text):
    assert clean_text(text) == clean_line(text) == text


def test_a_c1_control_is_the_sign_that_windows_1252_has_there():
    assert clean_line("Don\x92t \x85") == "Don’t …"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\x0c"], ids=ascii)
def test_every_line_break_is_a_line_feed_in_text_and_a_blank_in_a_line(end):
    assert clean_text(f"Rice{end}rubber") == "Rice\nrubber"
    assert clean_line(f"Rice{end}rubber") == "Rice rubber"


def test_a_paragraph_of_invisible_characters_is_gone():
    assert clean_text("Rice\n\n\u200b\u00ad\n\nrubber") == "Rice\n\nrubber"
    assert clean_text("\u200b\n\n\ufeff") == ""


def test_text_is_in_nfc():
    assert clean_text("Phu\u0301c") == clean_line("Phu\u0301c") == "Phúc"


def test_names_of_nothing_are_dropped_and_equal_ones_given_once():
    assert clean_lines(["Dara\u200b Sok", "\u200b", "Dara Sok"]) == ["Dara Sok"]
    assert clean_line("\u202e") is None


def test_a_lone_surrogate_is_the_replacement_character_and_a_pair_is_joined():
    assert without_lone_surrogates("signed \ud83d, \udc4d, \ud83d\udc4d") == "signed \ufffd, \ufffd, \U0001f44d"
    assert clean_text("signed \ud83d") == clean_line("signed \ud83d") == "signed \ufffd"


def test_an_address_keeps_its_page():
    assert clean_url("https://press.example/ស\u200bរ\x1b") == "https://press.example/ស%E2%80%8Bរ%1B"
