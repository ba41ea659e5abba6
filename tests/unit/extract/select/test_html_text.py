"""The main text of a page, and what happens where the model is unsure."""

from datetime import date

import numpy as np
import pytest

from worker.extract.fields import metadata
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse
from worker.extract.select import html_text, layout
from worker.extract.select.html_text import MainText, best_cut, main_text, with_gaps_closed

TITLE = "Ministers agree on the price of rice"
SENTENCES = [
    "The ministers of five countries agreed on Monday that the price of rice should be set once a year, after the harvest.",
    "They had met in the capital for two days, and spoke until late in the night about the stocks that each country holds.",
    "Farmers from the northern provinces welcomed the decision, but asked that the first price should be known before planting.",
    "The next meeting will be held in March, when the figures of the harvest are known to all the offices that keep them.",
]
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "News", "Sports", "Business", "Weather", "Contact"))


def page(article: str, head: str = "") -> str:
    menu = f'<nav class="menu"><ul>{MENU}</ul></nav>'
    footer = '<footer class="footer"><p>Copyright 2024 The Example. All rights reserved.</p></footer>'
    title = f"<title>{TITLE}</title>{head}"
    return f"<html><head>{title}</head><body>{menu}<article><h1>{TITLE}</h1>{article}</article>{footer}</body></html>"


def read(html: str, model: html_text.Model | None = None) -> MainText:
    root = parse(html).root
    return main_text(root, metadata.metadata_of(root, "https://example.org/a", date(2024, 5, 1)), model)


@pytest.fixture
def column():
    blocks, _ = blocks_of(parse("<body><div>" + "".join(f"<p>{text}</p>" for text in SENTENCES) + "</div></body>").root)
    return blocks


def test_the_text_is_in_paragraphs_without_title_menu_and_footer() -> None:
    assert read(page("".join(f"<p>{text}</p>" for text in SENTENCES))).text == "\n\n".join(SENTENCES)


def test_a_page_without_blocks_has_no_text() -> None:
    assert read("<html><body><script>start()</script></body></html>").text == ""


def test_a_consent_wall_longer_than_the_text_is_not_taken_for_it() -> None:
    # Given a wall over a short article
    wall = "We and our 842 partners store and access cookies on your device to show advertising. " * 5
    # When the page is read
    text = read(page(f'<div class="consent"><p>{wall}</p></div>' + "".join(f"<p>{text}</p>" for text in SENTENCES))).text
    # Then the article is left
    assert text == "\n\n".join(SENTENCES)


def test_the_text_in_json_ld_replaces_one_that_scripts_would_display() -> None:
    stated = " ".join(SENTENCES)
    node = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{stated}"}}</script>'
    assert read(page("<p>Loading</p>", node)).text == stated


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> html_text.Model:
    """A model that is sure of no page, and a trafilatura that extracts one sentence."""
    monkeypatch.setattr(html_text, "_by_trafilatura", lambda root, blocks: [SENTENCES[2]])
    model = html_text.shipped()
    return html_text.Model(model.first, model.second, html_text.Thresholds(keep=model.thresholds.keep, sure=1.1))


def test_trafilatura_decides_where_the_model_is_unsure(unsure: html_text.Model) -> None:
    assert read(page("".join(f"<p>{text}</p>" for text in SENTENCES)), unsure).text == SENTENCES[2]


