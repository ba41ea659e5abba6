"""Texts that converters and mail have cut."""

from __future__ import annotations

import pytest

from worker.extract.lines.paragraphs import blocks_of

WRAPPED = """The inland catch amounted to 389,400 tonnes in 2024, which is less
than in the year before and the lowest figure since the measu-
rement of household ponds began in 2011.

The decline was strongest on the lake, where the nets took far
less than before, and

Bulletin of the Office of Fisheries
Page 1 of 2

to the number of traps, which nobody has counted since the survey
of 2018 was given up.

Bulletin of the Office of Fisheries
Page 2 of 2
"""


def test_lines_that_end_at_a_column_are_one_paragraph_and_parted_words_are_whole():
    assert blocks_of(WRAPPED)[0] == (
        "The inland catch amounted to 389,400 tonnes in 2024, which is less than in the year before and the lowest figure since the "
        "measurement of household ponds began in 2011."
    )


def test_a_paragraph_goes_on_over_the_foot_of_a_page():
    assert blocks_of(WRAPPED)[1:] == [
        "The decline was strongest on the lake, where the nets took far less than before, and to the number of traps, which nobody has "
        "counted since the survey of 2018 was given up."
    ]


@pytest.mark.parametrize("foot", ["Page 2", "- 2 -", "Trang 2/5", "Office of Fisheries      Page 2 of 5", "หน้า 2"])
def test_pages_are_counted_in_many_ways(foot):
    assert blocks_of(f"The bell rang at noon.\n\n{foot}\n\nThe bell rang again.") == ["The bell rang at noon.", "The bell rang again."]


def test_a_line_that_stands_twice_stays_in_a_text_without_pages():
    assert blocks_of("The bell rang at noon.\nAnd then again:\nThe bell rang at noon.") == [
        "The bell rang at noon.",
        "And then again:",
        "The bell rang at noon.",
    ]


def test_unwrapped_lines_are_paragraphs_of_their_own():
    assert blocks_of("Home » News\n\nRice Exports Rise\nBy Sok Dara") == ["Home » News", "Rice Exports Rise", "By Sok Dara"]


def test_of_markdown_links_the_words_stay_and_a_picture_takes_its_caption_along():
    text = "[Bank](https://bank.example)\n![Ribbon](https://bank.example/r.jpg)\n*The last counter.*\n\n*Not a caption.*"
    assert blocks_of(text) == ["Bank", "*Not a caption.*"]


def test_bold_letters_over_two_lines_are_one_block():
    assert blocks_of("**Joint\nStatement**\nText") == ["**Joint Statement**", "Text"]
