"""Headlines told from the names of papers, sections and offices."""

import pytest

from worker.extract.fields.title import is_foreign, is_label, site_keys, title_of
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import gather


@pytest.mark.parametrize(
    "title",
    [
        "PRESS RELEASE",
        "Press Release | Ministry",
        "Statement – Ministry of Foreign Affairs",
        "scan_0042.pdf",
        "Scan_20240314_0007 - Document Centre",
    ],
)
def test_what_only_names_the_paper_and_its_office_is_no_headline(title: str) -> None:
    assert is_label(title)


@pytest.mark.parametrize(
    "title",
    ["News | Rice exports rise by a third", "Ministry opens hotline", "Press release rules change in June", "Speech on the river law"],
)
def test_a_headline_beside_such_a_word_stays_one(title: str) -> None:
    assert not is_label(title)


def title(page: str) -> str | None:
    root = parse(f"<html><head>{page}").root
    said = gather(root)
    return title_of(root, said, site_keys(said, "https://press.example/a"))


@pytest.mark.parametrize(
    ("page", "headline"),
    [
        ("<title>Tea and Ink: How I found a ribbon</title><body><h1>Tea and Ink</h1><h3>How I found a ribbon</h3>", "How I found a ribbon"),
        ("<title>간판, 누가 다시 썼나 : 국제 : 뉴스</title><body><h3>간판, 누가 다시 썼나</h3>", "간판, 누가 다시 썼나"),
        ("<title>Forest given to 312 homes - Portal - Ministry</title><body><h1>Portal - Ministry</h1><h2>Forest given to 312 homes</h2>",
         "Forest given to 312 homes"),
        ("<title>Weekend Coding Agent</title><body><h1>Weekend<br>Coding Agent</h1>", "Weekend Coding Agent"),
        ("<title>How we found a hole in Discord and in a hundred other firms</title><body><h1>Discord</h1>",
         "How we found a hole in Discord and in a hundred other firms"),
    ],
)  # fmt: skip
def test_the_headline_is_the_heading_that_says_what_the_page_is_called(page: str, headline: str) -> None:
    assert title(page) == headline


def test_a_title_whose_words_the_text_does_not_know_is_the_portals() -> None:
    root = parse("<html><body><h4>Notice on sluices</h4>").root
    said = gather(root)
    assert is_foreign("Electronic gate of the province", "Notice on sluices", "The sluices open on Monday, the notice says.", said, root)
    assert not is_foreign("Sluices open on Monday", "Notice on sluices", "The sluices open on Monday, the notice says.", said, root)