def test_what_trafilatura_takes_goes_by_its_place_like_our_own(unsure: html_text.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a page on which a paragraph is a link in capitals, which trafilatura takes
    headline = "MINISTERS' OWN FARMS ARE THE FIRST TO SELL AT THE PRICE"
    pointer = f'<p><a href="/farms">{headline}</a></p>'
    monkeypatch.setattr(html_text, "_by_trafilatura", lambda root, blocks: [SENTENCES[2], headline])
    # When the model is unsure, then the pointer goes
    assert read(page("".join(f"<p>{text}</p>" for text in SENTENCES[:2]) + pointer + f"<p>{SENTENCES[2]}</p>"), unsure).text == SENTENCES[2]


def test_the_marks_of_items_that_trafilatura_sets_are_not_the_texts() -> None:
    # Given a list with words before and after it, and a line that begins with a dash on the page
    items = "<ul><li>Rice from the north, of the second harvest</li><li>Maize</li></ul>"
    html = page(f"<p>{SENTENCES[0]}</p>{items}<p>- {SENTENCES[1]}</p><table><tr><th>Crop</th></tr><tr><td>Rice</td></tr></table>")
    root = parse(html).root
    # When trafilatura reads it, then its own marks are gone and the page's is not
    found = html_text._by_trafilatura(root, blocks_of(root)[0])
    assert "Maize" in found
    assert f"- {SENTENCES[1]}" in found
    assert not any(line.startswith("---") for line in found)


def test_trafilatura_is_not_used_on_a_page_of_very_many_blocks(unsure: html_text.Model) -> None:
    article = "".join(f"<p>{text}</p>" for text in SENTENCES)
    lots = "".join(f"<li><a href='/{at}'>No. {at}</a></li>" for at in range(html_text.MAX_BLOCKS))
    assert SENTENCES[0] in read(page(f"{article}<ul>{lots}</ul>"), unsure).text


def test_trafilatura_is_not_used_on_a_page_of_very_many_elements(unsure: html_text.Model) -> None:
    article = "".join(f"<p>{text}</p>" for text in SENTENCES)
    assert SENTENCES[0] in read(page(f"{article}<p>{'<i>word</i> ' * html_text.MAX_ELEMENTS}</p>"), unsure).text


def test_the_expected_f1_is_near_one_where_every_block_is_clear(column) -> None:
    sure, cut = best_cut(np.array([0.99, 0.99, 0.01, 0.01]), column)
    doubtful, _ = best_cut(np.array([0.5, 0.5, 0.5, 0.5]), column)
    assert sure > 0.95
    assert cut == 0.99
    assert doubtful < 0.8


def test_a_paragraph_between_kept_ones_is_kept_unless_it_is_clearly_boilerplate(column) -> None:
    keep = np.array([True, False, True, True])
    assert list(with_gaps_closed(column, np.array([0.9, 0.3, 0.9, 0.9]), keep)) == [True, True, True, True]
    assert list(with_gaps_closed(column, np.array([0.9, 0.1, 0.9, 0.9]), keep)) == [True, False, True, True]


def test_a_block_in_another_element_beside_a_kept_one_is_not_kept() -> None:
    blocks, _ = blocks_of(parse(f"<body><div><p>{SENTENCES[0]}</p></div><div><p>{SENTENCES[1]}</p></div></body>").root)
    assert list(with_gaps_closed(blocks, np.array([0.9, 0.4]), np.array([True, False]))) == [True, False]


def blocks(markup: str):
    return blocks_and_elements(markup)[0]


def blocks_and_elements(markup: str):
    return blocks_of(parse(f"<body><div>{markup}</div></body>").root)


def test_a_heading_over_the_articles_text_is_kept_and_one_over_doubtful_text_is_not() -> None:
    # Given a heading with a middling probability, between two paragraphs of other elements
    found = blocks(f"<p>{SENTENCES[0]}</p><div><h3>What the farmers say</h3></div><p>{SENTENCES[1]}</p>")
    sure, doubtful = np.array([0.9, 0.4, 0.9]), np.array([0.9, 0.4, 0.5])
    # When the text below it is clearly the article's, then it is kept; else it is not
    assert list(with_gaps_closed(found, sure, sure >= 0.45)) == [True, True, True]
    assert list(with_gaps_closed(found, doubtful, doubtful >= 0.45)) == [True, False, True]


def test_a_heading_between_two_paragraphs_of_its_element_is_kept_unless_it_is_a_link() -> None:
    # Given headings of a low probability between paragraphs of the same element, the second of which is a link
    plain, linked = "What the farmers say", '<a href="/farmers">What the farmers say</a>'
    found, pointer = (blocks(f"<p>{SENTENCES[0]}</p><h3>{heading}</h3><p>{SENTENCES[1]}</p>") for heading in (plain, linked))
    probabilities = np.array([0.9, 0.15, 0.5])
    # When gaps are closed, then the first belongs to the text
    assert list(with_gaps_closed(found, probabilities, probabilities >= 0.45)) == [True, True, True]
    assert list(with_gaps_closed(pointer, probabilities, probabilities >= 0.45)) == [True, False, True]


def test_an_item_between_two_kept_ones_is_kept_and_a_name_alone_is_not() -> None:
    listed = blocks("<ul><li>Rice</li><li>Maize</li><li>Beans</li></ul>")
    signed = blocks(f"<p>{SENTENCES[0]}</p><p>FARAH IDRIS</p><p>{SENTENCES[1]}</p>")
    probabilities = np.array([0.9, 0.4, 0.9])
    assert list(with_gaps_closed(listed, probabilities, probabilities >= 0.45)) == [True, True, True]
    assert list(with_gaps_closed(signed, probabilities, probabilities >= 0.45)) == [True, False, True]


FIGURES = "".join(
    f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in (("Place", "Stueng Hav"), ("Cost", "4.8"), ("Start", "2027"))
)
"""A table of six cells, none of which is a sentence."""


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        (f"<table>{FIGURES}</table>", True),
        (f"<table>{FIGURES.replace('<td>', '<td><a href=/x>').replace('<th>', '<th><a href=/y>')}</table>", False),
        ("<table><tr><td>Rate this article</td></tr></table>", False),
    ],
)
def test_a_data_table_between_two_kept_blocks_is_kept_and_a_box_of_links_is_not(between: str, kept: bool) -> None:
    found, elements = blocks_and_elements(f"<p>{SENTENCES[0]}</p>{between}<p>{SENTENCES[1]}</p>")
    keep = np.array([True, *[False] * (len(found) - 2), True])
    assert layout.tables_of_article(found, elements, keep).tolist() == [False, *[kept] * (len(found) - 2), False]


def test_a_table_below_the_article_is_not_kept() -> None:
    found, elements = blocks_and_elements(f"<p>{SENTENCES[0]}</p><table>{FIGURES}</table><p>Contact</p>")
    assert not layout.tables_of_article(found, elements, np.array([True, *[False] * 7])).any()


def test_a_table_that_lays_out_the_page_is_not_a_data_table() -> None:
    found, elements = blocks_and_elements(f"<table><tr><td><p>{SENTENCES[0]}</p><p>Menu</p><p>{SENTENCES[1]}</p></td></tr></table>")
    assert not layout.tables_of_article(found, elements, np.array([True, False, True])).any()
