"""Headlines told from the names of papers, sections and offices."""

import pytest

from worker.extract.headline import is_label


@pytest.mark.parametrize("title", ["PRESS RELEASE", "Press Release | Ministry", "Statement – Ministry of Foreign Affairs", "scan_0042.pdf"])
def test_what_only_names_the_paper_and_its_office_is_no_headline(title: str) -> None:
    assert is_label(title)


@pytest.mark.parametrize(
    "title",
    ["News | Rice exports rise by a third", "Ministry opens hotline", "Press release rules change in June", "Speech on the river law"],
)
def test_a_headline_beside_such_a_word_stays_one(title: str) -> None:
    assert not is_label(title)
