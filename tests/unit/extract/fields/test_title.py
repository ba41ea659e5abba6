"""Headlines are distinguished from the names of documents, sections and offices."""

import json

import pytest

from worker.extract.fields.title import differs_from_text, is_document_type, may_be_site_name, site_names_of, title_of
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import structured_data_of


@pytest.mark.parametrize(
    "title",
    [
        "PRESS RELEASE",
        "Press Release | Ministry",
        "Statement – Ministry of Foreign Affairs",
        "scan_0042.pdf",
        "Scan_20240314_0007 - Document Centre",
        "15 Replies to “Rice exports rise by a third”",
    ],
)
def test_a_type_of_document_and_its_issuer_are_not_a_headline(title: str) -> None:
    assert is_document_type(title)


@pytest.mark.parametrize(
    "title",
    ["News | Rice exports rise by a third", "Ministry opens hotline", "Press release rules change in June", "5 responses to rising rice"],
)
def test_a_headline_with_such_a_word_is_one(title: str) -> None:
    assert not is_document_type(title)


def title(page: str) -> str | None:
    root = parse(f"<html><head>{page}").root
    data = structured_data_of(root)
    return title_of(root, data, site_names_of(data, root, "https://press.example/a"))


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
def test_the_headline_is_the_heading_that_agrees_with_the_pages_title(page: str, headline: str) -> None:
    assert title(page) == headline


def test_a_title_whose_words_the_text_does_not_repeat_is_the_sites() -> None:
    root = parse("<html><body><h4>Notice on sluices</h4>").root
    data = structured_data_of(root)
    assert differs_from_text(
        "Electronic gate of the province", "Notice on sluices", "The sluices open on Monday, the notice says.", data, root
    )
    assert not differs_from_text("Sluices open on Monday", "Notice on sluices", "The sluices open on Monday, the notice says.", data, root)


@pytest.mark.parametrize("shown", ["Straßen", "STRASSEN", "The Strassen!", "ﬃ Rice", "FFI rice"])
def test_a_heading_shows_a_title_whose_letters_are_more_without_their_case(shown: str) -> None:
    # Given a heading that is shorter than the title, since a letter of it is two or three in the other's case
    title = "Strassen" if "tra" in shown.lower() else "ffi rice"
    root = parse(f"<html><body><h1>{shown}</h1><p>Text</p>").root
    assert root is not None
    # Then the title is the heading's, and no site's name
    assert not may_be_site_name(title, structured_data_of(root), root)
    assert may_be_site_name(f"{title}s", structured_data_of(root), root)


@pytest.mark.parametrize(
    ("stated", "headline"),
    [
        ('<note-highlight class="note other">Slipway reopens</note-highlight>', "Slipway reopens"),
        ('<span style="color: red">Slipway</span> reopens', "Slipway reopens"),
        ("&lt;p&gt;Slipway&lt;br/&gt;reopens&lt;/p&gt;", "Slipway reopens"),
        ("Crew of the <i>Swan</i>s <EM>Nest</EM> return", "Crew of the Swans Nest return"),
        ("How <section> differs from <div>", "How <section> differs from <div>"),
        ("Who needs <span></span> now?", "Who needs <span></span> now?"),
        ("Rice < maize > wheat", "Rice < maize > wheat"),
    ],
)
def test_markup_around_words_of_a_headline_is_left_out(stated: str, headline: str) -> None:
    node = json.dumps({"@type": "NewsArticle", "headline": stated})
    assert title(f'<script type="application/ld+json">{node}</script></head><body><p>x</p>') == headline
