"""Texts with lines that were wrapped, and with page breaks."""

from __future__ import annotations

import pytest

from worker.extract.lines.paragraphs import paragraphs_of

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


def test_wrapped_lines_become_one_paragraph_and_hyphenated_words_whole():
    assert paragraphs_of(WRAPPED)[0] == (
        "The inland catch amounted to 389,400 tonnes in 2024, which is less than in the year before and the lowest figure since the "
        "measurement of household ponds began in 2011."
    )


def test_a_paragraph_continues_across_a_page_break():
    assert paragraphs_of(WRAPPED)[1:] == [
        "The decline was strongest on the lake, where the nets took far less than before, and to the number of traps, which nobody has "
        "counted since the survey of 2018 was given up."
    ]


@pytest.mark.parametrize("foot", ["Page 2", "- 2 -", "Trang 2/5", "Office of Fisheries      Page 2 of 5", "หน้า 2"])
def test_page_numbers_are_removed_in_all_their_forms(foot):
    assert paragraphs_of(f"The bell rang at noon.\n\n{foot}\n\nThe bell rang again.") == ["The bell rang at noon.", "The bell rang again."]


def test_a_repeated_line_stays_in_a_text_without_page_numbers():
    assert paragraphs_of("The bell rang at noon.\nAnd then again:\nThe bell rang at noon.") == [
        "The bell rang at noon.",
        "And then again:",
        "The bell rang at noon.",
    ]


def test_lines_that_are_not_wrapped_are_paragraphs():
    assert paragraphs_of("Home » News\n\nRice Exports Rise\nBy Sok Dara") == ["Home » News", "Rice Exports Rise", "By Sok Dara"]


def test_markdown_links_keep_their_words_and_pictures_are_removed_with_their_captions():
    text = "[Bank](https://bank.example)\n![Ribbon](https://bank.example/r.jpg)\n*The last counter.*\n\n*Not a caption.*"
    assert paragraphs_of(text) == ["Bank", "*Not a caption.*"]


def test_bold_type_across_two_lines_is_one_paragraph():
    assert paragraphs_of("**Joint\nStatement**\nText") == ["**Joint Statement**", "Text"]


@pytest.mark.timeout(60)  # reading to the end of the line from each bracket takes minutes
@pytest.mark.parametrize("part", ["[1:", " [", "![", "[a](b", "![a](b"])
def test_a_line_of_nothing_but_brackets_is_read_once(part: str) -> None:
    # Given a line of 300,000 characters in which a link seems to begin everywhere
    line = part * (300_000 // len(part))
    # When its paragraphs are taken
    (paragraph,) = paragraphs_of(line)
    # Then nothing of it is lost
    assert paragraph == line.strip()
